"""The load-duration curve: hours by load, with the commitments that pay for them under it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.errors import AdvisorError
from advisor.model import Plan
from advisor.report.charts.altair_door import altair, drawn_rows
from advisor.report.charts.lines import said
from advisor.report.charts.load_rows import ON_DEMAND, UNUSED, Load, load
from advisor.report.charts.theme import WIDTH, Drawing, Theme, theme_of
from advisor.units import HOURS_PER_MONTH, format_usd

HALF_A_CENT = 0.005


def load_duration_chart(plan: Plan, *, theme: str = "light") -> Any:
    """Return every hour's usage at on-demand prices, busiest first, with what pays for it; what nothing uses lies below zero.

    Raises:
        AdvisorError: the plan is of an older version, or altair is not installed.
    """
    look = theme_of(theme)
    if plan.covered_hours is None:
        raise AdvisorError(
            "this plan does not hold which commitment pays for what hour by hour",
            hint="it was written by an older version: run advisor recommend again",
        )
    found = load(plan, plan.covered_hours)
    chart = _chart(found, look).properties(width=WIDTH, height=320)
    return Drawing(
        chart, "What runs all the time, and what pays for it", said(*_words(plan, found))
    ).finished(look)


def _words(plan: Plan, found: Load) -> Iterator[str]:
    idle = -sum(r["usd"] * r["hours"] for r in found.unused) / plan.hours * HOURS_PER_MONTH
    paid = "commitments are used to the full" if len(found.layers) > 1 else "nothing is committed to"
    if idle >= HALF_A_CENT:
        paid = f"{format_usd(idle, 2)} a month of commitments goes unused"
    yield f"Usage that Savings Plans and reservations can pay for, hours by load, at on-demand prices; {paid}."
    yield "Spot, storage and licences are not in it: no commitment reaches them."


def _rectangle(row: dict[str, Any], bottom: float, top: float) -> dict[str, Any]:
    """Return what is drawn of a step, to a hundredth of a cent: a notebook keeps every digit."""
    numbers = {"from": row["from"], "to": row["to"], "usd": row["usd"], "bottom": bottom, "top": top}
    return {"layer": row["layer"], **{name: round(value, 4) for name, value in numbers.items()}}


def _chart(found: Load, look: Theme) -> Any:
    alt = altair()
    # hours are as wide as their share: rectangles, not points joined by lines
    rows, floor = [], dict[float, float]()
    for r in found.steps:
        begin = floor.get(r["from"], 0.0)
        floor[r["from"]] = begin + r["usd"]
        if r["usd"]:
            rows.append(_rectangle(r, begin, begin + r["usd"]))
    rows += [_rectangle(r, r["usd"], 0.0) for r in found.unused if r["usd"] < -1e-9]
    names = [n for n in found.layers if n != ON_DEMAND]
    palette = [c for c in look.series if c != look.bad]  # which is kept for what is lost
    colors = {name: palette[i % len(palette)] for i, name in enumerate(names)}
    colors |= {ON_DEMAND: look.quiet, UNUSED: look.bad}
    domain = [n for n in (*names, ON_DEMAND, UNUSED) if any(r["layer"] == n for r in rows)]
    highest = max((r["top"] for r in rows), default=1.0)
    money = ".2f" if highest < 10 else ".0f"
    scale = alt.Scale(domain=domain, range=[colors[n] for n in domain])
    color = alt.Color("layer:N", title=None, scale=scale, legend=alt.Legend(columns=1))
    return (
        alt.Chart(drawn_rows(rows))
        .mark_rect(strokeWidth=0.7)
        .encode(
            x=alt.X(
                "from:Q",
                title="hours, busiest first",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format=".0%", grid=False),
            ),
            x2="to:Q",
            y=alt.Y("bottom:Q", title="dollars an hour", axis=alt.Axis(format=f"$,{money}", tickCount=6)),
            y2="top:Q",
            color=color,
            stroke=color,  # closes the hairlines between rectangles
            tooltip=[
                alt.Tooltip("layer:N", title="paid by"),
                alt.Tooltip("usd:Q", title="dollars an hour", format="$,.2f"),
                alt.Tooltip("from:Q", title="busier hours", format=".0%"),
            ],
        )
    )
