"""How many tasks in every hour: as observed, or after right-sizing where replicas follow load."""

from __future__ import annotations

import polars as pl

from advisor.config import PricePolicy, ProfilePolicy
from advisor.model import Usage
from advisor.schema import DEMAND
from advisor.terms import WorkloadKind
from advisor.units import SECONDS_PER_HOUR
from advisor.workload.features import chunks
from advisor.workload.runs import runs_demand
from advisor.workload.window import in_window

MILLI = 1000
"""Task counts are summed as whole thousandths of a task, so that no sum depends on its order."""
# key of an hour: workload · 2³² + hours since the epoch
HOUR_BITS = 2**32


def observed_demand(
    usage: Usage, policy: ProfilePolicy | None = None, prices: PricePolicy | None = None
) -> pl.DataFrame:
    """Return `schema.DEMAND` as it was, in the policy's window.

    An hour measured in part is given the mean of its measured part; an hour without data is absent.
    """
    return demand_of(in_window(usage, (policy or ProfilePolicy()).window_days), prices)


def demand_of(usage: Usage, prices: PricePolicy | None = None) -> pl.DataFrame:
    """Return `schema.DEMAND` of usage that is cut to its window already."""
    kept, runs = by_runs(usage)
    parts = [hourly(part, pl.col("tasks")) for part in chunks(kept)]
    if len(runs):
        parts.append(runs_demand(usage, runs, prices))
    empty = pl.DataFrame(schema=DEMAND)  # type: ignore[arg-type]
    return pl.concat([empty, *parts]).sort("workload", "hour_start")


def scaled_demand(observed: pl.DataFrame, rows: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """Return `schema.DEMAND` at the right size: services that scale keep as many tasks as their load needs.

    ceil(load · (1 + headroom) / size) tasks, never fewer than the stated minimum; more than the stated maximum where
    smaller tasks need it. Where CPU was not measured, and while nothing runs, the count stays.

    Args:
        observed: demand as it was.
        rows: `schema.USAGE` in the policy's window, with `workload`.
        sizes: `workload, right_vcpu, headroom_share, min_tasks` of the workloads that scale.
    """
    if not len(sizes):
        return observed
    joined = rows.join(sizes, on="workload")
    cpu = pl.coalesce("vcpu_used_mean", "vcpu_used_max")
    needed = pl.col("tasks") * cpu * (1 + pl.col("headroom_share")) / pl.col("right_vcpu")
    # a whole task within a billionth is that task
    follows = pl.max_horizontal(
        (needed - 1e-9).ceil(), pl.col("min_tasks").fill_null(1).cast(pl.Float64), 1.0
    )
    tasks = pl.when(needed.is_not_null() & (pl.col("tasks") > 0)).then(follows).otherwise("tasks")
    parts = [hourly(part, tasks) for part in chunks(joined)]
    rebuilt = pl.concat([observed.clear(), *parts])
    # a service whose count is known from its runs only has no load per hour to follow: it keeps its count
    kept = observed.join(rebuilt.select("workload").unique(), on="workload", how="anti")
    return pl.concat([kept, rebuilt]).sort("workload", "hour_start")


def by_runs(usage: Usage) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the usage rows and the runs that demand is read from: a workload has one source.

    Runs are exact where they are known; a service whose count was measured keeps its count.
    """
    if not len(usage.runs):
        return usage.usage, usage.runs
    services = usage.workloads.with_row_index("workload").filter(
        pl.col("kind").is_in([WorkloadKind.SERVICE.value, WorkloadKind.DAEMON.value])
    )
    counted = usage.usage.filter(pl.col("tasks").is_not_null()).select("workload").unique()
    stays = services.select("workload").join(counted, on="workload", how="semi")
    runs = usage.runs.join(stays, on="workload", how="anti")
    return usage.usage.join(runs.select("workload").unique(), on="workload", how="anti"), runs


def hourly(part: pl.DataFrame, tasks: pl.Expr) -> pl.DataFrame:
    """Return `schema.DEMAND` of some workloads' intervals; those that cross a full hour are spread over their hours."""
    points = part.select(
        pl.col("workload").cast(pl.Int64),
        pl.col("start").dt.epoch("s").alias("at"),
        pl.col("interval_s").alias("s"),
        (tasks * MILLI).round().cast(pl.Int64).alias("milli"),
    ).drop_nulls("milli")
    crossing = pl.col("at") % SECONDS_PER_HOUR + pl.col("s") > SECONDS_PER_HOUR
    if points.select(crossing.any()).item():
        points = pl.concat([points.filter(~crossing), _spread(points.filter(crossing))])
    return (
        points.group_by((pl.col("workload") * HOUR_BITS + pl.col("at") // SECONDS_PER_HOUR).alias("key"))
        .agg(
            (pl.col("milli") * pl.col("s")).sum().alias("milli_s"),
            pl.col("s").sum().alias("covered_s"),
            pl.col("milli").max().alias("peak"),
        )
        .sort("key")
        .select(
            (pl.col("key") // HOUR_BITS).cast(pl.UInt32).alias("workload"),
            hour_start(pl.col("key") % HOUR_BITS).alias("hour_start"),
            ((pl.col("peak") + MILLI - 1) // MILLI).alias("tasks_peak"),
            # the mean of what was measured stands for the whole hour
            (pl.col("milli_s") * SECONDS_PER_HOUR // (pl.col("covered_s") * MILLI)).alias("task_seconds"),
        )
        .with_columns(pl.col("task_seconds").alias("billed_seconds"))
    )


def hour_start(hours: pl.Expr) -> pl.Expr:
    """Return hours since the epoch as UTC moments."""
    return (hours * SECONDS_PER_HOUR * 1_000_000).cast(pl.Datetime("us", "UTC"))


def _spread(points: pl.DataFrame) -> pl.DataFrame:
    end = pl.col("at") + pl.col("s")
    hours = pl.int_ranges(pl.col("at") // SECONDS_PER_HOUR, (end - 1) // SECONDS_PER_HOUR + 1)
    begin = pl.max_horizontal("at", pl.col("h") * SECONDS_PER_HOUR)
    until = pl.min_horizontal(end, (pl.col("h") + 1) * SECONDS_PER_HOUR)
    return (
        points.with_columns(hours.alias("h"))
        .explode("h")
        .select("workload", begin.alias("at"), (until - begin).alias("s"), "milli")
    )
