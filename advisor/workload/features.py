"""Usage as series for the core: load of the workload, CPU and memory of one task, a few workloads at a time."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from advisor import core

CHUNK_ROWS = 500_000
"""Rows looked at at a time, cut between workloads: bounds memory, changes nothing."""

MEMORY = pl.coalesce("memory_used_mib_max", "memory_used_mib_mean")
"""Memory is sized by its peaks: the maximum of an interval where it was measured."""
RUNNING = pl.col("tasks").is_null() | (pl.col("tasks") > 0)
"""Where nothing runs, nothing says how big a task must be."""


def chunks(usage: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cut a table sorted by workload into parts of about `CHUNK_ROWS` rows that share no workload."""
    sizes = usage.get_column("workload").rle().struct.field("len").to_list()
    start = held = 0
    for size in sizes:
        if held and held + size > CHUNK_ROWS:
            yield usage.slice(start, held)
            start, held = start + held, 0
        held += size
    if held:
        yield usage.slice(start, held)


def load_points(part: pl.DataFrame) -> pl.DataFrame:
    """Return what the class is judged by: vCPU of all tasks; where CPU was never measured, the number of tasks.

    A workload keeps one measure: an interval without it is a gap, but one in which nothing ran is a load of zero
    (nothing that does not run publishes CPU).
    """
    mean, peak, tasks = pl.col("vcpu_used_mean"), pl.col("vcpu_used_max"), pl.col("tasks")
    cpu = pl.when(_measured(part, "vcpu_used_mean")).then(mean).otherwise(peak)
    count = pl.when(_measured(part, "tasks")).then(tasks).otherwise(1.0)
    has_cpu = _measured(part, "vcpu_used_mean") | _measured(part, "vcpu_used_max")
    return points(part, pl.when(tasks == 0).then(0.0).when(has_cpu).then(cpu * count).otherwise(tasks))


def cpu_points(part: pl.DataFrame, mean_hides_above_s: float) -> pl.DataFrame:
    """Return vCPU of one task while it runs: means, or maxima of intervals so long that a mean hides the peaks."""
    value = (
        pl.when(pl.col("interval_s") > mean_hides_above_s)
        .then(pl.coalesce("vcpu_used_max", "vcpu_used_mean"))
        .otherwise(pl.coalesce("vcpu_used_mean", "vcpu_used_max"))
    )
    return points(part, pl.when(RUNNING).then(value))


def memory_points(part: pl.DataFrame) -> pl.DataFrame:
    """Return MiB of one task while it runs."""
    return points(part, pl.when(RUNNING).then(MEMORY))


def points(part: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    """Return the series of a measure as the core reads it; intervals without it are left out."""
    found = part.select(
        pl.col("workload").alias("series"),
        pl.col("start").dt.epoch("s").alias("start_s"),
        pl.col("interval_s"),
        value.cast(pl.Float64).alias("value"),
    )
    return found if found["value"].null_count() == 0 else found.filter(pl.col("value").is_not_null())


def shapes(found: pl.DataFrame) -> pl.DataFrame:
    """Return `core.usage_features`, its key named `workload`."""
    return core.usage_features(found).rename({"series": "workload"})


def _measured(part: pl.DataFrame, column: str) -> pl.Expr:
    """True in the rows of workloads that have the measure at all."""
    nulls = part[column].null_count()
    if nulls in (0, part.height):
        return pl.lit(nulls == 0)
    return pl.col(column).is_not_null().any().over("workload")
