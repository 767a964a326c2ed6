"""A workload's usage over time, with today's and the advised size and what made it batch, burst or steady."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from advisor.model import Placement, Plan
from advisor.report.charts.altair_door import altair, drawn_rows
from advisor.report.charts.lines import said, short
from advisor.report.charts.theme import WIDTH, Drawing, Theme, theme_of
from advisor.report.charts.usage_rows import Curve, curve
from advisor.report.explanation import find_workload
from advisor.report.words import class_name
from advisor.units import MIB_PER_GIB, SECONDS_PER_DAY, SECONDS_PER_HOUR, format_memory, format_share

NAMES = {SECONDS_PER_DAY: "day", 7 * SECONDS_PER_DAY: "week"}
APART = 0.07
"""Part of a plot's height below which two labels would overlap."""


LOW = 0.3
"""Part of a plot below which there is no room for a label below its point."""
ROOM = 1.12
"""A plot is so much higher than what it shows, for labels."""
LATE = 0.75
"""Part of the time after which a label stands to the left of its point: to the right it would leave the plot."""


def usage_chart(plan: Plan, workload: str, *, theme: str = "light") -> Any:
    """Return vCPU and memory of a task and the number of tasks over time.

    The curves come from the usage that the plan was made from. A plan that was read from a document has only its
    hourly demand: then tasks are drawn alone, and the chart says so.

    Args:
        workload: its id or name.

    Raises:
        InputError: no such workload.
        AdvisorError: altair is not installed.
    """
    look = theme_of(theme)
    return usage_drawing(plan, workload, look).finished(look)


def usage_drawing(plan: Plan, workload: str, look: Theme) -> Drawing:
    """Return what `usage_chart` shows."""
    row = find_workload(plan, workload)
    number = plan.workloads["workload_id"].to_list().index(row["workload_id"])
    place = next((p for p in plan.placements if p.workload_id == row["workload_id"]), None)
    profiles = {p["workload_id"]: p for p in plan.profiles.iter_rows(named=True)}
    profile = profiles.get(row["workload_id"], {})
    drawn = curve(plan, number, profile)
    panels = [panel for panel in _panels(drawn, row, place, look) if panel is not None]
    chart = altair().vconcat(*panels, spacing=14, resolve={"scale": {"x": "shared"}})
    return Drawing(chart, f"{short(row['workload_id'], 50)} over time", said(*_words(drawn, profile)))


def _words(drawn: Curve, profile: dict[str, Any]) -> Iterator[str]:
    if profile.get("workload_class"):
        sure = format_share(profile["class_confidence"] or 0.0)
        yield (
            f"{class_name(profile['workload_class'])}, {sure} sure: {profile['class_evidence'] or 'no evidence'}"
        )
    marks = []
    if drawn.busy:
        # runs are counted one by one, the duty cycle by the hour
        duty = None if drawn.busy_name == "runs" else profile.get("duty_cycle")
        marks.append(f"shaded: {drawn.busy_name}" + (f" ({format_share(duty)} of the time)" if duty else ""))
    if drawn.marks:
        seconds = profile["period_s"]
        marks.append(f"dashes: every {NAMES.get(seconds, f'{seconds // SECONDS_PER_HOUR} hours')}")
    if drawn.measured:
        marks.append("line: mean, grey: maximum")
    text = "; ".join(marks)
    yield text[:1].upper() + text[1:]
    if not drawn.measured:
        yield (
            "Drawn from the plan's hourly demand: a plan read from a document does not hold what each task used."
        )


def _panels(
    drawn: Curve, workload: dict[str, Any] | Any, place: Placement | None, look: Theme
) -> Iterator[Any]:
    if not drawn.points["vcpu_max"].is_null().all():
        sizes = _sizes(workload["task_vcpu"], place.task_vcpu if place else None, lambda v: f"{v:.3g} vCPU")
        yield _panel(drawn, "vCPU of a task", "vcpu", sizes, lambda v: f"{v:.3g} vCPU", 150, look)
    if not drawn.points["gib_max"].is_null().all():
        gib = [
            None if m is None else m / MIB_PER_GIB
            for m in (workload["task_memory_mib"], place.task_memory_mib if place else None)
        ]
        sizes = _sizes(gib[0], gib[1], _memory)
        yield _panel(drawn, "GiB of a task", "gib", sizes, _memory, 150, look)
    yield _panel(drawn, "tasks", "tasks", [], lambda v: f"{v:.3g} at most", 90, look)


def _memory(gib: float) -> str:
    return format_memory(gib * MIB_PER_GIB)


def _sizes(today: float | None, advised: float | None, name: Any) -> list[tuple[float, str, bool]]:
    """Return reference lines: height, label, whether it is the advised one."""
    if today is not None and today == advised:
        return [(today, f"stays {name(today)}", True)]
    lines = [(today, "today", False), (advised, "plan", True)]
    return [(v, f"{word} {name(v)}", new) for v, word, new in lines if v is not None]


def _panel(
    drawn: Curve, title: str, field: str, sizes: list[tuple[float, str, bool]], name: Any, height: int, look: Theme
) -> Any:  # fmt: skip
    alt = altair()
    rows = _rows(drawn)  # the same for all panels, so that a chart holds them once
    most = f"{field}_max"
    seen = [r for r in rows if r[most] is not None]
    top = max([s for s, _, _ in sizes] + [r[most] for r in seen], default=1.0) or 1.0
    x = alt.X("start:T", title=None, scale=alt.Scale(type="utc"), axis=alt.Axis(grid=False, format="%d %b"))
    y_scale = alt.Scale(domain=[0, ROOM * top], nice=False)
    tips = [
        alt.Tooltip("start:T", title="from (UTC)", format="%d %b %H:%M"),
        alt.Tooltip(f"{field}:Q", title="mean", format=".3~g"),
        alt.Tooltip(f"{most}:Q", title="maximum", format=".3~g"),
    ]
    base = alt.Chart(drawn_rows(rows)).encode(x=x)
    y = alt.Y(f"{most}:Q", title=title, scale=y_scale, axis=alt.Axis(tickCount=4))
    layers = [
        *_evidence(drawn, look),
        base.mark_bar(color=look.quiet, opacity=0.55, binSpacing=0).encode(
            x2="end:T", y=y, y2=alt.datum(0), tooltip=tips
        ),
        base.mark_line(
            color=look.text, strokeWidth=1.2, interpolate="step-after", invalid="break-paths-show-domains"
        ).encode(y=alt.Y(f"{field}:Q", scale=y_scale), tooltip=tips),
    ]
    if seen:
        highest = max(seen, key=lambda r: r[most])
        late = rows.index(highest) > LATE * len(rows)
        layers += _peak(
            {"start": highest["start"], "max": highest[most]}, name, sizes, top, height, late, look
        )
    layers += _lines(sizes, top, look)
    return alt.layer(*layers).properties(width=WIDTH - 110, height=height)


def _rows(drawn: Curve) -> list[dict[str, Any]]:
    """Return a row a step; steps without data stay, the line breaks there."""
    return [
        {name: _at(value) if name in ("start", "end") else _few(value) for name, value in r.items()}
        for r in drawn.points.iter_rows(named=True)
    ]


def _evidence(drawn: Curve, look: Theme) -> Iterator[Any]:
    alt = altair()
    if drawn.busy:
        spans = [{"start": _at(b), "end": _at(e)} for b, e in drawn.busy]
        yield (
            alt.Chart(drawn_rows(spans))
            .mark_rect(color=look.series[1], opacity=0.25)
            .encode(x="start:T", x2="end:T")
        )
    if drawn.marks:
        marks = [{"start": _at(t)} for t in drawn.marks]
        yield (
            alt.Chart(drawn_rows(marks))
            .mark_rule(color=look.quiet, strokeDash=[2, 4], strokeWidth=0.8)
            .encode(x="start:T")
        )


def _peak(
    row: dict[str, Any], name: Any, sizes: Sequence[tuple[float, str, bool]], top: float, height: int, late: bool, look: Theme
) -> Iterator[Any]:  # fmt: skip
    alt = altair()
    data = alt.InlineData(
        values=[{**row, "label": f"peak {name(row['max'])}" if sizes else name(row["max"])}]
    )
    spot = alt.Chart(data).encode(x="start:T", y="max:Q")
    yield spot.mark_point(color=look.bad, filled=True, size=45, opacity=1)
    above = [s for s, _, _ in sizes if 0 <= s - row["max"] < 2 * APART * top]
    below = bool(above) and row["max"] > LOW * top
    rise = (max(above) - row["max"]) / (ROOM * top) * height if above else 0.0
    text: dict[str, Any] = {
        "align": "right" if late else "left",
        "dx": -6 if late else 6,
        "dy": 11 if below else -9 - rise,
        "fontWeight": "bold",
    }
    # the ground drawn round the letters keeps them readable on top of the curve
    yield spot.mark_text(**text, color=look.ground, stroke=look.ground, strokeWidth=4).encode(text="label:N")
    yield spot.mark_text(**text, color=look.bad).encode(text="label:N")


def _lines(sizes: list[tuple[float, str, bool]], top: float, look: Theme) -> Iterator[Any]:
    """Yield each size as a rule with its name beside the plot, moved apart where two would overlap."""
    alt = altair()
    close = len(sizes) == 2 and abs(sizes[0][0] - sizes[1][0]) / top < 2 * APART
    for height, label, advised in sizes:
        color = look.good if advised else look.muted
        data = drawn_rows([{"size": height, "label": label}])
        chart = alt.Chart(data).encode(y="size:Q")
        yield chart.mark_rule(color=color, strokeWidth=2, strokeDash=[1, 0] if advised else [6, 4])
        higher = height == max(s for s, _, _ in sizes)
        shift = 0 if not close else -7 if higher else 7
        yield chart.mark_text(
            color=color, align="left", dx=6, dy=shift, fontWeight="bold" if advised else "normal"
        ).encode(x=alt.value(WIDTH - 110), text="label:N")


def _few(number: float | None) -> float | None:
    """Return a number in the digits that a plot can show: a notebook keeps every one."""
    return None if number is None else float(f"{number:.5g}")


def _at(time: datetime) -> int:
    """Return milliseconds since 1970: shorter than a text, and the same in every browser."""
    return round(time.timestamp() * 1000)
