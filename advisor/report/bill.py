"""Today's cost against the bill, in a few lines: how far they agree, where they do not, and what is not compared."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from advisor.model import BillRow, Reconciliation
from advisor.report.view import digits
from advisor.report.words import counted
from advisor.terms import Standing
from advisor.units import PICO_PER_USD, format_share, format_usd, rounded_to_total

CAPACITY = {"FARGATE": "Fargate", "EC2": "EC2"}
NAMED = 3
"""Usage types of a kind that are named; the others are counted."""
LEFT = {
    Standing.UNKNOWN: "ECS usage that the model has no meter for",
    Standing.SHARED: "not compared, these lines pay for more than ECS",
    Standing.ASIDE: "on one side only (credits, taxes, rework, instances of our estimate, regions without a bill)",
}
"""What is said of rows that are not compared."""


def bill_lines(found: Reconciliation | None, step_usd: Decimal) -> Iterator[str]:
    """Yield what a plan has to say of the bill; nothing without one."""
    if found is None:
        return
    model, billed = found.compared_model_usd, found.compared_billed_usd
    sides = f"the model {_money(model, step_usd)}, the bill {_money(billed, step_usd)}"
    yield (
        f"Bill {found.bill_start[:10]} to {found.bill_end[:10]}, a month: {sides}, {_off(model, billed, step_usd)}"
    )
    gate = format_share(found.gate_share)
    for place in found.residuals:
        clusters = f", clusters {', '.join(place.clusters)}" if place.clusters else ""
        yield (
            f"  over {gate}: {CAPACITY[place.capacity]} in {place.region} is {_money(place.model_monthly_usd, step_usd)} by the "
            f"model and {_money(place.billed_monthly_usd, step_usd)} on the bill ({format_share(place.share)}), most of it in "
            f"{', '.join(place.usage_types)}{clusters}; {counted(len(place.workload_ids), 'workload')} advised on with less "
            "confidence"
        )
    for standing, words in LEFT.items():
        rows = [r for r in found.rows if r.standing == standing]
        if rows:
            yield f"  {words}: {_largest(rows, step_usd)}"


def _off(model_usd: float, billed_usd: float, step_usd: Decimal) -> str:
    """Return by how much the bill is off; the printed amounts are those that differ, so that it adds up on paper."""
    off = _grain(billed_usd, step_usd) - _grain(model_usd, step_usd)
    if not off:
        return "the two agree"
    share = f" ({format_share(abs(billed_usd - model_usd) / abs(billed_usd), 1)})" if billed_usd else ""
    amount = format_usd(abs(off), digits(step_usd))
    return f"{amount}{share} {'more' if off > 0 else 'less'} than modelled"


def _largest(rows: list[BillRow], step_usd: Decimal) -> str:
    """Return both sides of some rows and the names of the largest; money is rounded so that it adds up."""
    amounts: list[int | Fraction] = [
        Fraction(a) * PICO_PER_USD for r in rows for a in (r.model_monthly_usd, r.billed_monthly_usd)
    ]
    shown = rounded_to_total(amounts, step_usd)
    model, billed = sum(shown[::2], Decimal(0)), sum(shown[1::2], Decimal(0))
    order = sorted(
        rows, key=lambda r: (-max(abs(r.billed_monthly_usd), abs(r.model_monthly_usd)), r.usage_type)
    )
    names = ", ".join(r.usage_type for r in order[:NAMED])
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    money = digits(step_usd)
    return f"model {format_usd(model, money)}, bill {format_usd(billed, money)} ({names}{more})"


def _grain(amount_usd: float, step_usd: Decimal) -> Decimal:
    return round(Decimal(str(amount_usd)) / step_usd) * step_usd


def _money(amount_usd: float, step_usd: Decimal) -> str:
    return format_usd(amount_usd, digits(step_usd))
