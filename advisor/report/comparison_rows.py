"""Workloads that move from one plan to another as rows for people, rounded so that they add up to the printed totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from advisor.model import Comparison, Moved
from advisor.report.comparison_words import grain, signed
from advisor.report.view import digits
from advisor.terms import Change
from advisor.units import DASH, PICO_PER_USD, format_usd, rounded_to_total

SIGNS = {Change.CHANGED: "~", Change.ADDED: "+", Change.REMOVED: "-"}


@dataclass(frozen=True)
class MovedRow:
    """One line of the comparison; every cell is text, a dash where a plan does not have the workload."""

    sign: str
    workload: str
    before: str
    after: str
    usd_before: str
    usd_after: str
    moved: str


@dataclass(frozen=True)
class View:
    """What the comparison shows.

    Attributes:
        rows: most dollars first.
        more: stands for the rows left out, null when none is.
        cash: both plans without people's time.
        rest: what is more in workloads that stay and in commitments that nothing uses.
        step: the printed grain.
    """

    rows: tuple[MovedRow, ...]
    more: MovedRow | None
    cash: tuple[Decimal, Decimal]
    rest: Decimal
    step: Decimal


def view(compared: Comparison, most: int | None = None) -> View:
    """Return what the comparison shows.

    Args:
        most: rows shown; the others are added up in one.
    """
    step = grain(compared)
    moved = compared.moved
    was = _rounded(
        [m.monthly_cost_before_usd for m in moved],
        compared.cost_before_usd - (compared.people_before_usd or 0.0),
        step,
    )
    now = _rounded(
        [m.monthly_cost_after_usd for m in moved],
        compared.cost_after_usd - (compared.people_after_usd or 0.0),
        step,
    )
    shown = len(moved) if most is None or len(moved) <= most + 1 else most
    left = slice(shown, len(moved))
    name = f"… and {len(moved) - shown:,} more"
    return View(
        rows=tuple(_row(moved[i], was[i], now[i], step) for i in range(shown)),
        more=_cells(("", name, "", ""), sum(was[left], Decimal(0)), sum(now[left], Decimal(0)), step)
        if shown < len(moved)
        else None,
        cash=(sum(was, Decimal(0)), sum(now, Decimal(0))),
        rest=now[-1] - was[-1],
        step=step,
    )


def _rounded(amounts_usd: Sequence[float | None], total_usd: float, step: Decimal) -> list[Decimal]:
    """Return the amounts in the printed grain, and last what is left of the total."""
    known = [Fraction(usd or 0.0) for usd in amounts_usd]
    picos: list[int | Fraction] = [
        usd * PICO_PER_USD for usd in (*known, Fraction(total_usd) - sum(known, Fraction(0)))
    ]
    return rounded_to_total(picos, step)


def _row(moved: Moved, was: Decimal, now: Decimal, step: Decimal) -> MovedRow:
    words = SIGNS[Change(moved.change)], moved.workload_id, moved.before or DASH, moved.after or DASH
    return _cells(
        words,
        None if moved.monthly_cost_before_usd is None else was,
        None if moved.monthly_cost_after_usd is None else now,
        step,
    )


def _cells(
    words: tuple[str, str, str, str], was: Decimal | None, now: Decimal | None, step: Decimal
) -> MovedRow:
    before, after = (DASH if usd is None else format_usd(usd, digits(step)) for usd in (was, now))
    return MovedRow(*words, before, after, signed((now or Decimal(0)) - (was or Decimal(0)), step))
