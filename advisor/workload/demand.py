"""How many tasks in every hour: as observed, or after right-sizing where replicas follow load."""

from __future__ import annotations

import polars as pl

from advisor.model import Usage
from advisor.schema import DEMAND
from advisor.units import SECONDS_PER_HOUR
from advisor.workload.features import CPU
from advisor.workload.runs import runs_demand

MILLI = 1000


def observed_demand(usage: Usage, minimum_s: dict[str, int] | None = None) -> pl.DataFrame:
    """Return `schema.DEMAND` as it was."""
    return _all(usage, pl.col("tasks"), minimum_s)


def scaled_demand(usage: Usage, sizes: pl.DataFrame, minimum_s: dict[str, int] | None = None) -> pl.DataFrame:
    """Return `schema.DEMAND` at the right size: services that scale keep as many tasks as their load needs.

    Args:
        sizes: `workload`, `scales`, `right_vcpu`, `headroom_share`, `min_tasks`, `max_tasks`. A service that scales
            runs ceil(load · (1 + headroom) / size) tasks, within its stated limits (the most seen so far, if larger).
    """
    joined = usage.usage.lazy().join(sizes.lazy(), on="workload", how="left").collect()
    load = pl.col("tasks") * CPU * (1 + pl.col("headroom_share")) / pl.col("right_vcpu")
    # a whole task within a billionth is that task
    needed = (load - 1e-9).ceil().clip(lower_bound=0)
    least = pl.col("min_tasks").fill_null(1).cast(pl.Float64)
    most = pl.max_horizontal(pl.col("max_tasks").cast(pl.Float64), "tasks")
    follows = pl.col("scales").fill_null(False) & load.is_not_null() & (pl.col("tasks") > 0)
    tasks = (
        pl.when(follows).then(pl.min_horizontal(pl.max_horizontal(needed, least), most)).otherwise("tasks")
    )
    return _all(Usage(**{**vars(usage), "usage": joined}), tasks, minimum_s)


def _all(usage: Usage, tasks: pl.Expr, minimum_s: dict[str, int] | None) -> pl.DataFrame:
    with_runs = usage.runs["workload"].unique().to_list()
    from_usage = usage.usage.filter(
        ~pl.col("workload").is_in(pl.Series(with_runs, dtype=pl.UInt32).implode())
    )
    hourly = _hourly(from_usage, tasks)
    parts = [hourly]
    if len(usage.runs):
        parts.append(runs_demand(usage, minimum_s or {}))
    return pl.concat(parts).sort("workload", "hour_start").cast(DEMAND)  # type: ignore[arg-type]


def _hourly(rows: pl.DataFrame, tasks: pl.Expr) -> pl.DataFrame:
    """Return hourly demand of intervals of up to an hour; longer ones are spread over their hours."""
    seconds = pl.col("interval_s").fill_null(SECONDS_PER_HOUR)
    points = rows.select(
        "workload",
        pl.col("start"),
        seconds.alias("s"),
        (tasks * MILLI).round().cast(pl.Int64).alias("milli"),
    ).filter(pl.col("milli").is_not_null())
    if len(points) and (points["s"].max() or 0) > SECONDS_PER_HOUR:  # type: ignore[operator]
        hours = pl.int_ranges(0, (pl.col("s") + SECONDS_PER_HOUR - 1) // SECONDS_PER_HOUR)
        points = points.with_columns(hours.alias("h")).explode("h")
        points = points.with_columns(
            (pl.col("start") + pl.duration(hours=pl.col("h"))).alias("start"),
            pl.min_horizontal(pl.col("s") - pl.col("h") * SECONDS_PER_HOUR, SECONDS_PER_HOUR).alias("s"),
        ).drop("h")
    hourly = (
        points.group_by("workload", pl.col("start").dt.truncate("1h").alias("hour_start"))
        .agg(
            (pl.col("milli") * pl.col("s")).sum().alias("milli_s"),
            pl.col("s").sum().alias("covered_s"),
            pl.col("milli").max().alias("peak"),
        )
        .with_columns(
            # the mean of what was measured stands for the whole hour
            (pl.col("milli_s") * SECONDS_PER_HOUR // (pl.col("covered_s") * MILLI)).alias("task_seconds"),
            ((pl.col("peak") + MILLI - 1) // MILLI).alias("tasks_peak"),
        )
    )
    return hourly.select(
        "workload",
        "hour_start",
        pl.col("tasks_peak").cast(pl.Int64),
        pl.col("task_seconds").cast(pl.Int64),
        pl.col("task_seconds").cast(pl.Int64).alias("billed_seconds"),
    ).cast(DEMAND)  # type: ignore[arg-type]
