"""A plan as rows for people: the single place where money and shares become text.

Amounts are rounded once, by largest remainder, so that printed rows add up to printed totals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from advisor.model import Plan
from advisor.report.words import advised_name, class_name, resized, short_size, today_name
from advisor.units import DASH, MINUS, PICO_PER_USD, format_share, format_usd, rounded_to_total

CENTS_BELOW_USD = 100
"""Fleets that cost less a month are shown in cents: whole dollars would hide their savings."""
ESTIMATED, PACKED = "~", "≈"


@dataclass(frozen=True)
class Row:
    """One line of the table; every cell is text.

    Attributes:
        advised: where it goes, or `unchanged`; the size alone when only that changes.
        size: the new task size when place and size change, else empty.
        moved: how much the bill changes, `−$268`; a dash when it does not.
        share: the change as a share of today's cost, `39%`.
        span: from–to of the saving when an estimated price is in it, else empty.
    """

    workload: str
    workload_class: str
    today: str
    advised: str
    size: str
    monthly: str
    moved: str
    share: str
    span: str


@dataclass(frozen=True)
class View:
    """The table's content.

    Attributes:
        rows: largest savings first.
        more: stands for the rows left out, null when none is.
        unused: commitments already owned or bought that nothing uses, null when there is none.
        fleet: the totals: today, plan, change, share, span.
    """

    title: str
    rows: tuple[Row, ...]
    more: Row | None
    unused: Row | None
    fleet: Row
    step_usd: Decimal

    def money(self, amount_usd: float) -> str:
        """Return money in the table's grain."""
        return format_usd(amount_usd, digits(self.step_usd))


def digits(step_usd: Decimal) -> int:
    """Return the decimals of the printed grain."""
    return 0 if step_usd == 1 else 2


def title(plan: Plan) -> str:
    """Return `shop · us-east-1 · 30 days of usage · prices as of 2026-07-20`."""
    regions = plan.regions if len(plan.regions) <= 3 else (*plan.regions[:3], f"{len(plan.regions) - 3} more")
    days = f"{plan.lookback_days:.3g}"
    return " · ".join(
        [plan.name, ", ".join(regions), f"{days} days of usage", f"prices as of {plan.catalog_as_of}"]
    )


def view(plan: Plan, most: int | None = None) -> View:
    """Return what the table shows.

    Args:
        most: rows shown; the others are added up in one.
    """
    step = Decimal(1) if plan.baseline_monthly_cost_usd >= CENTS_BELOW_USD else Decimal("0.01")
    placed = plan.placements
    spare_now = plan.baseline_monthly_cost_usd - sum(p.baseline_monthly_cost_usd for p in placed)
    spare = plan.monthly_cost_usd - sum(p.monthly_cost_usd for p in placed)
    before = _rounded([p.baseline_monthly_cost_usd for p in placed] + [spare_now], step)
    after = _rounded([p.monthly_cost_usd for p in placed] + [spare], step)
    order = sorted(range(len(placed)), key=lambda i: (after[i] - before[i], -after[i], placed[i].workload_id))
    shown = order if most is None or len(order) <= most + 1 else order[:most]
    rest = order[len(shown) :]
    workloads = {w["workload_id"]: w for w in plan.workloads.iter_rows(named=True)}
    classes = dict(plan.profiles.select("workload_id", "workload_class").iter_rows())
    rows = []
    for i in shown:
        place = placed[i]
        workload = workloads[place.workload_id]
        where, size = advised_name(place), ""
        if resized(place, workload):
            size = short_size(place.task_vcpu, place.task_memory_mib)
        if place.unchanged:
            where, size = "unchanged", ""
        elif size and where == today_name(workload):
            where, size = f"same, {size}", ""
        low = place.baseline_monthly_cost_usd - place.monthly_cost_high_usd
        high = place.baseline_monthly_cost_usd - place.monthly_cost_low_usd
        rows.append(
            Row(
                workload=place.workload_id,
                workload_class=class_name(classes.get(place.workload_id)),
                today=today_name(workload) + (f" {PACKED}" if place.baseline_is_estimate else ""),
                advised=where,
                size=size,
                monthly=(ESTIMATED if place.estimated_price else "") + format_usd(after[i], digits(step)),
                moved=_moved(before[i], after[i], step),
                share=_share(before[i], after[i]),
                span=_span(low, high, before[i] - after[i], step) if place.estimated_price else "",
            )
        )
    doubt = plan.price_range_usd[1] - plan.price_range_usd[0] > float(step)
    fleet = Row(
        "Fleet",
        "",
        f"today {format_usd(sum(before), digits(step))}",
        "plan",
        "",
        (ESTIMATED if doubt else "") + format_usd(sum(after), digits(step)),
        _moved(sum(before, Decimal(0)), sum(after, Decimal(0)), step),
        _share(sum(before, Decimal(0)), sum(after, Decimal(0))),
        _span(
            plan.baseline_monthly_cost_usd - plan.price_range_usd[1],
            plan.baseline_monthly_cost_usd - plan.price_range_usd[0],
            sum(before, Decimal(0)) - sum(after, Decimal(0)),
            step,
        )
        if doubt
        else "",
    )
    unused = None
    if before[-1] or after[-1]:
        unused = _sum_row("idle commitments", [before[-1]], [after[-1]], step)
    more = None
    if rest:
        name = f"… and {len(rest)} more"
        more = _sum_row(name, [before[i] for i in rest], [after[i] for i in rest], step)
    return View(title(plan), tuple(rows), more, unused, fleet, step)


def not_advised(plan: Plan) -> list[tuple[str, int]]:
    """Return kind of reason (its words before the colon) → workloads that got no advice, most frequent first."""
    reasons = Counter(r.reason.partition(":")[0] for r in plan.rejections if not r.option)
    return sorted(reasons.items(), key=lambda item: (-item[1], item[0]))


def bound_text(plan: Plan, step_usd: Decimal) -> str:
    """Return the sentence of the proof; the bound is rounded down."""
    floor = (Fraction(plan.lower_bound_monthly_usd) / Fraction(step_usd)).__floor__() * step_usd
    gap = format_share(plan.gap_share, 1)
    return (
        "Proven: in this model and for this demand, no plan costs less than "
        f"{format_usd(floor, digits(step_usd))} (gap {gap})"
    )


def _rounded(amounts_usd: Sequence[float], step: Decimal) -> list[Decimal]:
    return rounded_to_total([Fraction(a) * PICO_PER_USD for a in amounts_usd], step)


def _sum_row(name: str, before: Sequence[Decimal], after: Sequence[Decimal], step: Decimal) -> Row:
    was, now = sum(before, Decimal(0)), sum(after, Decimal(0))
    return Row(
        name, "", "", "", "", format_usd(now, digits(step)), _moved(was, now, step), _share(was, now), ""
    )


def _moved(before: Decimal, after: Decimal, step: Decimal) -> str:
    change = after - before
    if not change:
        return DASH
    return f"{MINUS if change < 0 else '+'}{format_usd(abs(change), digits(step))}"


def _share(before: Decimal, after: Decimal) -> str:
    if before == after or before <= 0:
        return ""
    share = float((before - after) / before)
    return format_share(share) if share > 0 else f"+{format_share(-share)}"


def _span(low_usd: float, high_usd: float, point: Decimal, step: Decimal) -> str:
    """Return the range in the table's grain, rounded outwards, so that the printed point lies in it."""
    low = min(point, (Fraction(low_usd) / Fraction(step)).__floor__() * step)
    high = max(point, (Fraction(high_usd) / Fraction(step)).__ceil__() * step)
    return f"{format_usd(low, digits(step))} to {format_usd(high, digits(step))}"
