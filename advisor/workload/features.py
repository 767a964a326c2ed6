"""Usage as series for the core: load of the workload, CPU and memory of one task, task count."""

from __future__ import annotations

import polars as pl

from advisor import core
from advisor.workload.presets import Rule

CHUNK = 200
"""Workloads described at a time: bounds memory, changes nothing."""

CPU = pl.coalesce("vcpu_used_max", "vcpu_used_mean")
MEMORY = pl.coalesce("memory_used_mib_max", "memory_used_mib_mean")
LOAD = pl.coalesce(pl.col("tasks") * pl.coalesce("vcpu_used_mean", "vcpu_used_max"), CPU, "tasks")
"""What the class is judged by: vCPU of all tasks, else of one, else the number of tasks."""


def describe(usage: pl.DataFrame, value: pl.Expr, quantile: float) -> pl.DataFrame:
    """Return the core's features of one measure, one row per workload that has it, column `workload`.

    Args:
        usage: `schema.USAGE` with `workload`, sorted by workload and start.
        quantile: one more quantile (0-1), returned as `asked`.
    """
    last = usage["workload"].max()
    parts = []
    for first in range(0, (int(last) if isinstance(last, int) else -1) + 1, CHUNK):
        part = usage.filter((pl.col("workload") >= first) & (pl.col("workload") < first + CHUNK))
        points = part.select(
            pl.col("workload").alias("series"),
            pl.col("start").dt.epoch("s").alias("start_s"),
            pl.col("interval_s").fill_null(3600),
            value.cast(pl.Float64).alias("value"),
        ).filter(pl.col("value").is_not_null())
        if len(points):
            asked = core.usage_sizes(points, [quantile]).select("series", pl.col("q0").alias("asked"))
            parts.append(core.usage_features(points).join(asked, on="series"))
    if not parts:
        empty = pl.DataFrame(
            schema={"series": pl.UInt32, "start_s": pl.Int64, "interval_s": pl.Int64, "value": pl.Float64}
        )
        return core.usage_features(empty).rename({"series": "workload"}).with_columns(pl.lit(0.0).alias("asked"))
    return pl.concat(parts).rename({"series": "workload"})


def windowed(usage: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Return the newest part of the history that the rule looks at."""
    newest = usage["start"].max()
    oldest = usage["start"].min()
    if newest is None or (newest - oldest).total_seconds() <= rule.window_days * 86_400:  # type: ignore[operator,union-attr]
        return usage
    return usage.filter(
        pl.col("start") > pl.lit(newest) - pl.duration(seconds=round(rule.window_days * 86_400))
    )
