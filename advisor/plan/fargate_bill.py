"""What Fargate charges for task-seconds, line by line and exactly (AWS Fargate pricing page)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from advisor.errors import CatalogError
from advisor.plan.meters import CPU_SCALE, MEMORY_SCALE, Amount
from advisor.units import SECONDS_PER_HOUR

FREE_EPHEMERAL_GIB = 20
"""Every task has 20 GiB of ephemeral storage free of charge; more can be asked for up to 200 (AWS)."""


@dataclass(frozen=True)
class FargateRates:
    """Prices of an hour in pico-dollars; null means "no price"."""

    vcpu_pico_usd: int
    gb_pico_usd: int
    ephemeral_gb_pico_usd: int | None = None
    windows_vcpu_pico_usd: int | None = None


@dataclass(frozen=True)
class FargateLines:
    """The bill of some task-seconds, in pico-dollars."""

    vcpu: Fraction
    memory: Fraction
    ephemeral_storage: Fraction = Fraction(0)
    windows_licence: Fraction = Fraction(0)

    @property
    def total(self) -> Fraction:
        """All lines."""
        return self.vcpu + self.memory + self.ephemeral_storage + self.windows_licence


def fargate_lines(
    seconds: Amount,
    cpu_units: int,
    memory_mib: int,
    rates: FargateRates,
    *,
    ephemeral_gib: Amount = FREE_EPHEMERAL_GIB,
    windows: bool = False,
) -> FargateLines:
    """Return what task-seconds of one task size cost; billed on the configured size, whatever was used.

    Args:
        seconds: billed task-seconds (`DEMAND.billed_seconds`).
        cpu_units: 1,024 are one vCPU.
        windows: adds the licence per vCPU.

    Raises:
        CatalogError: a line is needed that has no price.
    """
    ephemeral = max(Fraction(0), Fraction(ephemeral_gib) - FREE_EPHEMERAL_GIB)
    disk = licence = Fraction(0)
    if ephemeral:
        rate = _known(rates.ephemeral_gb_pico_usd, "ephemeral storage above 20 GB")
        disk = Fraction(seconds) * ephemeral * rate / SECONDS_PER_HOUR
    if windows:
        rate = _known(rates.windows_vcpu_pico_usd, "the Windows licence")
        licence = Fraction(seconds) * cpu_units * rate / CPU_SCALE
    return FargateLines(
        vcpu=Fraction(seconds) * cpu_units * rates.vcpu_pico_usd / CPU_SCALE,
        memory=Fraction(seconds) * memory_mib * rates.gb_pico_usd / MEMORY_SCALE,
        ephemeral_storage=disk,
        windows_licence=licence,
    )


def _known(rate: int | None, what: str) -> int:
    if rate is None:
        raise CatalogError(
            f"Fargate has no price for {what} here", hint="another region or a newer catalog may have one"
        )
    return rate
