"""Batch work: from a schedule to its runs, and from runs to one row per interval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random

import polars as pl

from advisor import schema, units
from advisor.usage.synthetic.spec import Jobs, Spec

_RUNS = {
    "workload_id": pl.String, "created_s": pl.Int64, "pull_s": pl.Int64, "started_s": pl.Int64,
    "stopped_s": pl.Int64, "stop_code": pl.String, "vcpu": pl.Int64, "mib": pl.Int64,
}  # fmt: skip


def draw_runs(specs: Sequence[tuple[Spec, int]], days: int, seed: int) -> pl.DataFrame:
    """Return every run: seconds from the start of the window, mean use in vCPU/10,000 and MiB/10.

    Only `Random.random()` is used, which Python promises not to change.
    """
    rows: list[tuple[object, ...]] = []
    for spec, number in specs:
        jobs = spec.work
        assert isinstance(jobs, Jobs)
        rng = Random(seed * 1_000_003 + number)
        end = days * units.SECONDS_PER_DAY
        planned = float(jobs.at_minute * 60)
        while planned < end:
            day = int(planned) // units.SECONDS_PER_DAY
            if (jobs.weekday is None or day % 7 == jobs.weekday) and rng.random() < jobs.chance:
                rows.extend(_start_together(spec, jobs, int(planned), end, rng))
            planned += jobs.every_h * units.SECONDS_PER_HOUR
    return pl.DataFrame(rows, schema=_RUNS, orient="row").sort("workload_id", "created_s", "stopped_s")


def _start_together(spec: Spec, jobs: Jobs, planned: int, end: int, rng: Random) -> list[tuple[object, ...]]:
    """Return the tasks of one start: of about the same length, as shards of one job are."""
    length = _between(jobs.run_s, rng.random())
    count = round(_between(jobs.tasks, rng.random()))
    created = planned + int(rng.random() * jobs.jitter_s)
    out: list[tuple[object, ...]] = []
    for _ in range(count):
        pulled = created + 3 + int(rng.random() * 8)
        started = pulled + int(_between(jobs.pull_s, rng.random()))
        stopped = started + max(5, int(length * (0.9 + 0.2 * rng.random())))
        failed = rng.random() < 0.004
        use = _between(jobs.cpu_share, rng.random()) * spec.vcpu
        memory = _between(jobs.memory_share, rng.random()) * spec.memory_mib
        if stopped < end:
            code = "TaskFailedToStart" if failed else "EssentialContainerExited"
            stopped = started + 5 if failed else stopped
            vcpu, mib = int(use * 10_000), int(memory * 10)
            out.append((spec.workload_id, created, pulled, started, stopped, code, vcpu, mib))
    return out


def _between(limits: tuple[float, float], share: float) -> float:
    return limits[0] + (limits[1] - limits[0]) * share


def runs_table(runs: pl.DataFrame, start: datetime) -> pl.DataFrame:
    """Return the runs as `schema.RUNS`."""
    origin = pl.lit(start).cast(schema.UTC_DATETIME)
    return runs.select(
        "workload_id",
        *(
            (origin + pl.duration(seconds=pl.col(short))).alias(name)
            for short, name in (
                ("created_s", "created_at"),
                ("pull_s", "pull_started_at"),
                ("started_s", "started_at"),
                ("stopped_s", "stopped_at"),
            )
        ),
        "stop_code",
    )


def run_usage(
    runs: pl.DataFrame, workload_ids: Sequence[str], start: datetime, days: int, interval_s: int
) -> pl.DataFrame:
    """Return usage rows of batch work: zero tasks between runs, where use is null because nothing ran."""
    c = pl.col
    first, last = c("started_s") // interval_s, (c("stopped_s") - 1) // interval_s
    inside = (
        runs.lazy()
        .with_columns(slot=pl.int_ranges(first, last + 1))
        .explode("slot")
        .with_columns(
            seconds=pl.min_horizontal("stopped_s", (c("slot") + 1) * interval_s)
            - pl.max_horizontal("started_s", c("slot") * interval_s)
        )
        .group_by("workload_id", "slot")
        .agg(
            c("seconds").sum(),
            (c("vcpu") * c("seconds")).sum(),
            (c("mib") * c("seconds")).sum(),
            c("vcpu").max().alias("vcpu_top"),
            c("mib").max().alias("mib_top"),
        )
    )
    slots = days * units.SECONDS_PER_DAY // interval_s
    grid = pl.LazyFrame({"workload_id": workload_ids}, schema={"workload_id": pl.String}).join(
        pl.LazyFrame({"slot": pl.int_range(slots, eager=True)}), how="cross", maintain_order="left_right"
    )
    seconds = c("seconds")
    return (
        grid.join(inside, on=["workload_id", "slot"], how="left", maintain_order="left")
        .select(
            "workload_id",
            (pl.lit(start).cast(schema.UTC_DATETIME) + pl.duration(seconds=c("slot") * interval_s)).alias(
                "start"
            ),
            pl.lit(interval_s, dtype=pl.Int64).alias("interval_s"),
            (seconds.fill_null(0) / interval_s).round(4).alias("tasks"),
            (c("vcpu") / seconds / 10_000).round(4).alias("vcpu_used_mean"),
            (c("vcpu_top") / 10_000).alias("vcpu_used_max"),
            (c("mib") / seconds / 10).round(1).alias("memory_used_mib_mean"),
            (c("mib_top") / 10).alias("memory_used_mib_max"),
        )
        .collect()
    )
