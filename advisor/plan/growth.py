"""Demand that grows or falls: whole tasks in every hour, as many in all as asked."""

from __future__ import annotations

import polars as pl

from advisor.model import Profiles, Usage
from advisor.terms import WorkloadKind
from advisor.units import SECONDS_PER_HOUR

PARTS = 1_000_000
"""Growth and turns are counted in whole millionths: demand stays a whole number of tasks and seconds."""
STEP = 618_034
"""Golden section in parts: turns that follow each other by it lie evenly, however many there are."""


def grown(usage: Usage, profiles: Profiles, share: float, turns: pl.DataFrame | None = None) -> Profiles:
    """Return profiles whose demand is larger by a share of itself, or smaller.

    The n tasks of an hour become n · (1 + share): rounded up in some hours and down in the others, as many as make up the
    fraction. A service, which follows its load, is given the larger count in its busiest hours, and keeps one task however
    far demand falls. Of tasks that start and end, some hours have one more or one less. Seconds that run go with the count.

    Args:
        turns: `turns_of` the same, where they are known.
    """
    parts = PARTS + round(share * PARTS)
    services = _services(usage)
    turns = turns_of(usage, profiles.observed) if turns is None else turns
    demand, observed = (_scaled(d, turns, services, parts) for d in (profiles.demand, profiles.observed))
    # the most at once decides whether a service is spread over zones
    counts = observed.group_by("workload").agg(
        (pl.col("task_seconds").sum() / SECONDS_PER_HOUR / pl.len()).alias("mean"),
        pl.col("tasks_peak").max().cast(pl.Float64).alias("most"),
    )
    table = (
        profiles.table.join(counts, on="workload", how="left", maintain_order="left")
        .with_columns(pl.coalesce("mean", "tasks_mean").alias("tasks_mean"))
        .with_columns(pl.coalesce("most", "tasks_max").alias("tasks_max"))
        .select(profiles.table.columns)
    )
    return Profiles(table, demand, observed)


def _services(usage: Usage) -> pl.Series:
    kinds = usage.workloads["kind"].fill_null(WorkloadKind.SERVICE.value)
    rows = pl.Series("workload", range(len(usage.workloads)), dtype=pl.UInt32)
    return rows.filter(kinds == WorkloadKind.SERVICE.value)


def turns_of(usage: Usage, demand: pl.DataFrame) -> pl.DataFrame:
    """Return `workload, hour_start, turn`: which hours are rounded up first, in parts of a workload's hours.

    A service's busiest hours come first; hours of all else come in turns that lie evenly in time.

    Args:
        demand: `schema.DEMAND` as it was observed.
    """
    services = _services(usage)
    load = pl.col("tasks") * pl.coalesce("vcpu_used_mean", "vcpu_used_max")
    busy = (
        usage.usage.lazy()
        .group_by("workload", pl.col("start").dt.truncate("1h").alias("hour_start"))
        .agg((load * 1e6).round().cast(pl.Int64).sum().alias("load"))
    )
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    return (
        demand.lazy()
        .select("workload", "hour_start")
        .join(busy, on=["workload", "hour_start"], how="left")
        .sort("workload", -pl.col("load").fill_null(0), "hour_start")
        .with_columns((place * PARTS // pl.len()).over("workload").alias("busiest"))
        .sort("workload", "hour_start")
        .with_columns((place * STEP % PARTS).over("workload").alias("evenly"))
        .select(
            "workload",
            "hour_start",
            pl.when(pl.col("workload").is_in(services.implode()))
            .then("busiest")
            .otherwise("evenly")
            .alias("turn"),
        )
        .collect()
    )


def _scaled(demand: pl.DataFrame, turns: pl.DataFrame, services: pl.Series, parts: int) -> pl.DataFrame:
    seconds = pl.col("task_seconds").cast(pl.Int64)
    was = pl.max_horizontal(pl.col("tasks_peak").cast(pl.Int64), -(-seconds // SECONDS_PER_HOUR))
    wanted = pl.col("was") * parts
    count = wanted // PARTS + (pl.col("turn").fill_null(0) < wanted % PARTS).cast(pl.Int64)
    kept = pl.col("workload").is_in(services.implode()) & (pl.col("was") > 0)
    return (
        _with_turns(demand, turns)
        .with_columns(was.alias("was"))
        .with_columns(pl.when(kept).then(pl.max_horizontal(count, 1)).otherwise(count).alias("now"))
        .with_columns(
            pl.col("now").cast(demand.schema["tasks_peak"]).alias("tasks_peak"),
            *(_in_step(name).alias(name) for name in ("task_seconds", "billed_seconds")),
        )
        .select(demand.columns)
    )


def _with_turns(demand: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    keys = ["workload", "hour_start"]
    # most often the very same hours in the same order: no join is needed then
    if len(demand) == len(turns) and all(demand[key].equals(turns[key]) for key in keys):
        return demand.with_columns(turns["turn"])
    return demand.join(turns, on=keys, how="left", maintain_order="left")


def _in_step(name: str) -> pl.Expr:
    """Return seconds that go with the count, rounded half up; none where nothing ran."""
    return (2 * pl.col(name) * pl.col("now") + pl.col("was")) // (2 * pl.max_horizontal("was", 1))
