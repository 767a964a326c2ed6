"""Spot prices now: of each type the mean of its zones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.pages import items
from advisor.catalog.refresh.reading import Faults, Reading
from advisor.errors import AwsError

SOURCE = "spot_price_history"
LINUX = "Linux/UNIX"
HOURS = 3
"""How far to look back; the price in force at the beginning comes with it, so that even types that rest have one."""


def read_spot(caller: Caller, now: datetime) -> list[dict[str, Any]]:
    """Return the Spot prices of the last hours in the caller's region.

    Raises:
        AwsError: AWS said no, or nothing.
    """
    listed = items(
        caller, "ec2:DescribeSpotPriceHistory", "SpotPriceHistory",
        StartTime=now - timedelta(hours=HOURS), EndTime=now, ProductDescriptions=[LINUX], MaxResults=1000,
    )  # fmt: skip
    found = list(listed)
    if not found:
        raise AwsError(f"ec2:DescribeSpotPriceHistory: no prices in {caller.region}")
    return found


def spot(
    history: Iterable[Mapping[str, Any]], region: str, on_demand: Mapping[str, int | None], as_of: str
) -> Reading:
    """Return what Spot costs: the newest price of every zone, and their mean.

    Args:
        on_demand: pico-dollars by type whose shape is known, null where there is no price. Spot never costs more: what
            does belongs to another price than ours, and is left out.
    """
    faults = Faults()
    newest: dict[tuple[str, str], tuple[datetime, str]] = {}
    for price in history:
        if price["ProductDescription"] == LINUX and price["InstanceType"] in on_demand:
            key = price["InstanceType"], price["AvailabilityZone"]
            seen = (price["Timestamp"], price["SpotPrice"])
            newest[key] = max(newest.get(key, seen), seen)
    zones: defaultdict[str, list[int]] = defaultdict(list)
    for (name, zone), (_, usd) in sorted(newest.items()):
        pico = faults.price(usd, f"ec2_spot/{region}/{name}/{zone}")
        if pico is not None:
            zones[name].append(pico)
    means = {name: (2 * sum(picos) + len(picos)) // (2 * len(picos)) for name, picos in zones.items()}
    rows = tuple(
        {
            "region": region,
            "instance_type": name,
            "spot_pico": pico,
            "spot_method": "derived",
            "spot_source": SOURCE,
            "spot_as_of": as_of,
        }
        for name, pico in means.items()
        if pico <= (on_demand[name] or pico)
    )
    return Reading("ec2_prices", rows, faults.found())
