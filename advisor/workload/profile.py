"""From usage to profiles: class, right size and hourly demand of every workload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from advisor.config import PricePolicy, ProfilePolicy
from advisor.model import Profiles, Usage
from advisor.schema import PROFILES
from advisor.terms import WorkloadClass, WorkloadKind
from advisor.workload.classify import Verdict, classify, peak_to_mean
from advisor.workload.demand import by_runs, observed_demand, scaled_demand
from advisor.workload.evidence import evidence, period
from advisor.workload.features import (
    after,
    chunks,
    cpu_points,
    in_window,
    load_points,
    memory_points,
    shapes,
)
from advisor.workload.history import history, withheld
from advisor.workload.presets import Rule, for_batch, rule_of
from advisor.workload.run_shape import run_evidence, run_verdict
from advisor.workload.sizing import figures, right_size

Row = Mapping[str, Any]


def profile(usage: Usage, policy: ProfilePolicy, prices: PricePolicy | None = None) -> Profiles:
    """Return what each workload is: `schema.PROFILES` in the order of the workloads table, and its demand.

    Args:
        prices: shortest charges of Fargate tasks; the defaults when null.
    """
    usage = in_window(usage, policy.window_days)
    rules = [rule_of(policy, w) for w in usage.workloads["workload_id"].to_list()]
    load, cpu, memory = _described(usage, rules, policy)
    runs = {w: part for (w,), part in by_runs(usage)[1].partition_by("workload", as_dict=True).items()}
    observed = observed_demand(usage, policy, prices)
    tasks = _rows(_tasks(observed))
    table = [
        _profile(i, w, rules[i], load.get(i), cpu.get(i), memory.get(i), tasks.get(i), runs.get(i), policy)
        for i, w in enumerate(usage.workloads.iter_rows(named=True))
    ]
    frame = pl.DataFrame(table, schema=PROFILES, orient="row")
    return Profiles(frame, scaled_demand(observed, usage.usage, _scaling(frame, usage, rules)))


def _described(usage: Usage, rules: list[Rule], policy: ProfilePolicy) -> tuple[dict[int, Row], ...]:
    """Return, by workload, the shape of its load and the figures of CPU and memory that its rule asks for."""
    end = usage.usage["start"].max()
    cpu_measures = [m for r in rules for m in (r.cpu, for_batch(r).cpu)]
    memory_measures = [r.memory for r in rules]
    members: dict[float, list[int]] = {}
    for i, rule in enumerate(rules):
        members.setdefault(rule.window_days, []).append(i)
    load: dict[int, Row] = {}
    cpu: dict[int, Row] = {}
    memory: dict[int, Row] = {}
    for part in chunks(usage.usage):
        load |= _rows(shapes(load_points(part)))
        for days, rows in members.items():
            of_rule = pl.col("workload").is_in(pl.Series(rows, dtype=pl.UInt32).implode())
            sized = part if len(members) == 1 else part.filter(of_rule)
            sized = after(sized, end - timedelta(days=days)) if isinstance(end, datetime) else sized
            cpu |= _rows(figures(cpu_points(sized, policy.mean_hides_above_s), cpu_measures))
            memory |= _rows(figures(memory_points(sized), memory_measures))
    return load, cpu, memory


def _rows(frame: pl.DataFrame) -> dict[int, Row]:
    return {r["workload"]: r for r in frame.iter_rows(named=True)}


def _tasks(observed: pl.DataFrame) -> pl.DataFrame:
    """Return mean and most tasks at once over the covered hours."""
    return (
        observed.group_by("workload")
        .agg(pl.len().alias("hours"), pl.col("task_seconds").sum(), pl.col("tasks_peak").max().alias("max"))
        .with_columns((pl.col("task_seconds") / 3600 / pl.col("hours")).alias("mean"))
    )


def _profile(
    index: int,
    w: Row,
    rule: Rule,
    load: Row | None,
    cpu: Row | None,
    memory: Row | None,
    tasks: Row | None,
    runs: pl.DataFrame | None,
    policy: ProfilePolicy,
) -> tuple[Any, ...]:
    past = history(load, runs)
    verdict, words = _class(w, load, cpu, runs, policy)
    reason = withheld(past, policy)
    if verdict is not None and verdict.workload_class is WorkloadClass.BATCH:
        rule = for_batch(rule)
    size = (
        right_size(cpu, memory, w["task_vcpu"], w["task_memory_mib"], rule, policy, scales=_scales(w))
        if reason is None
        else None
    )
    seconds, strength = period(load, policy) if load is not None else (None, None)
    values = {
        "workload": index,
        "workload_id": w["workload_id"],
        "workload_class": verdict.workload_class.value if verdict else None,
        "class_confidence": verdict.confidence if verdict else None,
        "class_evidence": words,
        "days": past.days if past else None,
        "coverage_share": past.coverage_share if past else None,
        "covered_hours": _of(tasks, "hours") or (load["hours"] if load else 0),
        "tasks_mean": _of(tasks, "mean"),
        "tasks_max": _of(tasks, "max"),
        **{f"vcpu_{name}": _of(cpu, name) for name in ("p50", "p95", "p99", "max")},
        **{f"memory_mib_{name}": _of(memory, name) for name in ("p95", "max")},
        "peak_to_mean": peak_to_mean(load) if load and load["mean"] > 0 else None,
        "duty_cycle": _of(load, "duty_cycle"),
        "idle_share": _of(load, "idle_share"),
        "period_s": seconds,
        "period_strength": strength,
        "trend_per_day_share": _of(load, "trend_per_day_share"),
        "right_vcpu": size.vcpu if size else None,
        "right_memory_mib": size.memory_mib if size else None,
        "finding": size.finding.value if size else "UNKNOWN",
        "size_reason": size.reason if size else None,
        "scales": _scales(w),
        "withheld": reason,
    }
    return tuple(values[name] for name in PROFILES)


def _of(figures_of: Row | None, name: str) -> Any:
    return None if figures_of is None else figures_of[name]


def _class(
    w: Row, load: Row | None, cpu: Row | None, runs: pl.DataFrame | None, policy: ProfilePolicy
) -> tuple[Verdict | None, str | None]:
    if runs is not None and len(runs):
        return run_verdict(runs, policy), run_evidence(runs, policy)
    if load is None:
        return None, None
    reserved = w["task_vcpu"]
    shares = (cpu["p99"] / reserved, cpu["max"] / reserved) if cpu is not None and reserved else None
    verdict = classify(load, policy, shares)
    return verdict, evidence(verdict.workload_class, load, policy, shares)


def _scales(w: Row) -> bool:
    """True for a service whose stated limits leave room to scale."""
    service = (w["kind"] or WorkloadKind.SERVICE) == WorkloadKind.SERVICE
    return service and w["max_tasks"] is not None and w["max_tasks"] > (w["min_tasks"] or 0)


def _scaling(frame: pl.DataFrame, usage: Usage, rules: list[Rule]) -> pl.DataFrame:
    """Return what `scaled_demand` needs of the workloads whose replicas follow load."""
    headroom = pl.Series("headroom_share", [r.cpu.headroom_share for r in rules], dtype=pl.Float64)
    known = frame.select("workload", "scales", "right_vcpu", "vcpu_p99", "withheld").with_columns(
        headroom, usage.workloads["min_tasks"]
    )
    wanted = pl.col("scales") & pl.col("right_vcpu").is_not_null() & pl.col("vcpu_p99").is_not_null()
    return known.filter(wanted & pl.col("withheld").is_null()).select(
        "workload", "right_vcpu", "headroom_share", "min_tasks"
    )
