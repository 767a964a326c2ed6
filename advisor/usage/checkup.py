"""What a usage that was read says, and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from advisor.model import Usage
from advisor.terms import LaunchType, WorkloadKind
from advisor.units import SECONDS_PER_DAY
from advisor.usage.finding import Finding, Grade

NEEDED = {
    "region": ("no prices", "--assume region=eu-west-1"),
    "task_vcpu": ("profiled only, nothing is advised", "--assume task_vcpu=0.5"),
    "task_memory_mib": ("profiled only, nothing is advised", "--assume task_memory_mib=1024"),
}
"""Column of the workloads table → what is lost without it, and the flag that fills it."""
WELCOME = {
    "launch_type": ("no saving is claimed for them", "--assume launch_type=FARGATE"),
    "interruptible": ("Spot is not advised", "--assume interruptible=true"),
    "arm_ready": ("ARM is not advised", "--assume arm_ready=true"),
    "cpu_architecture": ("taken for X86_64", "--assume cpu_architecture=X86_64"),
    "operating_system": ("taken for Linux", "--assume operating_system=LINUX"),
}
MEASURES = {
    "tasks": ("the number of tasks", "--assume tasks=1"),
    "vcpu_used_mean": ("CPU", "add vcpu_used_mean or cpu_percent_mean to the usage table"),
    "memory_used_mib_max": ("peaks of memory", "add memory_used_mib_max to the usage table"),
}


def check_usage(usage: Usage, min_days: float) -> Iterator[Finding]:
    """Yield what the tables say and what they leave open.

    Args:
        min_days: history below which sizes are withheld (`profile.min_days`).
    """
    yield Finding(
        Grade.FINE,
        f"{len(usage.workloads):,} workloads, {len(usage.usage):,} rows of usage, {len(usage.runs):,} runs, "
        f"{len(usage.instances):,} of instances, {len(usage.commitments):,} of commitments",
    )
    yield from _history(usage, min_days)
    yield from _columns(usage)
    yield from _measures(usage)
    yield from _tables(usage)
    if usage.rows_rejected:
        yield Finding(
            Grade.BETTER, f"{usage.rows_rejected:,} rows are set aside", ("mend them in the input",)
        )


def _history(usage: Usage, min_days: float) -> Iterator[Finding]:
    moments = [
        m
        for c in (usage.usage["start"], usage.runs["stopped_at"])
        for m in (c.min(), c.max())
        if isinstance(m, datetime)
    ]
    days = (max(moments) - min(moments)).total_seconds() / SECONDS_PER_DAY
    if days < min_days:
        mend = (f"give {min_days:g} days or more", "advisor recommend --set profile.min_days=1")
        yield Finding(Grade.BETTER, f"{days:.1f} days of history: sizes are withheld", mend)
    else:
        yield Finding(Grade.FINE, f"{days:.1f} days of history")


def _columns(usage: Usage) -> Iterator[Finding]:
    # what runs on ARM64 need not say that it can
    on_arm = pl.col("cpu_architecture").eq_missing(pl.lit("ARM64")) & pl.col("arm_ready").is_null()
    workloads = usage.workloads.with_columns(
        pl.when(on_arm).then(pl.lit(True)).otherwise("arm_ready").alias("arm_ready")
    )
    whole = []
    for column, (lost, flag) in {**NEEDED, **WELCOME}.items():
        silent = workloads[column].null_count()
        if not silent:
            whole.append(column)
            continue
        grade = Grade.STOP if column in NEEDED and silent == len(workloads) else Grade.BETTER
        mend = (f"fill {column} in the workloads table, or {flag}",)
        yield Finding(grade, f"{silent} of {len(workloads)} workloads do not say {column}: {lost}", mend)
    if whole:
        yield Finding(Grade.FINE, f"said of every workload: {', '.join(whole)}")


def _measures(usage: Usage) -> Iterator[Finding]:
    counted = pl.concat([usage.usage["workload"].unique(), usage.runs["workload"].unique()]).n_unique()
    if counted < len(usage.workloads):
        bare = len(usage.workloads) - counted
        yield Finding(
            Grade.BETTER, f"{bare} workloads have no usage", ("add rows of them to the usage table",)
        )
    # a job that rests uses nothing that could be measured
    busy = usage.usage.filter(pl.col("tasks").fill_null(1) > 0)
    for column, (what, mend) in MEASURES.items() if len(busy) else ():
        share = 1 - busy[column].null_count() / len(busy)
        grade = Grade.FINE if share == 1 else Grade.BETTER
        yield Finding(
            grade,
            f"{what} in {share:.0%} of the intervals in which something ran",
            (mend,) if share < 1 else (),
        )


def _tables(usage: Usage) -> Iterator[Finding]:
    kinds, ways = set(usage.workloads["kind"].to_list()), set(usage.workloads["launch_type"].to_list())
    batch = kinds & {WorkloadKind.SCHEDULED.value, WorkloadKind.STANDALONE.value}
    empty = {
        "runs": bool(batch) and not len(usage.runs),
        "instances": LaunchType.EC2.value in ways and not len(usage.instances),
        "commitments": not len(usage.commitments),
    }
    lost = {
        "runs": "batch jobs are billed by the interval, not by the second",
        "instances": "what today's instances cost is estimated",
        "commitments": "plans and reservations that you own are not counted as paid",
    }
    for table, missing in empty.items():
        if missing:
            mend = (f"add a {table} table; advisor init writes an empty one",)
            yield Finding(Grade.BETTER, f"no {table}: {lost[table]}", mend)
