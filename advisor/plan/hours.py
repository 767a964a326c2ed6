"""The window's hours and every workload's demand in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from advisor.plan.tasks import Task
from advisor.units import SECONDS_PER_HOUR


@dataclass(frozen=True)
class Window:
    """The covered hours of a run.

    Attributes:
        starts: start of each covered hour, UTC, ascending; its position is the `hour` elsewhere.
        demand: workload (UInt32) × hour (Int32) with `tasks_peak`, `task_seconds`, `billed_seconds` (Int64), for
            every planned workload and every hour, sorted. An hour in which a workload was not measured is given
            its mean hour: a gap is no zero, and the mean over the window stays the mean over its covered hours.
    """

    starts: tuple[datetime, ...]
    demand: pl.DataFrame

    @property
    def hours(self) -> int:
        """Number of covered hours."""
        return len(self.starts)


def window(demand: pl.DataFrame, tasks: tuple[Task, ...]) -> Window:
    """Return the dense hourly demand of the planned tasks.

    Args:
        demand: `schema.DEMAND`.
        tasks: planned tasks; demand of others is left out.
    """
    keep = pl.DataFrame({"workload": pl.Series([t.workload for t in tasks], dtype=pl.UInt32)})
    rows = demand.join(keep, on="workload", how="semi")
    starts = (
        rows.select("hour_start").unique().sort("hour_start").with_row_index("hour").cast({"hour": pl.Int32})
    )
    rows = rows.join(starts, on="hour_start").select(
        "workload", "hour", "tasks_peak", "task_seconds", "billed_seconds"
    )
    means = (
        rows.group_by("workload")
        .agg(
            pl.len().alias("n"),
            # the busiest hour is no mean hour: the peak follows the mean of peaks
            pl.sum("tasks_peak").alias("p"),
            pl.sum("task_seconds").alias("s"),
            pl.sum("billed_seconds").alias("b"),
        )
        .with_columns(
            ((pl.col("p") + pl.col("n") - 1) // pl.col("n")).alias("tasks_peak_gap"),
            (pl.col("s") // pl.col("n")).alias("task_seconds_gap"),
            (pl.col("b") // pl.col("n")).alias("billed_seconds_gap"),
        )
        .drop("n", "p", "s", "b")
        .sort("workload")
    )
    full = keep.join(starts.select("hour"), how="cross").join(rows, on=["workload", "hour"], how="left")
    full = full.join(means, on="workload", how="left").sort("workload", "hour")
    dense = full.select(
        "workload",
        "hour",
        *(
            pl.coalesce(name, f"{name}_gap", pl.lit(0)).cast(pl.Int64).alias(name)
            for name in ("tasks_peak", "task_seconds", "billed_seconds")
        ),
    )
    # a task that ran at all needs room for one
    room = (pl.col("task_seconds") + SECONDS_PER_HOUR - 1) // SECONDS_PER_HOUR
    dense = dense.with_columns(pl.max_horizontal("tasks_peak", room).alias("tasks_peak"))
    return Window(tuple(starts["hour_start"].to_list()), dense)
