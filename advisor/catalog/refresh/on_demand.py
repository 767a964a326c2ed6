"""EC2 on-demand prices, and what a Windows licence comes to a vCPU."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from advisor.aws.calls import Caller
from advisor.catalog.refresh.price_list import SOURCE, Offer, offers
from advisor.catalog.refresh.reading import Faults, Reading

BOX = "BoxUsage:"
HOURS = ("Hrs",)
OPERATIONS = {"Linux": "RunInstances", "Windows": "RunInstances:0002"}
LICENCE = "ec2_windows_licence"
LICENCE_NOTE = "Windows less Linux, a vCPU"


def read_on_demand(home: Caller, region: str, operating_system: str) -> list[Offer]:
    """Return what instances of shared tenancy without other software cost in a region.

    Raises:
        AwsError: AWS said no, or nothing.
    """
    return offers(
        home, "AmazonEC2", region,
        operatingSystem=operating_system, tenancy="Shared", preInstalledSw="NA", capacitystatus="Used",
        marketoption="OnDemand",
    )  # fmt: skip


def on_demand(
    linux: Iterable[Offer], region: str, shapes: Mapping[str, Mapping[str, Any]], as_of: str
) -> Reading:
    """Return the Linux prices of the types whose shape is known.

    Args:
        shapes: by instance type.
    """
    faults = Faults()
    prices = _prices(linux, "Linux", region, faults)
    rows = tuple(
        {
            "region": region,
            "instance_type": name,
            "on_demand_pico": pico,
            "on_demand_method": "observed",
            "on_demand_source": SOURCE,
            "on_demand_as_of": as_of,
        }
        for name, pico in prices.items()
        if name in shapes
    )
    return Reading("ec2_prices", rows, faults.found())


def windows_licence(
    linux: Iterable[Offer],
    windows: Iterable[Offer],
    region: str,
    shapes: Mapping[str, Mapping[str, Any]],
    as_of: str,
) -> Reading:
    """Return what Windows costs a vCPU on top: what most types pay that are not burstable, whose rule is another."""
    faults = Faults()
    bare = _prices(linux, "Linux", region, faults)
    licences: Counter[int] = Counter()
    for name, pico in _prices(windows, "Windows", region, faults).items():
        shape = shapes.get(name)
        if shape is not None and name in bare and not shape["burstable"]:
            extra, rest = divmod(pico - bare[name], shape["vcpu"])
            if extra > 0 and not rest:
                licences[extra] += 1
    rows = []
    if licences:
        # of as many types either way the dearer licence, so that the answer hangs on no order
        most = max(licences, key=lambda pico: (licences[pico], pico))
        rows.append(
            {
                "region": region,
                "item": LICENCE,
                "note": LICENCE_NOTE,
                "pico": most,
                "unit": "vCPU-hour",
                "method": "derived",
                "source": SOURCE,
                "as_of": as_of,
            }
        )
    return Reading("other_prices", tuple(rows), faults.found())


def _prices(listed: Iterable[Offer], system: str, region: str, faults: Faults) -> dict[str, int]:
    found: dict[str, int] = {}
    for offer in listed:
        name = offer.usage_type.removeprefix(BOX)
        # dedicated hosts, capacity blocks and reservations that stand empty have meters of their own
        if name == offer.usage_type or offer.operation != OPERATIONS[system]:
            continue
        where = f"ec2_on_demand/{region}/{name}"
        if faults.unit_is(offer.unit, HOURS, where):
            pico = faults.price(offer.usd, where)
            if pico is not None:
                found[name] = pico
    return found
