"""From usage to profiles: class, right size and hourly demand of every workload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from advisor.config import ProfilePolicy
from advisor.model import Profiles, Usage
from advisor.schema import PROFILES
from advisor.terms import WorkloadKind
from advisor.workload.classify import Verdict, classify
from advisor.workload.demand import scaled_demand
from advisor.workload.evidence import evidence, period
from advisor.workload.features import CPU, LOAD, MEMORY, describe, windowed
from advisor.workload.presets import rule_of
from advisor.workload.run_shape import run_evidence, run_verdict
from advisor.workload.sizing import Size, right_size


def profile(usage: Usage, policy: ProfilePolicy, minimum_s: dict[str, int] | None = None) -> Profiles:
    """Return what each workload is: `schema.PROFILES` in the order of the workloads table, and its demand.

    Args:
        minimum_s: operating system → shortest charge of a Fargate task in seconds.
    """
    base = rule_of(policy)
    rows = windowed(usage.usage, base)
    load = _rows(describe(rows, LOAD, 0.5))
    tasks = _rows(describe(rows, pl.col("tasks"), 0.5))
    cpu, memory = _by_rule(usage, rows, CPU, policy, "cpu"), _by_rule(usage, rows, MEMORY, policy, "memory")
    runs = {w: part for (w,), part in usage.runs.partition_by("workload", as_dict=True).items()}
    table = [
        _profile(i, w, load.get(i), tasks.get(i), cpu.get(i), memory.get(i), runs.get(i), policy)
        for i, w in enumerate(usage.workloads.iter_rows(named=True))
    ]
    frame = pl.DataFrame(table, schema=PROFILES, orient="row")
    headroom = [rule_of(policy, w).cpu_headroom_share for w in usage.workloads["workload_id"].to_list()]
    sizes = pl.DataFrame(
        {
            "workload": frame["workload"],
            "scales": frame["scales"],
            "right_vcpu": frame["right_vcpu"],
            "headroom_share": pl.Series(headroom, dtype=pl.Float64),
            "min_tasks": usage.workloads["min_tasks"],
            "max_tasks": usage.workloads["max_tasks"],
        }
    )
    demand = scaled_demand(Usage(**{**vars(usage), "usage": rows}), sizes, minimum_s)
    return Profiles(_with_coverage(frame, demand), demand)


def _with_coverage(frame: pl.DataFrame, demand: pl.DataFrame) -> pl.DataFrame:
    hours = demand.group_by("workload").agg(pl.len().cast(pl.Int64).alias("n"))
    joined = frame.join(hours, on="workload", how="left", maintain_order="left")
    return joined.with_columns(pl.col("n").fill_null(0).alias("covered_hours")).select(list(PROFILES))


def _rows(frame: pl.DataFrame) -> dict[int, dict[str, Any]]:
    return {r["workload"]: r for r in frame.iter_rows(named=True)}


def _by_rule(
    usage: Usage, rows: pl.DataFrame, value: pl.Expr, policy: ProfilePolicy, kind: str
) -> dict[int, dict[str, Any]]:
    """Describe one measure once for each percentile that the policy and its overrides ask for."""
    wanted: dict[float, list[int]] = {}
    for i, workload_id in enumerate(usage.workloads["workload_id"].to_list()):
        rule = rule_of(policy, workload_id)
        wanted.setdefault(rule.cpu_percentile if kind == "cpu" else rule.memory_percentile, []).append(i)
    found: dict[int, dict[str, Any]] = {}
    for percentile, members in sorted(wanted.items()):
        part = rows
        if len(wanted) > 1:
            part = rows.filter(pl.col("workload").is_in(pl.Series(members, dtype=pl.UInt32).implode()))
        found |= _rows(describe(part, value, percentile / 100))
    return found


def _profile(
    index: int,
    w: Mapping[str, Any],
    load: Mapping[str, Any] | None,
    tasks: Mapping[str, Any] | None,
    cpu: Mapping[str, Any] | None,
    memory: Mapping[str, Any] | None,
    runs: pl.DataFrame | None,
    policy: ProfilePolicy,
) -> tuple[Any, ...]:
    rule = rule_of(policy, w["workload_id"])
    days, coverage = _history(load, runs)
    verdict, words = _class(w, load, cpu, runs, policy)
    withheld = _withheld(days, coverage, load, runs, policy)
    size = (
        right_size(cpu, memory, w["task_vcpu"], w["task_memory_mib"], rule, policy)
        if withheld is None
        else None
    )
    seconds, strength = period(load, policy) if load is not None else (None, None)
    return (
        index,
        w["workload_id"],
        verdict.workload_class.value if verdict else None,
        verdict.confidence if verdict else None,
        words,
        days,
        coverage,
        0,
        *_tasks(tasks, runs),
        *(_of(cpu, name) for name in ("p50", "p95", "p99", "max")),
        *(_of(memory, name) for name in ("p95", "max")),
        load["p99"] / load["mean"] if load and load["mean"] > 0 else None,
        _of(load, "duty_cycle"),
        _of(load, "idle_share"),
        seconds,
        strength,
        _of(load, "trend_per_day_share"),
        *_sized(size),
        _scales(w),
        withheld,
    )


def _of(features: Mapping[str, Any] | None, name: str) -> float | None:
    return None if features is None else features[name]


def _sized(size: Size | None) -> tuple[float | None, float | None, str | None, str | None]:
    if size is None:
        return None, None, "UNKNOWN", None
    return size.vcpu, size.memory_mib, size.finding.value, size.reason


def _scales(w: Mapping[str, Any]) -> bool:
    service = (w["kind"] or WorkloadKind.SERVICE) == WorkloadKind.SERVICE
    return service and (w["max_tasks"] or 0) > (w["min_tasks"] or 0) and w["max_tasks"] is not None


def _tasks(tasks: Mapping[str, Any] | None, runs: pl.DataFrame | None) -> tuple[float | None, float | None]:
    if runs is not None:
        span = (runs["stopped_at"].max() - runs["stopped_at"].min()).total_seconds()  # type: ignore[operator,union-attr]
        began = runs.select(pl.coalesce("started_at", "pull_started_at", "created_at")).to_series()
        busy = (runs["stopped_at"] - began).dt.total_seconds().sum() or 0
        return (busy / span if span else 1.0), float(len(runs))
    return _of(tasks, "mean"), _of(tasks, "max")


def _history(load: Mapping[str, Any] | None, runs: pl.DataFrame | None) -> tuple[float | None, float | None]:
    if load is not None:
        return load["span_s"] / 86_400, min(1.0, load["covered_s"] / load["span_s"])
    if runs is not None:
        span = runs["stopped_at"].max() - runs["stopped_at"].min()  # type: ignore[operator]
        return span.total_seconds() / 86_400, 1.0  # type: ignore[union-attr]
    return None, None


def _class(
    w: Mapping[str, Any],
    load: Mapping[str, Any] | None,
    cpu: Mapping[str, Any] | None,
    runs: pl.DataFrame | None,
    policy: ProfilePolicy,
) -> tuple[Verdict | None, str | None]:
    if runs is not None and len(runs):
        return run_verdict(runs), run_evidence(runs)
    if load is None:
        return None, None
    reserved = w["task_vcpu"]
    shares = (cpu["p99"] / reserved, cpu["max"] / reserved) if cpu is not None and reserved else None
    verdict = classify(load, policy, shares)
    return verdict, evidence(verdict.workload_class, load, policy)


def _withheld(
    days: float | None,
    coverage: float | None,
    load: Mapping[str, Any] | None,
    runs: pl.DataFrame | None,
    policy: ProfilePolicy,
) -> str | None:
    if days is None or (load is None and runs is None):
        return "no usage in the window"
    if days < policy.min_days:
        return f"short history: {days:.1f} days, {policy.min_days:g} are asked for (profile.min_days)"
    if coverage is not None and coverage < policy.min_coverage_share:
        return (
            f"gappy history: {coverage:.0%} of the time is measured, "
            f"{policy.min_coverage_share:.0%} is asked for (profile.min_coverage_share)"
        )
    return None
