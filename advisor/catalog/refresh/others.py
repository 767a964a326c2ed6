"""What is billed beside compute and that plans count: disks and public addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advisor.catalog.refresh.price_list import SOURCE, Offer
from advisor.catalog.refresh.reading import Faults, Reading
from advisor.units import MIB_PER_GIB


@dataclass(frozen=True)
class Item:
    """One price beside compute.

    Attributes:
        name: as the catalog calls it.
        listed_unit: as the price list spells it.
        per_listed: how many of our unit go into it.
    """

    name: str
    unit: str
    listed_unit: str
    note: str = ""
    per_listed: int = 1


ITEMS = {
    "EBS:VolumeUsage.gp3": Item("ebs_gp3_storage", "GB-month", "GB-Mo"),
    "EBS:VolumeP-IOPS.gp3": Item("ebs_gp3_iops", "IOPS-month over 3000", "IOPS-Mo"),
    "EBS:VolumeP-Throughput.gp3": Item(
        "ebs_gp3_throughput", "MiBps-month over 125", "GiBps-Mo", per_listed=MIB_PER_GIB
    ),
    "PublicIPv4:InUseAddress": Item("public_ipv4", "hour", "Hrs", "in use or idle"),
}
"""By usage type."""


def others(listed: Iterable[Offer], region: str, as_of: str) -> Reading:
    """Return the prices of disks and addresses among what was listed."""
    faults = Faults()
    rows = {}
    for offer in listed:
        item = ITEMS.get(offer.usage_type)
        if item is None or not faults.unit_is(offer.unit, [item.listed_unit], f"{item.name}/{region}"):
            continue
        pico = faults.price(offer.usd, f"{item.name}/{region}")
        if pico is not None:
            rows[item.name] = {
                "region": region,
                "item": item.name,
                "note": item.note,
                "pico": (pico * 2 + item.per_listed) // (2 * item.per_listed),
                "unit": item.unit,
                "method": "observed",
                "source": SOURCE,
                "as_of": as_of,
            }
    return Reading("other_prices", tuple(rows.values()), faults.found())
