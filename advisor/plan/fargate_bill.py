"""What Fargate charges for task-seconds, line by line and exactly (AWS Fargate pricing page)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from advisor.errors import CatalogError, InputError
from advisor.plan.meters import CPU_SCALE, MEMORY_SCALE, Amount, Meter
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


def billed_seconds(duration_s: Amount | Decimal | str, minimum_s: int) -> int:
    """Return the seconds billed for one run: rounded up to the next second, at least the minimum.

    Args:
        duration_s: from the start of the image pull to the end of the task; 0 when it never pulled.
        minimum_s: `PricePolicy.fargate_minimum_s` or `fargate_windows_minimum_s`; 60 on EC2.

    Raises:
        InputError: the duration is negative.
    """
    exact = Fraction(duration_s)
    if exact < 0:
        raise InputError(f"a run of {duration_s} s", hint="it stopped before it started; check the clocks")
    return max(minimum_s, ceil(exact)) if exact else 0


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


def fargate_meters(
    prefix: str, rates: FargateRates, *, account_id: str = "", region: str = ""
) -> tuple[Meter, ...]:
    """Return the meters `prefix/vcpu`, `/gb` and, where priced, `/ephemeral` and `/windows`.

    Their quanta are CPU-unit-seconds, MiB-seconds, GiB-seconds above the free 20, and CPU-unit-seconds: whole
    numbers for every task size. Compute plans reach the first two (and whatever else their rate table names).
    """
    lines = (
        ("vcpu", rates.vcpu_pico_usd, CPU_SCALE),
        ("gb", rates.gb_pico_usd, MEMORY_SCALE),
        ("ephemeral", rates.ephemeral_gb_pico_usd, SECONDS_PER_HOUR),
        ("windows", rates.windows_vcpu_pico_usd, CPU_SCALE),
    )
    return tuple(
        Meter(f"{prefix}/{name}", price, account_id=account_id, region=region, scale=scale)
        for name, price, scale in lines
        if price is not None
    )


def _known(rate: int | None, what: str) -> int:
    if rate is None:
        raise CatalogError(
            f"Fargate has no price for {what} here", hint="another region or a newer catalog may have one"
        )
    return rate
