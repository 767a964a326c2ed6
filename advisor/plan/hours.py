"""The window's hours and every workload's demand in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
    rows = rows.join(starts, on="hour_start").select("workload", "hour", *AMOUNTS)
    full = keep.join(starts, how="cross").join(rows, on=["workload", "hour"], how="left")
    missing = full.filter(pl.col("tasks_peak").is_null()).select("workload", "hour", "hour_start")
    if len(missing):
        measured = rows.join(starts, on="hour")
        rows = pl.concat([rows, _filled(missing, measured)])
        full = keep.join(starts, how="cross").join(rows, on=["workload", "hour"], how="left")
    dense = full.sort("workload", "hour").select(
        "workload", "hour", *(pl.col(name).fill_null(0).cast(pl.Int64) for name in AMOUNTS)
    )
    # a task that ran at all needs room for one
    room = (pl.col("task_seconds") + SECONDS_PER_HOUR - 1) // SECONDS_PER_HOUR
    dense = dense.with_columns(pl.max_horizontal("tasks_peak", room).alias("tasks_peak"))
    return Window(tuple(starts["hour_start"].to_list()), dense)


def _filled(missing: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Return the missing hours with the amounts of measured ones, taken in turn.

    Args:
        missing: `workload, hour, hour_start`.
        measured: the same with `AMOUNTS`.
    """
    start = pl.col("hour_start")
    keys = (start.dt.weekday() * 24 + start.dt.hour(), start.dt.hour().cast(pl.Int8), pl.lit(0, pl.Int8))
    found = []
    for key in keys:
        part = ["workload", "key"]
        donors = measured.with_columns(key.cast(pl.Int64).alias("key")).sort("workload", "hour")
        donors = donors.with_columns((pl.col("hour").cum_count().over(part) - 1).alias("turn"))
        counts = donors.group_by(part).agg(pl.len().alias("n"))
        wanted = missing.with_columns(key.cast(pl.Int64).alias("key")).sort("workload", "hour")
        turn = (pl.col("hour").cum_count().over(part) - 1) % pl.col("n")
        taken = (
            wanted.join(counts, on=part)
            .sort("workload", "hour")
            .with_columns(turn.alias("turn"))
            .join(donors.select(*part, "turn", *AMOUNTS), on=[*part, "turn"])
            .select("workload", "hour", *AMOUNTS)
        )
        found.append(taken)
        missing = missing.join(taken, on=["workload", "hour"], how="anti")
        if not len(missing):
            break
    return pl.concat(found)
