"""The window's hours and every workload's demand in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from advisor.plan.tasks import Task
from advisor.units import SECONDS_PER_HOUR

AMOUNTS = ("tasks_peak", "task_seconds", "billed_seconds")


@dataclass(frozen=True)
class Window:
    """The covered hours of a run.

    Attributes:
        starts: start of each covered hour, UTC, ascending; its position is the `hour` elsewhere.
        demand: workload (UInt32) × hour (Int32) with `tasks_peak`, `task_seconds`, `billed_seconds` (Int64), for
            every planned workload and every hour, sorted. An hour in which a workload was not measured is given
            one of its measured hours, of the same hour of the week where there is one: a gap is no zero, and no
            mean either, for half a task in every hour costs more room than a whole one in every other.
    """

    starts: tuple[datetime, ...]
    demand: pl.DataFrame

    @cached_property
    def task_seconds(self) -> dict[int, int]:
        """Workload → seconds of its tasks over the window."""
        return self._summed("task_seconds")

    @cached_property
    def billed_seconds(self) -> dict[int, int]:
        """Workload → seconds that Fargate would bill over the window."""
        return self._summed("billed_seconds")

    def _summed(self, amount: str) -> dict[int, int]:
        summed = self.demand.group_by("workload").agg(pl.col(amount).sum()).sort("workload")
        return dict(summed.iter_rows())

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
    keep = pl.LazyFrame({"workload": pl.Series([t.workload for t in tasks], dtype=pl.UInt32)})
    rows = demand.lazy().join(keep, on="workload", how="semi")
    starts = rows.select(pl.col("hour_start").unique().sort()).collect()
    hours = starts.with_row_index("hour").cast({"hour": pl.Int32}).lazy()
    every = keep.join(hours, how="cross")
    whole = ["workload", "hour", "hour_start", *AMOUNTS]
    full = every.join(rows, on=["workload", "hour_start"], how="left").select(whole).collect()
    gaps = full["tasks_peak"].is_null()
    if gaps.any():
        full = pl.concat([full.filter(~gaps), _filled(full.filter(gaps), full.filter(~gaps))])
    # a task that ran at all needs room for one
    room = (pl.col("task_seconds") + SECONDS_PER_HOUR - 1) // SECONDS_PER_HOUR
    dense = (
        full.lazy()
        .select("workload", "hour", *(pl.col(name).cast(pl.Int64) for name in AMOUNTS))
        .with_columns(pl.max_horizontal("tasks_peak", room).alias("tasks_peak"))
        .sort("workload", "hour")
        .collect()
    )
    return Window(tuple(starts["hour_start"].to_list()), dense)


def _filled(missing: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Return the missing hours with the amounts of measured ones, taken in turn; 0 where a workload has none at all.

    Args:
        missing, measured: `workload, hour, hour_start` and `AMOUNTS`.
    """
    start = pl.col("hour_start")
    keys = (start.dt.weekday() * 24 + start.dt.hour(), start.dt.hour().cast(pl.Int8), pl.lit(0, pl.Int8))
    part = ["workload", "key"]
    turn = pl.col("hour").cum_count().over(part) - 1
    columns, found = missing.columns, []
    measured = measured.join(missing, on="workload", how="semi")
    for key in keys:
        of_key = key.cast(pl.Int64).alias("key")
        donors = measured.lazy().with_columns(of_key).sort("workload", "hour")
        counts = donors.group_by(part).agg(pl.len().alias("n"))
        taken = (
            missing.lazy()
            .drop(AMOUNTS)
            .with_columns(of_key)
            .join(counts, on=part)
            .sort("workload", "hour")
            .with_columns((turn % pl.col("n")).alias("turn"))
            .join(donors.select(*part, turn.alias("turn"), *AMOUNTS), on=[*part, "turn"])
            .select(columns)
            .collect()
        )
        found.append(taken)
        missing = missing.join(taken, on=["workload", "hour"], how="anti")
        if not len(missing):
            break
    return pl.concat([*found, missing.with_columns(pl.col(AMOUNTS).fill_null(0))])
