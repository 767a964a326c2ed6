"""The right size of one task: a statistic of its use, plus headroom; memory never below the observed peak unless told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor import core
from advisor.config import ProfilePolicy
from advisor.terms import Finding
from advisor.units import format_memory
from advisor.workload.presets import DECAYED, HOURLY_P99_MAX, Measure, Rule

SHOWN = (50.0, 95.0, 99.0, 100.0)
"""Percentiles that a profile shows, whatever the rule asks for."""


@dataclass(frozen=True)
class Size:
    """A size before any lattice, with its finding and reason."""

    vcpu: float | None
    memory_mib: float | None
    finding: Finding
    reason: str


def figures(points: pl.DataFrame, measures: Iterable[Measure]) -> pl.DataFrame:
    """Return what the measures ask of series: `workload, max, max_hourly_p99, decayed` and `p<percentile>`."""
    measures = list(measures)
    percentiles = sorted({*SHOWN, *(m.percentile for m in measures)})
    decay = next((m.decay for m in measures if m.decay), None)
    found = core.usage_sizes(points, [p / 100 for p in percentiles], decay=decay)
    return found.rename({"series": "workload"} | {f"q{k}": f"p{p:g}" for k, p in enumerate(percentiles)})


def right_size(
    cpu: Mapping[str, Any] | None,
    memory: Mapping[str, Any] | None,
    task_vcpu: float | None,
    task_memory_mib: float | None,
    rule: Rule,
    policy: ProfilePolicy,
    *,
    scales: bool = False,
) -> Size:
    """Return the right size; what was not measured keeps the size it has.

    A service whose replicas follow load and whose use fits its size is not made bigger for headroom: replicas carry
    it. Use above the size (soft limits) is never clipped.

    Args:
        cpu, memory: `figures` of vCPU and MiB used by one task, null if not measured.
        task_vcpu, task_memory_mib: the size today, null if not known.
        scales: replicas follow load.
    """
    vcpu, cpu_reason = task_vcpu, "CPU not measured, kept"
    if cpu is not None:
        use = _use(cpu, rule.cpu)
        vcpu = max(use * (1 + rule.cpu.headroom_share), rule.cpu.least)
        vcpu = _stepped(vcpu, policy.cpu_step_vcpu) if rule.own else vcpu
        cpu_reason = f"CPU {rule.cpu.words} {use:.3g} vCPU{_plus(rule.cpu)}"
        if rule.own and scales and task_vcpu and use <= task_vcpu < vcpu:
            vcpu = task_vcpu
            cpu_reason += ", kept: replicas carry the headroom"
    mib, memory_reason = task_memory_mib, "memory not measured, kept"
    if memory is not None:
        use = _use(memory, rule.memory)
        mib = max(use * (1 + rule.memory.headroom_share), rule.memory.least)
        memory_reason = f"memory {rule.memory.words} {format_memory(use)}{_plus(rule.memory)}"
        if mib < memory["max"] and not policy.allow_memory_below_peak:
            mib = memory["max"]
            memory_reason += f", raised to the observed peak {format_memory(mib)}"
        mib = _stepped(mib, policy.memory_step_mib) if rule.own else mib
    known = [
        (right, now)
        for right, now, measured in ((vcpu, task_vcpu, cpu), (mib, task_memory_mib, memory))
        if right is not None and now and measured is not None
    ]
    return Size(vcpu, mib, _finding(known, policy), f"{cpu_reason}; {memory_reason} (rule: {rule.name})")


def _use(found: Mapping[str, Any], measure: Measure) -> float:
    column = {HOURLY_P99_MAX: "max_hourly_p99", DECAYED: "decayed"}.get(
        measure.statistic, f"p{measure.percentile:g}"
    )
    return float(found[column])


def _plus(measure: Measure) -> str:
    return f" + {measure.headroom_share:.0%}" if measure.headroom_share else ""


def _stepped(value: float, step: float) -> float:
    """Round up to whole steps; a step missed by a billionth counts as met."""
    return math.ceil(round(value / step, 9)) * step


def _finding(pairs: list[tuple[float, float]], policy: ProfilePolicy) -> Finding:
    """Compute Optimizer's word for (right, now) of what was measured."""
    if not pairs:
        return Finding.UNKNOWN
    if any(right > now * (1 + 1e-9) for right, now in pairs):
        return Finding.UNDER_PROVISIONED
    over = any(right < (1 - policy.optimized_within_share) * now for right, now in pairs)
    return Finding.OVER_PROVISIONED if over else Finding.OPTIMIZED
