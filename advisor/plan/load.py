"""Hours by load, and the few of them by which placements are compared."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from advisor.plan.tasks import Task

REPRESENTATIVE_HOURS = 24
"""Hours by which placements are compared; the chosen plan is packed for every hour."""


def representative_hours(
    demand: pl.DataFrame, tasks: Sequence[Task], most: int = REPRESENTATIVE_HOURS
) -> dict[int, float]:
    """Return up to `most` hours and how many hours each stands for: equal slices of the hours sorted by load."""
    hours = hours_by_load(demand, tasks)
    count = len(hours)
    if count <= most:
        return dict.fromkeys(sorted(hours), 1.0)
    edges = [round(i * count / most) for i in range(most + 1)]
    picks = {hours[(a + b - 1) // 2]: float(b - a) for a, b in pairwise(edges)}
    return dict(sorted(picks.items()))


def hours_by_load(demand: pl.DataFrame, tasks: Sequence[Task]) -> list[int]:
    """Return every hour, lightest load first."""
    weight = pl.LazyFrame(
        {
            "workload": pl.Series([t.workload for t in tasks], dtype=pl.UInt32),
            "units": pl.Series(
                [round(t.right_vcpu * 1024 + t.right_memory_mib / 8) for t in tasks], dtype=pl.Int64
            ),
        }
    )
    load = (
        demand.lazy()
        .join(weight, on="workload")
        .group_by("hour")
        .agg((pl.col("tasks_peak") * pl.col("units")).sum().alias("load"))
        .sort("load", "hour")
        .select("hour")
        .collect()
    )
    return load["hour"].to_list()
