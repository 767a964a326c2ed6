"""Every way to run a workload as a bar: what it costs, why it lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from advisor.model import Plan
from advisor.report.charts.altair_door import altair, drawn_rows
from advisor.report.charts.lines import said, short
from advisor.report.charts.theme import WIDTH, Drawing, Theme, theme_of
from advisor.report.explanation import find_workload
from advisor.report.view import ESTIMATED
from advisor.terms import LaunchType, place_name
from advisor.units import format_usd, short_size

ROW = 40
"""Pixels of a way: its bar, and below it the reason."""
REASON = 112
CHOSEN, TODAY, OTHER, OUT = "chosen", "where it runs today", "possible", "ruled out"


def options_chart(plan: Plan, workload: str, *, theme: str = "light") -> Any:
    """Return every way to run a workload by its monthly cost, the chosen one first, with why the others lost.

    Args:
        workload: its id or name.

    Raises:
        InputError: no such workload.
        AdvisorError: altair is not installed.
    """
    look = theme_of(theme)
    return options_drawing(plan, workload, look).finished(look)


def options_drawing(plan: Plan, workload: str, look: Theme) -> Drawing:
    """Return what `options_chart` shows."""
    alt = altair()
    workload_id = find_workload(plan, workload)["workload_id"]
    rows = option_rows(plan, workload_id)
    y = alt.Y(
        "at:O",
        sort=None,
        title=None,
        axis=alt.Axis(
            labelExpr=f"{[r['name'] for r in rows]}[datum.value]", domain=False, ticks=False, labelColor=look.text,
            labelOffset=-7, labelPadding=8,
        ),
    )  # fmt: skip
    top = max((r["usd"] or 0.0 for r in rows), default=1.0) or 1.0
    x = alt.X(
        "usd:Q",
        title="dollars a month",
        scale=alt.Scale(domain=[0, top * 1.2], nice=False),
        axis=alt.Axis(format="$,.0f" if top >= 10 else "$,.2f", tickCount=5, grid=False),
    )
    color = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(
            domain=[CHOSEN, TODAY, OTHER], range=[look.good, look.series[1], look.quiet]
        ),
        legend=alt.Legend(columns=3),
    )  # fmt: skip
    base = alt.Chart(drawn_rows(rows)).encode(y=y)
    layers = [
        base.transform_filter("datum.usd != null").mark_bar(height=13, yOffset=-7).encode(
            x=x, color=color, tooltip=_tips()
        ),
        base.transform_filter("datum.usd != null").mark_text(align="left", dx=6, dy=-7, color=look.text).encode(
            x=x, text="money:N"
        ),
        *(
            base.transform_filter(f"datum.usd {sign} null")
            .mark_text(align="left", dx=4, dy=dy, fontSize=11, color=look.muted)
            .encode(x=alt.value(0), text="why:N")
            for sign, dy in (("!=", 8), ("==", -7))
        ),
    ]  # fmt: skip
    if any(r["own"] is not None for r in rows):
        layers.append(
            base.transform_filter("datum.own != null")
            .mark_tick(color=look.bad, thickness=3, height=17, yOffset=-7)
            .encode(x="own:Q", tooltip=_tips())
        )
    chart = alt.layer(*layers).properties(width=WIDTH, height=ROW * len(rows))
    return Drawing(chart, f"Every way to run {short(workload_id, 50)}", said(*_words(rows)))


def _tips() -> list[Any]:
    alt = altair()
    names = {
        "name": "way",
        "money": "a month",
        "size": "task size",
        "reason": "why",
        "own_money": "with a commitment of its own",
    }
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in names.items()]


def _words(rows: list[dict[str, Any]]) -> Iterator[str]:
    if any(r["on_instances"] for r in rows):
        yield (
            "On instances a cost is the workload's share of instances that others use too. "
            "But for the chosen way all is at on-demand prices."
        )
    if any(r["own"] is not None for r in rows):
        yield "Orange tick: what the way would cost with the best commitment that is allowed, bought for it alone."


def option_rows(plan: Plan, workload_id: str) -> list[dict[str, Any]]:
    """Return the ways in the order they are drawn: the chosen one, then by cost, last what cannot be."""
    mine = plan.outcomes.filter(pl.col("workload_id") == workload_id)
    plain = mine.filter(pl.col("commitment").is_null())
    allowed = mine.filter(
        pl.col("commitment").is_not_null() & (pl.col("bottleneck") != "policy").fill_null(True)
    )
    best = dict(allowed.group_by("option").agg(pl.col("monthly_cost_usd").min()).iter_rows())
    ordered = sorted(
        plain.iter_rows(named=True),
        key=lambda r: (not r["chosen"], not r["eligible"], r["monthly_cost_usd"] or 0.0, r["option"]),
    )
    return [_row(number, r, best.get(r["option"])) for number, r in enumerate(ordered)]


def _row(number: int, way: dict[str, Any], own: float | None) -> dict[str, Any]:
    cost = way["monthly_cost_usd"] if way["eligible"] else None
    kind = CHOSEN if way["chosen"] else TODAY if way["current"] else OTHER if cost is not None else OUT
    reason = way["reason"] or ""
    if kind == OUT:
        reason = f"ruled out: {reason}"
    elif way["current"] and way["chosen"]:
        reason = f"{reason}, where it runs today"
    elif kind == TODAY:
        reason = f"today, at the right size: {reason}"
    money = "" if cost is None else (ESTIMATED if way["method"] == "estimated" else "") + format_usd(cost, 2)
    cheaper = own if own is not None and cost is not None and own < cost and not way["chosen"] else None
    sized = way["task_vcpu"] is not None and way["task_memory_mib"] is not None
    return {
        "at": number,
        "name": place_name(way["launch_type"], way["capacity_option"], way["cpu_architecture"]),
        "usd": cost,
        "money": money,
        "kind": kind,
        "size": short_size(way["task_vcpu"], way["task_memory_mib"]) if sized else "",
        "reason": short(reason, 400),
        "why": short(reason, REASON),
        "own": cheaper,
        "own_money": "" if cheaper is None else format_usd(cheaper, 2),
        "on_instances": cost is not None and way["launch_type"] != LaunchType.FARGATE,
    }
