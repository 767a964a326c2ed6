"""From usage to profiles: class, right size and hourly demand of every workload."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import polars as pl

from advisor.config import PricePolicy, ProfilePolicy
from advisor.model import Profiles, Usage
from advisor.schema import PROFILES
from advisor.terms import WorkloadClass, WorkloadKind
from advisor.units import SECONDS_PER_DAY
from advisor.workload.classify import Verdict, classify, peak_to_mean
from advisor.workload.demand import by_runs, demand_of, scaled_demand
from advisor.workload.evidence import evidence, period
from advisor.workload.features import chunks, load_points, shapes
from advisor.workload.history import history, withheld
from advisor.workload.measured import NOT_MEASURED, Measured, cpu_measured, memory_measured, missing
from advisor.workload.presets import Rule, for_batch, rule_of
from advisor.workload.run_shape import Runs, run_evidence, run_verdict, runs_by_workload
from advisor.workload.sizing import Size, right_size
from advisor.workload.window import in_window, last_seen, newest

Row = Mapping[str, Any]
Recall = Callable[[Hashable, Callable[[], Any]], Any]
"""Returns what is known under a key, or works it out."""


def anew(_: Hashable, work: Callable[[], Any]) -> Any:
    """Remember nothing."""
    return work()


def profile(
    usage: Usage, policy: ProfilePolicy, prices: PricePolicy | None = None, recall: Recall = anew
) -> Profiles:
    """Return what each workload is: `schema.PROFILES` in the order of the workloads table, and its demand.

    Args:
        prices: shortest charges of Fargate tasks; the defaults when null.
        recall: remembers, for one usage, what does not depend on how sizes are read.
    """
    whole, days = usage, policy.window_days
    usage = recall(("usage", days), lambda: in_window(whole, days))
    rules = [rule_of(policy, w) for w in usage.workloads["workload_id"].to_list()]
    load = recall(("load", days), lambda: _loads(usage))
    cpu, memory = _measured(usage, rules, policy)
    runs = recall(("runs", days), lambda: runs_by_workload(by_runs(usage)[1]))
    observed = recall(("observed", days, prices), lambda: demand_of(usage, prices))
    tasks = _rows(_tasks(observed))
    known = [
        _Known(w, rules[i], load.get(i), cpu.get(i, NOT_MEASURED), memory.get(i, NOT_MEASURED), runs.get(i))
        for i, w in enumerate(usage.workloads.iter_rows(named=True))
    ]
    unsized = [_unsized(k, policy) for k in known]
    told = recall(("runs told", _unsizing(policy)), lambda: _runs_told(runs, policy))
    table = [_profile(i, k, unsized[i], tasks.get(i), policy, told.get(i)) for i, k in enumerate(known)]
    frame = pl.DataFrame(table, schema=PROFILES, orient="row")
    follows = [u[0] is None for u in unsized]
    demand = scaled_demand(observed, usage.usage, _scaling(frame, usage, rules, follows))
    return Profiles(frame, demand, observed)


@dataclass(frozen=True)
class _Known:
    """What is known of one workload: its facts, its rule, the shape of its load, its resources, its runs."""

    facts: Row
    rule: Rule
    load: Row | None
    cpu: Measured
    memory: Measured
    runs: Runs | None


def _loads(usage: Usage) -> dict[int, Row]:
    """Return, by workload, the shape of its load."""
    load: dict[int, Row] = {}
    for part in chunks(usage.usage):
        load |= _rows(shapes(load_points(part)))
    return load


def _measured(
    usage: Usage, rules: list[Rule], policy: ProfilePolicy
) -> tuple[dict[int, Measured], dict[int, Measured]]:
    """Return, by workload, how CPU and memory were measured for its rule."""
    shorter = any(rule.window_days < policy.window_days for rule in rules)
    ends = last_seen(usage) if shorter else None
    cpu_measures = [m for r in rules for m in (r.cpu, for_batch(r).cpu)]
    memory_measures = [r.memory for r in rules]
    members: dict[float, list[int]] = {}
    for i, rule in enumerate(rules):
        members.setdefault(rule.window_days, []).append(i)
    cpu: dict[int, Measured] = {}
    memory: dict[int, Measured] = {}
    for part in chunks(usage.usage):
        for days, rows in members.items():
            of_rule = pl.col("workload").is_in(pl.Series(rows, dtype=pl.UInt32).implode())
            own = part if len(members) == 1 else part.filter(of_rule)
            sized = own
            if ends is not None and days < policy.window_days:
                since = ends.select("workload", (pl.col("end") - timedelta(days=days)).alias("since"))
                sized = newest(own, since, "start")
            cpu |= cpu_measured(own, sized, cpu_measures, policy.mean_hides_above_s)
            memory |= memory_measured(own, sized, memory_measures)
    return cpu, memory


def _unsizing(policy: ProfilePolicy) -> ProfilePolicy:
    """Return the policy without what only says how sizes are read."""
    return replace(
        policy,
        preset="default",
        cpu_percentile=None,
        memory_percentile=None,
        cpu_headroom_share=None,
        memory_headroom_share=None,
        overrides=(),
    )


def _runs_told(runs: Mapping[int, Runs], policy: ProfilePolicy) -> dict[int, tuple[Verdict, str]]:
    """Return the class that runs speak for, with the evidence in words."""
    return {i: (run_verdict(r, policy), run_evidence(r, policy)) for i, r in runs.items()}


def _rows(frame: pl.DataFrame) -> dict[int, Row]:
    return {r["workload"]: r for r in frame.iter_rows(named=True)}


def _tasks(observed: pl.DataFrame) -> pl.DataFrame:
    """Return mean and most tasks at once over the covered hours."""
    return (
        observed.group_by("workload")
        .agg(pl.len().alias("hours"), pl.col("task_seconds").sum(), pl.col("tasks_peak").max().alias("max"))
        .with_columns((pl.col("task_seconds") / 3600 / pl.col("hours")).alias("mean"))
    )


def _unsized(known: _Known, policy: ProfilePolicy) -> tuple[str | None, str | None]:
    """Return why CPU and memory cannot be sized, null when they can."""
    end_s = known.load["end_s"] if known.load is not None else 0
    busy_s = None
    if known.runs is not None:
        busy_s = known.runs.busy_days * SECONDS_PER_DAY
        end_s = max(end_s, known.runs.last_stop_s)
    days = known.rule.window_days
    return (
        missing(known.cpu, days, end_s, policy, busy_s),
        missing(known.memory, days, end_s, policy, busy_s),
    )


def _profile(
    index: int,
    known: _Known,
    unsized: tuple[str | None, str | None],
    tasks: Row | None,
    policy: ProfilePolicy,
    told: tuple[Verdict, str] | None,
) -> tuple[Any, ...]:
    w, load, cpu, memory = known.facts, known.load, known.cpu.figures, known.memory.figures
    past = history(load, known.runs)
    verdict, words = told or _class(w, load, cpu, policy)
    reason = withheld(past, policy)
    size = _size(known, unsized, verdict, policy) if reason is None else None
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


def _size(
    known: _Known, unsized: tuple[str | None, str | None], verdict: Verdict | None, policy: ProfilePolicy
) -> Size:
    w = known.facts
    batch = verdict is not None and verdict.workload_class is WorkloadClass.BATCH
    return right_size(
        known.cpu,
        known.memory,
        w["task_vcpu"],
        w["task_memory_mib"],
        for_batch(known.rule) if batch else known.rule,
        policy,
        unsized=unsized,
        # runs say how many there were, not how many the load would need
        scales=_scales(w) and known.runs is None,
    )


def _of(figures_of: Row | None, name: str) -> Any:
    return None if figures_of is None else figures_of[name]


def _class(
    w: Row, load: Row | None, cpu: Row | None, policy: ProfilePolicy
) -> tuple[Verdict | None, str | None]:
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


def _scaling(frame: pl.DataFrame, usage: Usage, rules: list[Rule], follows: list[bool]) -> pl.DataFrame:
    """Return what `scaled_demand` needs of the workloads whose replicas follow load: their CPU is known."""
    headroom = pl.Series("headroom_share", [r.cpu.headroom_share for r in rules], dtype=pl.Float64)
    known = frame.select("workload", "scales", "right_vcpu", "vcpu_p99", "withheld").with_columns(
        headroom, usage.workloads["min_tasks"]
    )
    wanted = pl.col("scales") & pl.col("right_vcpu").is_not_null() & pl.Series(follows, dtype=pl.Boolean)
    return known.filter(wanted & pl.col("withheld").is_null()).select(
        "workload", "right_vcpu", "headroom_share", "min_tasks"
    )
