"""What a workload used over time, in few enough points to be drawn, and the evidence for its class as spans of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from advisor.model import Plan, Usage
from advisor.terms import WorkloadClass
from advisor.units import MIB_PER_GIB, SECONDS_PER_HOUR

POINTS = 340
"""Most points of a curve: a plot is hardly wider in pixels."""
BUSY_OF_RANGE = 0.2
"""Busy is above p5 + 20 % of the way to p99: what the class counts as its duty cycle."""
SPANS = 60
"""Most periods that are marked one by one."""


@dataclass(frozen=True)
class Curve:
    """A workload's usage, ready to be drawn.

    Attributes:
        points: `start, end, tasks, tasks_max, vcpu, vcpu_max, gib, gib_max`; per task but for `tasks`; null where
            nothing was measured.
        busy: (start, end) of runs, or of busy hours.
        marks: starts of periods.
        measured: false when only the plan's hourly demand is known.
    """

    points: pl.DataFrame
    busy: tuple[tuple[datetime, datetime], ...]
    marks: tuple[datetime, ...]
    busy_name: str
    measured: bool


def curve(plan: Plan, row: int, profile: dict[str, Any]) -> Curve:
    """Return the curve of a workload.

    Args:
        row: its row in the plan's workloads.
        profile: its row of the plan's profiles.
    """
    begin, end = (datetime.fromisoformat(t) for t in (plan.window_start, plan.window_end))
    hours = max(1, round((end - begin).total_seconds() / SECONDS_PER_HOUR) + 1)
    step = timedelta(hours=-(-hours // POINTS))
    usage = plan.origin.usage if plan.origin else None
    raw = _measured(usage, row) if usage else _demanded(plan, row, begin)
    points = _bucketed(raw, begin, end + timedelta(hours=1), step)
    runs = usage.runs.filter(pl.col("workload") == row) if usage else pl.DataFrame()
    busy, name = _busy(points, runs, profile.get("workload_class"), step)
    return Curve(points, busy, _marks(begin, end, profile.get("period_s")), name, usage is not None)


def _measured(usage: Usage, row: int) -> pl.DataFrame:
    return usage.usage.filter(pl.col("workload") == row).select(
        "start",
        pl.col("tasks"),
        pl.col("tasks").alias("tasks_max"),
        pl.col("vcpu_used_mean").alias("vcpu"),
        pl.max_horizontal("vcpu_used_max", "vcpu_used_mean").alias("vcpu_max"),
        (pl.coalesce("memory_used_mib_mean", "memory_used_mib_max") / MIB_PER_GIB).alias("gib"),
        (pl.max_horizontal("memory_used_mib_max", "memory_used_mib_mean") / MIB_PER_GIB).alias("gib_max"),
    )


def _demanded(plan: Plan, row: int, begin: datetime) -> pl.DataFrame:
    nothing = pl.lit(None, pl.Float64)
    return plan.usage_hourly.filter(pl.col("workload") == row).select(
        (pl.lit(begin).dt.cast_time_unit("us") + pl.duration(hours="hour")).alias("start"),
        (pl.col("task_seconds") / SECONDS_PER_HOUR).alias("tasks"),
        pl.col("tasks_peak").cast(pl.Float64).alias("tasks_max"),
        *(nothing.alias(name) for name in ("vcpu", "vcpu_max", "gib", "gib_max")),
    )


def _bucketed(raw: pl.DataFrame, begin: datetime, end: datetime, step: timedelta) -> pl.DataFrame:
    """Return means of means and maxima of maxima in equal steps, steps without data as nulls."""
    grid = pl.DataFrame(
        {"start": pl.datetime_range(begin, end, step, closed="left", time_unit="us", eager=True)}
    )
    means, peaks = ("tasks", "vcpu", "gib"), ("tasks_max", "vcpu_max", "gib_max")
    found = (
        raw.sort("start")
        .with_columns(
            (
                pl.lit(begin).dt.cast_time_unit("us")
                + ((pl.col("start") - begin).dt.total_seconds() // int(step.total_seconds()))
                * pl.duration(seconds=int(step.total_seconds()))
            ).alias("start")
        )
        .group_by("start")
        .agg(*(pl.col(m).mean() for m in means), *(pl.col(p).max() for p in peaks))
    )
    return (
        grid.join(found, on="start", how="left")
        .with_columns((pl.col("start") + step).alias("end"))
        .sort("start")
    )


def _busy(
    points: pl.DataFrame, runs: pl.DataFrame, workload_class: str | None, step: timedelta
) -> tuple[tuple[tuple[datetime, datetime], ...], str]:
    if workload_class == WorkloadClass.BATCH and len(runs):
        begins = pl.coalesce("started_at", "created_at", "stopped_at")
        spans = runs.select(begins.alias("b"), "stopped_at").sort("b").rows()
        return _merged(spans, step), "runs"
    if workload_class not in (WorkloadClass.BATCH, WorkloadClass.BURST):
        return (), ""
    load = (points["tasks"].fill_null(0.0) * points["vcpu"].fill_null(1.0)).rename("load")
    low, high = load.quantile(0.05), load.quantile(0.99)
    if low is None or high is None or high <= low:
        return (), ""
    over = points.filter(load > low + BUSY_OF_RANGE * (high - low))
    return _merged(over.select("start", "end").rows(), timedelta(0)), "busy hours"


def _merged(spans: Sequence[tuple[Any, ...]], apart: timedelta) -> tuple[tuple[datetime, datetime], ...]:
    """Return spans with those that touch, or lie closer than a point is wide, as one."""
    found: list[tuple[datetime, datetime]] = []
    for begin, end in spans:
        if found and begin - found[-1][1] <= apart:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return tuple(found)


def _marks(begin: datetime, end: datetime, period_s: int | None) -> tuple[datetime, ...]:
    if not period_s or (end - begin).total_seconds() / period_s > SPANS:
        return ()
    first = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    count = int((end - first).total_seconds() // period_s)
    times = (first + timedelta(seconds=period_s * i) for i in range(count + 1))
    return tuple(t for t in times if begin < t <= end)
