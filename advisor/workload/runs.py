"""Demand of batch workloads from their single runs: exact seconds, minimum charges, concurrency."""

from __future__ import annotations

import polars as pl

from advisor.model import Usage
from advisor.schema import DEMAND
from advisor.units import SECONDS_PER_HOUR

DEFAULT_MINIMUM_S = 60


def runs_demand(usage: Usage, minimum_s: dict[str, int]) -> pl.DataFrame:
    """Return `schema.DEMAND` of the workloads that have runs, for every hour of the source's window.

    Fargate bills from the start of the image pull (else creation) to the stop, rounded up to seconds, with a minimum
    (AWS Fargate pricing; ecs-semantics §A.1); instances hold the task from its start to its stop. Hours between runs
    are measured zeros.

    Args:
        minimum_s: operating system → shortest charge in seconds.
    """
    least = pl.DataFrame(
        {
            "workload": pl.Series(range(len(usage.workloads)), dtype=pl.UInt32),
            "least_s": [
                minimum_s.get(o or "LINUX", DEFAULT_MINIMUM_S)
                for o in usage.workloads["operating_system"].to_list()
            ],
        }
    )
    began = pl.coalesce("started_at", "pull_started_at", "created_at")
    billed_from = pl.coalesce("pull_started_at", "created_at", "started_at")
    micros = 1_000_000
    runs = (
        usage.runs.join(least, on="workload")
        .select(
            "workload",
            began.dt.epoch("us").alias("from_us"),
            pl.col("stopped_at").dt.epoch("us").alias("to_us"),
            billed_from.dt.epoch("us").alias("bill_us"),
            "least_s",
        )
        .filter(pl.col("from_us").is_not_null() & (pl.col("to_us") >= pl.col("from_us")))
        .with_columns(
            pl.max_horizontal((pl.col("to_us") - pl.col("bill_us") + micros - 1) // micros, "least_s").alias(
                "billed_s"
            ),
            (pl.col("from_us") // micros).alias("from_s"),
            ((pl.col("to_us") + micros - 1) // micros).alias("to_s"),
        )
        .with_columns((pl.col("bill_us") // micros).alias("bill_s"))
    )
    running = _spread(runs, "from_s", pl.col("to_s"), "task_seconds")
    billed = _spread(runs, "bill_s", pl.col("bill_s") + pl.col("billed_s"), "billed_seconds")
    grid = _window(usage, runs)
    keys = ["workload", "hour_start"]
    return (
        grid.join(running, on=keys, how="left")
        .join(billed, on=keys, how="left")
        .join(_concurrency(runs), on=keys, how="left")
        .select(*keys, *(pl.col(c).fill_null(0) for c in ("tasks_peak", "task_seconds", "billed_seconds")))
        .cast(DEMAND)  # type: ignore[arg-type]
    )


def _hour(seconds: pl.Expr) -> pl.Expr:
    return (
        pl.from_epoch(seconds // SECONDS_PER_HOUR * SECONDS_PER_HOUR, time_unit="s")
        .dt.cast_time_unit("us")
        .dt.replace_time_zone("UTC")
    )


def _spread(runs: pl.DataFrame, start: str, end: pl.Expr, name: str) -> pl.DataFrame:
    """Return the seconds of the runs that fall into each hour."""
    first = pl.col(start) // SECONDS_PER_HOUR
    last = (pl.max_horizontal(end, pl.col(start) + 1) - 1) // SECONDS_PER_HOUR
    parts = runs.select(
        "workload", pl.col(start).alias("a"), end.alias("b"), pl.int_ranges(first, last + 1).alias("h")
    ).explode("h")
    inside = pl.min_horizontal("b", (pl.col("h") + 1) * SECONDS_PER_HOUR) - pl.max_horizontal(
        "a", pl.col("h") * SECONDS_PER_HOUR
    )
    return (
        parts.with_columns(
            inside.clip(lower_bound=0).alias("s"), _hour(pl.col("h") * SECONDS_PER_HOUR).alias("hour_start")
        )
        .group_by("workload", "hour_start")
        .agg(pl.col("s").sum().cast(pl.Int64).alias(name))
    )


def _concurrency(runs: pl.DataFrame) -> pl.DataFrame:
    """Return the most runs at once in each hour: a sweep over beginnings, ends and full hours."""
    begins = runs.select("workload", pl.col("from_s").alias("t"), pl.lit(1).alias("d"))
    ends = runs.select(
        "workload", pl.max_horizontal("to_s", pl.col("from_s") + 1).alias("t"), pl.lit(-1).alias("d")
    )
    first, last = (
        pl.col("from_s") // SECONDS_PER_HOUR + 1,
        (pl.max_horizontal("to_s", pl.col("from_s") + 1) - 1) // SECONDS_PER_HOUR,
    )
    marks = (
        runs.select("workload", pl.int_ranges(first, last + 1).alias("h"))
        .explode("h")
        .drop_nulls()
        .select("workload", (pl.col("h") * SECONDS_PER_HOUR).alias("t"), pl.lit(0).alias("d"))
        .unique()
    )
    events = pl.concat([begins, ends, marks]).sort("workload", "t", "d")
    return (
        events.with_columns(
            pl.col("d").cum_sum().over("workload").alias("running"), _hour(pl.col("t")).alias("hour_start")
        )
        .group_by("workload", "hour_start")
        .agg(pl.col("running").max().cast(pl.Int64).alias("tasks_peak"))
    )


def _window(usage: Usage, runs: pl.DataFrame) -> pl.DataFrame:
    """Return workload × every hour from the first to the last that the source speaks of."""
    first_s = min(x for x in (runs["from_s"].min(), _epoch(usage.usage["start"].min())) if x is not None)  # type: ignore[type-var]
    last_s = max(x for x in (runs["to_s"].max(), _epoch(usage.usage["start"].max())) if x is not None)  # type: ignore[type-var]
    hours = pl.DataFrame(
        {"t": pl.int_range(int(first_s) // SECONDS_PER_HOUR, int(last_s) // SECONDS_PER_HOUR + 1, eager=True)}
    )  # type: ignore[call-overload]
    grid = hours.select(_hour(pl.col("t") * SECONDS_PER_HOUR).alias("hour_start"))
    return runs.select("workload").unique().join(grid, how="cross")


def _epoch(moment: object) -> int | None:
    return None if moment is None else int(moment.timestamp())  # type: ignore[attr-defined]
