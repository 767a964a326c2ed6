"""The packing map: which instances of a pool hold which tasks, and how full they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.errors import AdvisorError, InputError
from advisor.model import Plan, Pool
from advisor.report.charts.altair_door import altair, drawn_rows
from advisor.report.charts.lines import said, short
from advisor.report.charts.packing_rows import OTHERS, Packing, packing, segments
from advisor.report.charts.theme import WIDTH, Drawing, Theme, theme_of
from advisor.report.words import counted
from advisor.terms import Moment
from advisor.units import format_share, format_usd

ROWS = 36
"""Most rows of instances with their tasks; larger pools are drawn as one square per instance."""
SQUARES = 24
MOMENTS = {Moment.TYPICAL: "a typical hour", Moment.BUSIEST: "the busiest hour"}


def packing_chart(plan: Plan, pool: str, moment: str = Moment.TYPICAL, *, theme: str = "light") -> Any:
    """Return which instances of a pool hold which tasks in one hour, and how much of their vCPU and memory is taken.

    Args:
        pool: id of the pool.
        moment: `TYPICAL` or `BUSIEST`.

    Raises:
        InputError: no such pool.
        AdvisorError: the plan is of an older version, or altair is not installed.
    """
    look = theme_of(theme)
    mine = next((p for p in plan.pools if p.pool_id == pool), None)
    if mine is None:
        known = ", ".join(short(p.pool_id) for p in plan.pools[:5]) or "none"
        raise InputError(f'no pool "{short(pool)}" in this plan', hint=f"the plan's pools: {known}")
    if plan.hosts is None:
        raise AdvisorError(
            "this plan does not hold which instance holds which tasks",
            hint="it was written by an older version: run advisor recommend again",
        )
    found = packing(plan, pool, Moment(moment))
    chart = _rows(found, look) if len(found.groups) <= ROWS else _squares(found, look)
    count = sum(g["count"] for g in found.groups)
    title = f"{short(pool, 40)}: {counted(count, 'instance')} in {MOMENTS[Moment(moment)]}"
    return Drawing(chart, title, said(*_words(mine, found))).finished(look)


def _words(pool: Pool, found: Packing) -> Iterator[str]:
    full = [sum(h[i] for g in found.groups for h in g["tasks"] * g["count"]) for i in (2, 3)]
    count = sum(g["count"] for g in found.groups) or 1
    yield (
        f"{found.hour_start:%a %d %b %H:%M} UTC; on the mean instance {format_share(full[0] / count)} of vCPU and "
        f"{format_share(full[1] / count)} of memory are taken; the pool costs {format_usd(pool.monthly_cost_usd)} a month"
    )
    if found.packed:
        yield "One packing of many that fit: as the plan packed the hour. ECS places tasks by itself and may place others."
    else:
        yield "Today's instances are kept: tasks are put on them one by one, the largest first, one lawful way of many."
    if found.homeless:
        yield f"{counted(found.homeless, 'task')} found no room this way."


def _rows(found: Packing, look: Theme) -> Any:
    alt = altair()
    rows = segments(found)
    names = [f"{g['count']} × {g['instance_type']}" for g in found.groups]
    shown = list(dict.fromkeys(r["color"] for r in rows))
    domain = [*(short(n) for n in found.named if short(n) in shown), *([OTHERS] if OTHERS in shown else [])]
    colors = [look.quiet if name == OTHERS else look.series[i] for i, name in enumerate(domain)]
    panels = []
    for resource in ("vCPU", "memory"):
        axis = alt.Axis(
            labelExpr=f"{names}[datum.value]", ticks=False, domain=False, labelColor=look.text, labelPadding=8,
            labels=resource == "vCPU",
        )  # fmt: skip
        empty = drawn_rows([{"at": i, "from": 0.0, "to": 1.0} for i in range(len(names))])
        mine = drawn_rows([r for r in rows if r["resource"] == resource])
        x = alt.X(
            "from:Q",
            title=f"{resource} taken",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format=".0%", tickCount=5),
        )
        y = alt.Y("at:O", sort=None, title=None, axis=axis, scale=alt.Scale(paddingInner=0.22))
        room = alt.Chart(empty).mark_bar(color=look.grid).encode(x=x, x2="to:Q", y=y)
        held = (
            alt.Chart(mine)
            .mark_bar(stroke=look.ground, strokeWidth=1)
            .encode(
                x=x,
                x2="to:Q",
                y=y,
                color=alt.Color(
                    "color:N", title=None, scale=alt.Scale(domain=domain, range=colors), legend=alt.Legend(columns=4)
                ),
                tooltip=[
                    alt.Tooltip("workload:N", title="workload"),
                    alt.Tooltip("tasks:Q", title="tasks"),
                    alt.Tooltip("share:Q", title=f"of {resource}", format=".0%"),
                ],
            )
        )  # fmt: skip
        panels.append(
            alt.layer(room, held).properties(width=WIDTH // 2 - 50, height=max(24, 24 * len(names)))
        )
    return alt.hconcat(*panels, spacing=18)


def _squares(found: Packing, look: Theme) -> Any:
    alt = altair()
    rows = square_rows(found)
    panels = []
    for field, resource in (("vcpu", "vCPU"), ("memory", "memory")):
        color = alt.Color(
            f"{field}:Q",
            title="taken",
            scale=alt.Scale(domain=[0, 1], range=[look.grid, look.good]),
            legend=alt.Legend(format=".0%", gradientLength=160, values=[0, 0.5, 1]),
        )
        panels.append(
            alt.Chart(drawn_rows(rows))
            .mark_rect(stroke=look.ground, strokeWidth=1)
            .encode(
                x=alt.X("column:O", axis=None),
                y=alt.Y("row:O", axis=None),
                color=color,
                tooltip=[
                    alt.Tooltip("instance_type:N", title="instance"),
                    alt.Tooltip("vcpu:Q", title="vCPU taken", format=".0%"),
                    alt.Tooltip("memory:Q", title="memory taken", format=".0%"),
                    alt.Tooltip("holds:N", title="holds"),
                ],
            )
            .properties(
                width=WIDTH // 2 - 20,
                height=14 * (rows[-1]["row"] + 1),
                title=alt.Title(f"{resource} of each", color=look.muted, fontSize=12),
            )
        )
    return alt.hconcat(*panels, spacing=18)


def square_rows(found: Packing) -> list[dict[str, Any]]:
    """Return one row per instance, fullest first."""
    single = [
        {
            "instance_type": g["instance_type"],
            "vcpu": sum(h[2] for h in g["tasks"]),
            "memory": sum(h[3] for h in g["tasks"]),
            "holds": short(", ".join(f"{h[1]} × {h[0]}" for h in g["tasks"]) or "nothing", 200),
        }
        for g in found.groups
        for _ in range(g["count"])
    ]
    single.sort(key=lambda r: (-max(r["vcpu"], r["memory"]), r["instance_type"], r["holds"]))
    return [{**r, "column": i % SQUARES, "row": i // SQUARES} for i, r in enumerate(single)]
