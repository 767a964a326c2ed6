"""Fargate's on-demand rates; the Price List API has none of Fargate Spot, whose rows keep their dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advisor.catalog.refresh.price_list import SOURCE, Offer
from advisor.catalog.refresh.reading import Faults, Reading

PER_HOUR = ("hours", "Hrs", "vCPU-Hours", "GB-Hours")
"""As the price list spells a vCPU or a GB for an hour: `hours` for all that was seen of it."""
STORAGE = "Fargate-EphemeralStorage-GB-Hours"


@dataclass(frozen=True)
class Meters:
    """The usage types that a rate is made of."""

    operating_system: str
    cpu_architecture: str
    vcpu: str
    gib: str
    licence: str = ""


METERS = (
    Meters("LINUX", "X86_64", "Fargate-vCPU-Hours:perCPU", "Fargate-GB-Hours"),
    Meters("LINUX", "ARM64", "Fargate-ARM-vCPU-Hours:perCPU", "Fargate-ARM-GB-Hours"),
    Meters(
        "WINDOWS",
        "X86_64",
        "Fargate-Windows-vCPU-Hours:perCPU",
        "Fargate-Windows-GB-Hours",
        "Fargate-Windows-OS-Hours:perCPU",
    ),
)
SCOPES = {
    meter: f"FARGATE_{m.cpu_architecture}_{part}"
    for m in METERS
    if m.operating_system == "LINUX"
    for meter, part in ((m.vcpu, "VCPU"), (m.gib, "GIB"))
}
"""Usage type → what a Savings Plan's discount on it is called."""


def fargate_prices(listed: Iterable[Offer], region: str, faults: Faults) -> dict[str, int]:
    """Return pico-dollars by usage type."""
    wanted = {STORAGE, *(meter for m in METERS for meter in (m.vcpu, m.gib, m.licence) if meter)}
    found = {}
    for offer in listed:
        name = f"fargate/{region}/{offer.usage_type}"
        if offer.usage_type in wanted and faults.unit_is(offer.unit, PER_HOUR, name):
            pico = faults.price(offer.usd, name)
            if pico is not None:
                found[offer.usage_type] = pico
    return found


def fargate(listed: Iterable[Offer], region: str, as_of: str) -> Reading:
    """Return the rates of which every part was read; one date stands for the whole row."""
    faults = Faults()
    prices = fargate_prices(listed, region, faults)
    rows = tuple(
        {
            "region": region,
            "operating_system": m.operating_system,
            "cpu_architecture": m.cpu_architecture,
            "capacity_option": "ON_DEMAND",
            "vcpu_pico": prices[m.vcpu],
            "gib_pico": prices[m.gib],
            "licence_pico": prices[m.licence] if m.licence else None,
            "ephemeral_pico": prices[STORAGE],
            "ephemeral_method": "observed",
            "method": "observed",
            "source": SOURCE,
            "as_of": as_of,
        }
        for m in METERS
        if all(meter in prices for meter in (m.vcpu, m.gib, STORAGE, *([m.licence] if m.licence else ())))
    )
    return Reading("fargate", rows, faults.found())
