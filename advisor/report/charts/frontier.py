"""What the fleet costs against what it takes to run it and what Spot may stop: whole fleets as numbered points."""

from __future__ import annotations

from typing import Any

from advisor.model import Plan
from advisor.report.charts.altair_door import altair, drawn_rows
from advisor.report.charts.frontier_points import Point, points
from advisor.report.charts.lines import said
from advisor.report.charts.theme import WIDTH, Drawing, Theme, theme_of
from advisor.report.words import counted
from advisor.units import format_share, format_usd

PICKED = "picked"
"""Name of the selection: a widget listens to it; its value is in the points' `key`."""


COVERS = 0.075
"""Part of a plot within which one point covers another."""


def frontier_chart(plan: Plan, *, theme: str = "light") -> Any:
    """Return whole fleets by cost, pools of instances and share of Spot; a click on a point or a name picks it.

    Raises:
        AdvisorError: altair is not installed.
    """
    look, alt = theme_of(theme), altair()
    rows = [_row(n, p) for n, p in enumerate(points(plan), 1)]
    for field in ("pools", "spot"):
        _side_by_side(rows, field)
    picked = alt.selection_point(name=PICKED, fields=["key"], on="click", empty=True)
    panels = [
        _panel(rows, "pools", "pools of instances to keep up", None, picked, look, first=True),
        _panel(rows, "spot", "vCPU-hours on Spot", ".0%", picked, look, first=False),
    ]
    both = alt.hconcat(*panels, spacing=24, resolve={"scale": {"y": "shared"}})
    chart = alt.vconcat(both, _names(rows, picked, look), spacing=18)
    # added view by view, altair would warn that it takes them for one, which is what is meant
    views = [*(panel.layer[1].name for panel in chart.vconcat[0].hconcat), chart.vconcat[1].name]
    config = alt.PointSelectionConfig(type="point", fields=["key"], on="click")
    chart.params = [alt.TopLevelSelectionParameter(name=PICKED, select=config, views=views)]
    words = said(
        "Left and low is better. Ringed: no other way is cheaper, has fewer pools and less Spot at once.",
        "Numbers 4 and up: every workload takes its cheapest way of that kind, at on-demand prices. On instances that "
        "is a share of full ones: a real fleet would cost more.",
        "Points that would cover each other stand side by side; their names tell the exact figures.",
    )
    return Drawing(chart, "Cost against effort and interruptions", words).finished(look)


def _row(number: int, point: Point) -> dict[str, Any]:
    return {
        "key": point.key,
        "number": str(number),
        "at": number,
        "name": point.name,
        "usd": point.monthly_cost_usd,
        "pools": point.pools,
        "spot": point.spot_share,
        "best": point.best,
        "kind": point.key if point.key in ("today", "plan") else "other",
        "says": point.says,
        "label": f"{number}  {point.name}: {format_usd(point.monthly_cost_usd)} a month, {counted(point.pools, 'pool')}, "
        f"{format_share(point.spot_share)} Spot",
    }


def _side_by_side(rows: list[dict[str, Any]], field: str) -> None:
    """Set `field_at`: where a point is drawn, beside those before it that it would cover."""
    tall = max((r["usd"] for r in rows), default=0.0) or 1.0
    wide = max((r[field] for r in rows), default=0) or 1
    put: list[tuple[float, float]] = []
    for row in rows:
        at = row[field] / wide
        while any(abs(at - x) < COVERS and abs(row["usd"] / tall - y) < COVERS for x, y in put):
            at += COVERS
        put.append((at, row["usd"] / tall))
        row[f"{field}_at"] = at * wide


def _color(look: Theme) -> Any:
    alt = altair()
    return alt.Color(
        "kind:N",
        legend=None,
        scale=alt.Scale(domain=["today", "plan", "other"], range=[look.series[1], look.good, look.quiet]),
    )


def _tips() -> list[Any]:
    alt = altair()
    return [
        alt.Tooltip("name:N", title="way"),
        alt.Tooltip("usd:Q", title="a month", format="$,.0f"),
        alt.Tooltip("pools:Q", title="pools"),
        alt.Tooltip("spot:Q", title="on Spot", format=".0%"),
        alt.Tooltip("says:N", title="means"),
    ]


def _panel(
    rows: list[dict[str, Any]], field: str, title: str, form: str | None, picked: Any, look: Theme, *, first: bool
) -> Any:  # fmt: skip
    alt = altair()
    most = max((r[field] for r in rows), default=0) or 1
    ticks = (
        {"format": form, "values": [0, 0.2, 0.4, 0.6, 0.8, 1]} if form else {"format": "d", "tickMinStep": 1}
    )
    x = alt.X(
        f"{field}_at:Q",
        title=title,
        scale=alt.Scale(domain=[-0.06 * most, 1.08 * max(r[f"{field}_at"] for r in rows)], nice=False),
        axis=alt.Axis(grid=False, tickCount=5, **ticks),
    )
    y = alt.Y(
        "usd:Q",
        title="dollars a month" if first else None,
        scale=alt.Scale(zero=True),
        axis=alt.Axis(format="$,.0f", tickCount=5, labels=first),
    )
    base = alt.Chart(drawn_rows(rows)).encode(x=x, y=y)
    dim = alt.condition(picked, alt.value(1.0), alt.value(0.25))
    dots = (
        base.mark_point(filled=True, size=330, cursor="pointer")
        .encode(color=_color(look), opacity=dim, tooltip=_tips())
        .properties(name=f"points_by_{field}")
    )
    rings = base.transform_filter("datum.best").mark_point(
        filled=False, size=470, stroke=look.text, strokeWidth=1.5
    )
    numbers = base.mark_text(
        fontWeight="bold", fontSize=11, color="#111111" if look.name == "dark" else look.text
    ).encode(text="number:N", opacity=dim, tooltip=_tips())
    return alt.layer(rings, dots, numbers).properties(width=WIDTH // 2 - 40, height=270)


def _names(rows: list[dict[str, Any]], picked: Any, look: Theme) -> Any:
    alt = altair()
    return (
        alt.Chart(drawn_rows(rows))
        .mark_text(align="left", cursor="pointer", color=look.text)
        .encode(
            x=alt.value(0),
            y=alt.Y("at:O", axis=None),
            text="label:N",
            opacity=alt.condition(picked, alt.value(1.0), alt.value(0.35)),
            tooltip=_tips(),
        )
        .properties(width=WIDTH - 40, height=20 * len(rows), name="names_of_points")
    )
