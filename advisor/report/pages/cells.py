"""A cell as text, the same in every format that people read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from advisor.report.pages.page import Cell, Table, Unit
from advisor.units import PICO_PER_USD, format_share, format_usd, rounded_to_total

NUMBERS = frozenset(Unit) - {Unit.TEXT}
"""What stands on the right."""


def shown(value: Cell, unit: Unit, digits: int) -> str:
    """Return a cell as people read it.

    Args:
        digits: decimals of money a month.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if unit is Unit.USD or unit is Unit.USD_ONCE:
        return format_usd(value, digits)
    if unit is Unit.USD_HOUR:
        return format_usd(value, 3)
    if unit is Unit.SHARE:
        return format_share(float(value))
    if unit is Unit.MONTHS:
        return f"{float(value):.1f}"
    return f"{value:,}"


def headed(table: Table, index: int) -> str:
    """Return a column's heading with its unit."""
    column = table.columns[index]
    unit = UNITS.get(column.unit, "")
    return f"{column.name}, {unit}" if unit else column.name


UNITS = {Unit.USD: "$ a month", Unit.USD_ONCE: "$ once", Unit.USD_HOUR: "$ an hour", Unit.MONTHS: "months"}
"""What is said of a column's unit where the cells do not say it."""


def grained(amount_usd: float, step: Decimal) -> Decimal:
    """Return money in the printed grain."""
    return round(Decimal(str(amount_usd)) / step) * step


def floored(amount_usd: float, step: Decimal) -> Decimal:
    """Return a lower bound in the printed grain."""
    return (Decimal(str(amount_usd)) // step) * step


def parts(amounts_usd: Sequence[float], total: Decimal, step: Decimal) -> list[Decimal]:
    """Return amounts in the printed grain, so that they add up to a total that is printed elsewhere.

    Each is off by less than a grain, unless the total itself is not that of the amounts.
    """
    if not amounts_usd:
        return []
    exact = [Fraction(a) for a in amounts_usd]
    shown = rounded_to_total([a * PICO_PER_USD for a in exact], step)
    while (off := total - sum(shown, Decimal(0))) != 0:
        sign = 1 if off > 0 else -1
        at = max(range(len(shown)), key=lambda i: (sign * (exact[i] - Fraction(shown[i])), -i))
        shown[at] += sign * step
    return shown


def added(values: Sequence[Decimal]) -> Decimal:
    """Return the sum of money."""
    return sum(values, Decimal(0))
