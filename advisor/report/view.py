"""A plan as rows for people: the single place where money and shares become text.

Amounts are rounded once, by largest remainder, so that printed rows add up to printed totals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from advisor.model import Placement, Plan
from advisor.report.words import advised_name, class_name, resized, today_name
from advisor.units import DASH, MINUS, PICO_PER_USD, format_share, format_usd, rounded_to_total, short_size

CENTS_BELOW_USD = 100
"""Fleets that cost less a month are shown in cents: whole dollars would hide their savings."""
SCALE_IN = "ScaleIn"
"""The action of a workload that stays as it is but for its number of tasks."""
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
    changes = _changes(plan, step)
    order = sorted(
        range(len(placed)),
        key=lambda i: (changes[i].after - changes[i].before, -changes[i].after, placed[i].workload_id),
    )
    shown = order if most is None or len(order) <= most + 1 else order[:most]
    rest = order[len(shown) :]
    workloads = {w["workload_id"]: w for w in plan.workloads.iter_rows(named=True)}
    classes = dict(plan.profiles.select("workload_id", "workload_class").iter_rows())
    scaled = {r.resource_id for r in plan.recommendations if r.action_type == SCALE_IN}
    rows = tuple(
        _row(
            placed[i], workloads[placed[i].workload_id], classes.get(placed[i].workload_id), changes[i], step
        )
        for i in shown
    )
    rows = tuple(
        replace(r, advised="same, fewer tasks") if r.workload in scaled and r.advised == "unchanged" else r
        for r in rows
    )
    spare = changes[-1]
    unused = _sum_row("idle commitments", spare, step) if spare.before or spare.after else None
    more = _sum_row(f"… and {len(rest)} more", _sum(changes[i] for i in rest), step) if rest else None
    return View(title(plan), rows, more, unused, _fleet(plan, _sum(changes), step), step)


@dataclass(frozen=True)
class _Change:
    """A row's money: as printed, so that rows add up to totals, and exact, for shares and for what is too small."""

    before: Decimal
    after: Decimal
    exact_before: float
    exact_after: float


def _changes(plan: Plan, step: Decimal) -> list[_Change]:
    """Return the change of every placement, and last that of commitments that nothing uses."""
    was = [p.baseline_monthly_cost_usd for p in plan.placements]
    now = [p.monthly_cost_usd for p in plan.placements]
    was.append(plan.baseline_monthly_cost_usd - sum(was))
    now.append(plan.monthly_cost_usd - sum(now))
    return [_Change(*c) for c in zip(_rounded(was, step), _rounded(now, step), was, now, strict=True)]


def _sum(changes: Iterable[_Change]) -> _Change:
    found = list(changes)
    return _Change(
        sum((c.before for c in found), Decimal(0)),
        sum((c.after for c in found), Decimal(0)),
        sum(c.exact_before for c in found),
        sum(c.exact_after for c in found),
    )


def _row(
    place: Placement, workload: Mapping[str, Any], workload_class: str | None, change: _Change, step: Decimal
) -> Row:
    where, size = advised_name(place), ""
    if resized(place, workload):
        size = short_size(place.task_vcpu, place.task_memory_mib)
    if place.unchanged:
        where, size = "unchanged", ""
    elif size and where == today_name(workload):
        where, size = f"same, {size}", ""
    low, high = place.savings_range_usd
    return Row(
        workload=place.workload_id,
        workload_class=class_name(workload_class),
        today=today_name(workload) + (f" {PACKED}" if place.baseline_is_estimate else ""),
        advised=where,
        size=size,
        monthly=(ESTIMATED if place.estimated_price else "")
        + _amount(change.after, change.exact_after, step),
        moved=_moved(change, step),
        share=_share(change),
        span=_span(low, high, change.before - change.after, step) if place.estimated_price else "",
    )


def _fleet(plan: Plan, whole: _Change, step: Decimal) -> Row:
    now = sum(p.baseline_doubt_usd for p in plan.placements)
    doubt = plan.price_range_usd[1] - plan.price_range_usd[0] + 2 * now > float(step)
    low = plan.baseline_monthly_cost_usd - plan.price_range_usd[1] - now
    high = plan.baseline_monthly_cost_usd - plan.price_range_usd[0] + now
    return Row(
        "Fleet",
        "",
        f"today {format_usd(whole.before, digits(step))}",
        "plan",
        "",
        (ESTIMATED if doubt else "") + format_usd(whole.after, digits(step)),
        _moved(whole, step),
        _share(whole),
        _span(low, high, whole.before - whole.after, step) if doubt else "",
    )


def not_advised(plan: Plan) -> list[tuple[str, int]]:
    """Return kind of reason (its words before the colon) → workloads that got no advice, most frequent first."""
    reasons = Counter(r.reason.partition(":")[0] for r in plan.rejections if not r.option)
    return sorted(reasons.items(), key=lambda item: (-item[1], item[0]))


def _rounded(amounts_usd: Sequence[float], step: Decimal) -> list[Decimal]:
    return rounded_to_total([Fraction(a) * PICO_PER_USD for a in amounts_usd], step)


def _sum_row(name: str, change: _Change, step: Decimal) -> Row:
    monthly = _amount(change.after, change.exact_after, step)
    return Row(name, "", "", "", "", monthly, _moved(change, step), _share(change), "")


def _amount(shown: Decimal, exact: float, step: Decimal) -> str:
    """Return money, `<$1` for what is there but less than half of the grain."""
    if 0 < _whole(exact) < step / 2:
        return f"<{format_usd(step, digits(step))}"
    return format_usd(shown, digits(step))


def _moved(change: _Change, step: Decimal) -> str:
    exact = _whole(change.exact_after - change.exact_before)
    if not exact:
        return DASH
    sign = MINUS if exact < 0 else "+"
    if abs(exact) < step / 2:
        return f"{sign}<{format_usd(step, digits(step))}"
    # rounding to a total may have moved both amounts by almost a step: the change keeps its sign
    shown = (change.after - change.before).copy_abs() if (change.after - change.before) * exact > 0 else step
    return f"{sign}{format_usd(shown, digits(step))}"


def _share(change: _Change) -> str:
    saved = change.exact_before - change.exact_after
    if not _whole(saved) or _whole(change.exact_before) <= 0:
        return ""
    share = saved / change.exact_before
    return format_share(share) if share > 0 else f"+{format_share(-share)}"


def _whole(amount_usd: float) -> Decimal:
    """Return dollars without the noise of adding floats."""
    return round(Decimal(amount_usd), 6)


def _span(low_usd: float, high_usd: float, point: Decimal, step: Decimal) -> str:
    """Return the range in the table's grain, rounded outwards, so that the printed point lies in it; none of no width."""
    low = min(point, (Fraction(low_usd) / Fraction(step)).__floor__() * step)
    high = max(point, (Fraction(high_usd) / Fraction(step)).__ceil__() * step)
    return "" if low == high else f"{format_usd(low, digits(step))} to {format_usd(high, digits(step))}"
