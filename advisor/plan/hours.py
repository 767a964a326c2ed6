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


@dataclass(frozen=True)
class Layout:
    """Which row of demand tells of which workload and hour; the same for all demand of the same workloads and hours.

    Attributes:
        starts: see `Window`.
        keys: `workload, hour_start` of the demand that it was made of.
        rows: `workload, hour, row`: for every planned workload and every hour, sorted; `row` is null where nothing is known.
    """

    starts: tuple[datetime, ...]
    keys: pl.DataFrame
    rows: pl.DataFrame

    def fits(self, demand: pl.DataFrame) -> bool:
        """Return whether demand is of the same workloads and hours, in the same order."""
        return len(demand) == len(self.keys) and all(
            demand[name].equals(self.keys[name]) for name in self.keys.columns
        )

    def window(self, demand: pl.DataFrame) -> Window:
        """Return the dense demand of each hour.

        Args:
            demand: `schema.DEMAND` that fits.
        """
        seconds = pl.col("task_seconds")
        # a task that ran at all needs room for one
        room = (seconds + SECONDS_PER_HOUR - 1) // SECONDS_PER_HOUR
        dense = (
            self.rows.select("workload", "hour")
            .with_columns(
                demand[name].cast(pl.Int64).gather(self.rows["row"]).fill_null(0) for name in AMOUNTS
            )
            .with_columns(pl.max_horizontal("tasks_peak", room).alias("tasks_peak"))
        )
        return Window(self.starts, dense)


def layout(demand: pl.DataFrame, tasks: tuple[Task, ...]) -> Layout:
    """Return how the dense hourly demand of the planned tasks is made.

    Args:
        demand: `schema.DEMAND`.
        tasks: planned tasks; demand of others is left out.
    """
    keep = pl.LazyFrame({"workload": pl.Series([t.workload for t in tasks], dtype=pl.UInt32)})
    keys = demand.select("workload", "hour_start")
    known = keys.with_row_index("row").lazy().join(keep, on="workload", how="semi")
    starts = known.select(pl.col("hour_start").unique().sort()).collect()
    hours = starts.with_row_index("hour").cast({"hour": pl.Int32}).lazy()
    every = keep.join(hours, how="cross")
    whole = ["workload", "hour", "hour_start", "row"]
    full = every.join(known, on=["workload", "hour_start"], how="left").select(whole).collect()
    gaps = full["row"].is_null()
    if gaps.any():
        full = pl.concat([full.filter(~gaps), _filled(full.filter(gaps), full.filter(~gaps))])
    rows = full.select("workload", "hour", "row").sort("workload", "hour")
    return Layout(tuple(starts["hour_start"].to_list()), keys, rows)


def window(demand: pl.DataFrame, tasks: tuple[Task, ...]) -> Window:
    """Return the dense hourly demand of the planned tasks; see `layout`."""
    return layout(demand, tasks).window(demand)


def _filled(missing: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Return the missing hours with the rows of measured ones, taken in turn; null where a workload has none at all.

    Args:
        missing, measured: `workload, hour, hour_start, row`.
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
            .drop("row")
            .with_columns(of_key)
            .join(counts, on=part)
            .sort("workload", "hour")
            .with_columns((turn % pl.col("n")).alias("turn"))
            .join(donors.select(*part, turn.alias("turn"), "row"), on=[*part, "turn"])
            .select(columns)
            .collect()
        )
        found.append(taken)
        missing = missing.join(taken, on=["workload", "hour"], how="anti")
        if not len(missing):
            break
    return pl.concat([*found, missing])
