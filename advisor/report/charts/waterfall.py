"""From today to the plan: what each kind of change saves."""

from __future__ import annotations

from typing import Any

from advisor.model import Placement, Plan
from advisor.report.charts.altair_door import altair, drawn_rows
from advisor.report.charts.lines import said
from advisor.report.charts.theme import WIDTH, Drawing, theme_of
from advisor.report.view import CENTS_BELOW_USD
from advisor.report.words import resized
from advisor.terms import CapacityOption
from advisor.units import format_usd

CHANGES = ("to Spot", "other launch type", "to ARM", "right-size only", "same place and size")
IDLE = "idle commitments"


def waterfall_chart(plan: Plan, *, theme: str = "light") -> Any:
    """Return today's cost, what each kind of change saves or costs, and the plan's cost.

    Raises:
        AdvisorError: altair is not installed.
    """
    look, alt = theme_of(theme), altair()
    rows = waterfall_rows(plan)
    color = alt.Color(
        "kind:N",
        legend=None,
        scale=alt.Scale(domain=["total", "saves", "costs"], range=[look.quiet, look.good, look.bad]),
    )
    axis = alt.Axis(domain=False, ticks=False, labelColor=look.text, labelPadding=8)
    y = alt.Y("name:N", sort=None, title=None, axis=axis)
    top = max(max(r["from"], r["to"]) for r in rows) or 1.0
    scale = alt.Scale(domain=[0, 1.14 * top], nice=False)
    base = alt.Chart(drawn_rows(rows)).encode(y=y)
    tips = [
        alt.Tooltip("name:N", title="change"),
        alt.Tooltip("label:N", title="a month"),
        alt.Tooltip("count:N", title="workloads"),
    ]
    bars = base.mark_bar(height=20).encode(
        x=alt.X("from:Q", title="dollars a month", scale=scale, axis=alt.Axis(format="$,.0f", tickCount=6)),
        x2="to:Q",
        color=color,
        tooltip=tips,
    )
    text = base.mark_text(align="left", dx=6, color=look.text).encode(
        x=alt.X("end:Q", scale=scale), text="label:N"
    )
    bought = plan.uncommitted_monthly_cost_usd - plan.monthly_cost_usd
    words = said(
        "Each workload counts once, by the first of these that changes: Spot, launch type, architecture, size.",
        f"Buying commitments is {format_usd(bought)} of it, in the bars of the workloads that they pay for."
        if plan.commitments
        else "",
    )
    chart = alt.layer(bars, text).properties(width=WIDTH - 80, height=34 * len(rows))
    return Drawing(chart, "From today to the plan", words).finished(look)


def waterfall_rows(plan: Plan) -> list[dict[str, Any]]:
    """Return `from, to` of each bar; the steps lead exactly from today's to the plan's cost."""
    workloads = {w["workload_id"]: w for w in plan.workloads.iter_rows(named=True)}
    moved: dict[str, list[float]] = {}
    for place in plan.placements:
        change = place.monthly_cost_usd - place.baseline_monthly_cost_usd
        moved.setdefault(_kind(place, workloads[place.workload_id]), []).append(change)
    before = plan.baseline_monthly_cost_usd - sum(p.baseline_monthly_cost_usd for p in plan.placements)
    after = plan.monthly_cost_usd - sum(p.monthly_cost_usd for p in plan.placements)
    steps = [(name, sum(moved[name]), len(moved[name])) for name in CHANGES if name in moved]
    if abs(after - before) >= 0.005:
        steps.append((IDLE, after - before, 0))
    digits = 0 if plan.baseline_monthly_cost_usd >= CENTS_BELOW_USD else 2
    rows = [_bar("today", 0.0, plan.baseline_monthly_cost_usd, "total", digits, len(plan.placements))]
    level = plan.baseline_monthly_cost_usd
    for name, change, count in steps:
        label = f"{name} ({count})" if count else name
        rows.append(_bar(label, level, level + change, "costs" if change > 0 else "saves", digits, count))
        level += change
    rows.append(_bar("plan", 0.0, plan.monthly_cost_usd, "total", digits, len(plan.placements)))
    return rows


def _bar(name: str, begin: float, end: float, kind: str, digits: int, count: int) -> dict[str, Any]:
    amount = end - begin
    sign = "+" if kind == "costs" else ""
    return {
        "name": name,
        "from": round(begin, 6),
        "to": round(end, 6),
        "end": round(max(begin, end), 6),
        "kind": kind,
        "label": f"{sign}{format_usd(amount, digits)}",
        "count": str(count) if count else "",
    }


def _kind(place: Placement, workload: dict[str, Any]) -> str:
    spot = place.capacity_option == CapacityOption.SPOT
    if spot and workload["capacity_option"] != CapacityOption.SPOT:
        return CHANGES[0]
    if place.launch_type != workload["launch_type"] or place.capacity_option != workload["capacity_option"]:
        return CHANGES[1]
    if place.cpu_architecture != workload["cpu_architecture"]:
        return CHANGES[2]
    return CHANGES[3] if resized(place, workload) else CHANGES[4]
