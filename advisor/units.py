"""Nature's and convention's numbers, and the one way money and shares are written.

Money inside the program is an integer of pico-dollars (10⁻¹² USD): the smallest AWS price in use, $0.0000000308 a
GB-second, is 30,800 of them, so that bills add up exactly and are rounded once, at print.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

HOURS_PER_MONTH = 730
"""AWS's calculator convention: a month is 730 hours."""

SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400
HOURS_PER_YEAR = 8760
CPU_UNITS_PER_VCPU = 1024
MIB_PER_GIB = 1024
PICO_PER_USD = 10**12

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"


def pico_usd(text: str | Decimal) -> int:
    """Return a price as whole pico-dollars, rounded half up.

    Args:
        text: a decimal number of USD, never a float.
    """
    scaled = Decimal(text) * PICO_PER_USD
    return int(scaled.to_integral_value(rounding=ROUND_HALF_UP))


def usd(pico: int | Fraction) -> float:
    """Return pico-dollars as a float of USD, for display and for the optimiser, never for a bill."""
    return float(Fraction(pico) / PICO_PER_USD)


def cents(pico: int | Fraction) -> Decimal:
    """Return pico-dollars rounded once, half up, to whole cents."""
    scaled = Fraction(pico) * 100 / PICO_PER_USD
    whole = (abs(scaled) * 2 + 1).__floor__() // 2
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-2)


def rounded_to_total(picos: list[int | Fraction], step_usd: Decimal) -> list[Decimal]:
    """Round amounts to `step_usd` so that they add up to their rounded sum (largest remainder).

    Args:
        picos: amounts in pico-dollars.
        step_usd: the printed grain, such as Decimal("1") or Decimal("0.01").
    """
    step = Fraction(step_usd) * PICO_PER_USD
    floors = [(Fraction(p) / step).__floor__() for p in picos]
    total = (Fraction(sum(Fraction(p) for p in picos)) / step * 2 + 1).__floor__() // 2
    order = sorted(range(len(picos)), key=lambda i: (floors[i] - Fraction(picos[i]) / step, i))
    for i in order[: max(0, total - sum(floors))]:
        floors[i] += 1
    return [Decimal(f) * step_usd for f in floors]


def format_usd(amount_usd: float | Decimal, digits: int = 0) -> str:
    """Return money as people write it: `$1,411`, `−$268`; never `-$0`."""
    number = round(Decimal(str(amount_usd)), digits)
    text = f"${abs(number):,.{digits}f}"
    return f"{MINUS}{text}" if number < 0 else text


def format_share(share: float, digits: int = 0) -> str:
    """Return a share (0–1) as a percentage: `39%`."""
    number = round(Decimal(str(share)) * 100, digits)
    text = f"{abs(number):.{digits}f}%"
    return f"{MINUS}{text}" if number < 0 else text


def format_memory(memory_mib: float) -> str:
    """Return memory as `512 MiB` or `4 GiB`, whichever is the rounder."""
    if memory_mib >= MIB_PER_GIB:
        return f"{memory_mib / MIB_PER_GIB:.4g} GiB"
    return f"{memory_mib:.4g} MiB"


def format_size(vcpu: float, memory_mib: float) -> str:
    """Return a task size as `0.5 vCPU / 1 GiB`."""
    return f"{vcpu:.4g} vCPU / {format_memory(memory_mib)}"


def short_size(vcpu: float, memory_mib: float) -> str:
    """Return `0.56 vCPU/1.2 GiB`, for columns."""
    if memory_mib >= MIB_PER_GIB:
        return f"{vcpu:.3g} vCPU/{memory_mib / MIB_PER_GIB:.3g} GiB"
    return f"{vcpu:.3g} vCPU/{memory_mib:.4g} MiB"
