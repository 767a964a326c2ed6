"""Demand of batch workloads from their single runs: exact seconds, minimum charges, concurrency."""

from __future__ import annotations

import polars as pl

from advisor.config import PricePolicy
from advisor.model import Usage
from advisor.schema import DEMAND
from advisor.terms import OperatingSystem
from advisor.units import SECONDS_PER_HOUR
from advisor.workload.window import LIVE_RANK

MICROS = 1_000_000
BEGAN = pl.coalesce("started_at", "pull_started_at", "created_at")
"""From here a run is a running task."""
BILLED_FROM = pl.coalesce("pull_started_at", "created_at", "started_at")
"""From here Fargate bills."""


def runs_demand(usage: Usage, runs: pl.DataFrame, prices: PricePolicy | None = None) -> pl.DataFrame:
    """Return `schema.DEMAND` of the workloads that have runs, for every hour that the source speaks of.

    Fargate bills from the start of the image pull (else creation) to the stop, rounded up to seconds, with a minimum
    (AWS Fargate pricing; ecs-semantics §A.1); instances hold the task from its start to its stop. A log of runs tells
    of every run: hours between them are measured zeros. Runs whose beginning is not known are left out.
    """
    prices = prices or PricePolicy()
    minimum = (
        pl.when(pl.col("operating_system") == OperatingSystem.WINDOWS.value)
        .then(prices.fargate_windows_minimum_s)
        .otherwise(prices.fargate_minimum_s)
    )
    least = usage.workloads.with_row_index("workload").select("workload", minimum.alias("least_s"))
    bill_us, stop_us = BILLED_FROM.dt.epoch("us"), pl.col("stopped_at").dt.epoch("us")
    known = runs.filter(BEGAN.is_not_null() & (pl.col("stopped_at") >= BEGAN))
    rows = known.join(least, on="workload").select(
        "workload",
        (BEGAN.dt.epoch("us") // MICROS).alias("from_s"),
        # a run shorter than a second holds its second
        pl.max_horizontal(
            _ceil_s(stop_us), BEGAN.dt.epoch("us") // MICROS + 1
        ).alias("to_s"),
        (bill_us // MICROS).alias("bill_s"),
        pl.max_horizontal(_ceil_s(stop_us - bill_us), "least_s").alias("billed_s"),
    )  # fmt: skip
    keys = ["workload", "hour"]
    running = _seconds(rows, pl.col("from_s"), pl.col("to_s"), "task_seconds")
    billed = _seconds(rows, pl.col("bill_s"), pl.col("bill_s") + pl.col("billed_s"), "billed_seconds")
    found = (
        # the minimum can carry a charge past the last full hour
        pl.concat([_window(usage, rows), running.select(keys), billed.select(keys)])
        .unique()
        .join(running, on=keys, how="left")
        .join(billed, on=keys, how="left")
        .join(_concurrency(rows), on=keys, how="left")
    )
    return found.select(
        "workload",
        (pl.col("hour") * SECONDS_PER_HOUR * MICROS).cast(pl.Datetime("us", "UTC")).alias("hour_start"),
        *(pl.col(c).fill_null(0).cast(pl.Int64) for c in ("tasks_peak", "task_seconds", "billed_seconds")),
    ).cast(DEMAND)  # type: ignore[arg-type]


def _ceil_s(micros: pl.Expr) -> pl.Expr:
    return (micros + MICROS - 1) // MICROS


def _hours(begin: pl.Expr, end: pl.Expr) -> pl.Expr:
    return pl.int_ranges(begin // SECONDS_PER_HOUR, (end - 1) // SECONDS_PER_HOUR + 1).alias("hour")


def _seconds(rows: pl.DataFrame, begin: pl.Expr, end: pl.Expr, name: str) -> pl.DataFrame:
    """Return the seconds of [begin, end) that fall into each hour."""
    parts = rows.select("workload", begin.alias("a"), end.alias("b"), _hours(begin, end)).explode("hour")
    inside = pl.min_horizontal("b", (pl.col("hour") + 1) * SECONDS_PER_HOUR) - pl.max_horizontal(
        "a", pl.col("hour") * SECONDS_PER_HOUR
    )
    return parts.group_by("workload", "hour").agg(inside.sum().alias(name))


def _concurrency(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the most runs at once in each hour: a sweep over ends, full hours and beginnings, in this order."""
    begins = rows.select("workload", pl.col("from_s").alias("t"), pl.lit(1).alias("step"))
    ends = rows.select("workload", pl.col("to_s").alias("t"), pl.lit(-1).alias("step"))
    full = (
        rows.select("workload", _hours(pl.col("from_s"), pl.col("to_s")))
        .explode("hour")
        .unique()
        .select("workload", (pl.col("hour") * SECONDS_PER_HOUR).alias("t"), pl.lit(0).alias("step"))
    )
    return (
        pl.concat([begins, ends, full])
        .sort("workload", "t", "step")
        .with_columns(pl.col("step").cum_sum().over("workload").alias("running"))
        .group_by("workload", (pl.col("t") // SECONDS_PER_HOUR).alias("hour"))
        .agg(pl.col("running").max().cast(pl.Int64).alias("tasks_peak"))
    )


def _window(usage: Usage, rows: pl.DataFrame) -> pl.DataFrame:
    """Return workload × every hour from the first to the last that its runs or the source speak of.

    The source speaks from where most of its workloads begin to where most of them end: one row dated far ahead does
    not turn a year into measured zeros.
    """
    seen = usage.usage.group_by("workload").agg(
        pl.col("start").min().dt.epoch("s").alias("first"), pl.col("start").max().dt.epoch("s").alias("last")
    )
    first, last = _ranked(seen["first"].sort(descending=True)), _ranked(seen["last"].sort())
    own = rows.group_by("workload").agg(
        pl.min_horizontal(pl.col("from_s").min(), pl.lit(first, dtype=pl.Int64)).alias("first"),
        pl.max_horizontal(pl.col("to_s").max() - 1, pl.lit(last, dtype=pl.Int64)).alias("last"),
    )
    hours = pl.int_ranges(pl.col("first") // SECONDS_PER_HOUR, pl.col("last") // SECONDS_PER_HOUR + 1)
    return own.select("workload", hours.alias("hour")).explode("hour")


def _ranked(moments: pl.Series) -> int | None:
    return int(moments[int(LIVE_RANK * (len(moments) - 1))]) if len(moments) else None
