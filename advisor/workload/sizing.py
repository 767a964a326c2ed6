"""The right size of one task: a statistic of its use, plus headroom; memory never below the observed peak unless told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from advisor.config import ProfilePolicy
from advisor.terms import Finding
from advisor.units import format_memory
from advisor.workload.measured import Measured
from advisor.workload.presets import DECAYED, HOURLY_P99_MAX, Measure, Rule
from advisor.workload.words import length


@dataclass(frozen=True)
class Size:
    """A size before any lattice, with its finding and reason."""

    vcpu: float | None
    memory_mib: float | None
    finding: Finding
    reason: str


def right_size(
    cpu: Measured,
    memory: Measured,
    task_vcpu: float | None,
    task_memory_mib: float | None,
    rule: Rule,
    policy: ProfilePolicy,
    *,
    unsized: tuple[str | None, str | None] = (None, None),
    scales: bool = False,
) -> Size:
    """Return the right size; what is not known well enough keeps the size it has.

    Args:
        cpu, memory: what was measured of one task.
        task_vcpu, task_memory_mib: the size today, null if not known.
        unsized: why CPU and memory cannot be sized, null when they can (`measured.missing`).
        scales: replicas follow load.
    """
    vcpu, cpu_words = task_vcpu, f"CPU {unsized[0]}, kept"
    if unsized[0] is None and cpu.figures is not None:
        vcpu, cpu_words = _cpu(cpu, cpu.figures, task_vcpu, rule, policy, scales=scales)
    mib, memory_words = task_memory_mib, f"memory {unsized[1]}, kept"
    if unsized[1] is None and memory.figures is not None:
        mib, memory_words = _memory(memory, memory.figures, rule, policy)
    known = [
        (right, now)
        for right, now, reason in ((vcpu, task_vcpu, unsized[0]), (mib, task_memory_mib, unsized[1]))
        if right is not None and now and reason is None
    ]
    return Size(vcpu, mib, _finding(known, policy), f"{cpu_words}; {memory_words} (rule: {rule.name})")


def _cpu(
    cpu: Measured,
    found: Mapping[str, Any],
    now: float | None,
    rule: Rule,
    policy: ProfilePolicy,
    *,
    scales: bool,
) -> tuple[float, str]:
    """Return the right vCPU and why.

    A service whose replicas follow load and whose use fits its size is not made bigger for headroom: replicas carry
    it. Use above the size (soft limits) is never clipped.
    """
    use = _use(found, rule.cpu)
    vcpu = max(use * (1 + rule.cpu.headroom_share), rule.cpu.least)
    vcpu = _stepped(vcpu, policy.cpu_step_vcpu) if rule.own else vcpu
    peak = "highest mean" if cpu.means_s else "peak"
    words = f"CPU {rule.cpu.words(peak)} {use:.3g} vCPU{_plus(rule.cpu)}"
    if rule.own and scales and now and use <= now < vcpu:
        vcpu = now
        words += ", kept: replicas carry the headroom"
    if found["max"] >= policy.peak_told_ratio * vcpu:
        words += f", {peak} {found['max']:.3g} vCPU is {found['max'] / vcpu:.3g} times the size"
    if cpu.means_s:
        part = cpu.means_s / found["covered_s"]
        words += (
            f" (means of {length(cpu.mean_interval_s)}{f' in {part:.0%} of the time' if part < 1 else ''}: "
        )
        words += "peaks inside are not seen)"
    return vcpu, words


def _memory(
    memory: Measured, found: Mapping[str, Any], rule: Rule, policy: ProfilePolicy
) -> tuple[float, str]:
    """Return the right MiB and why: not below the peak of the policy's whole window unless told."""
    use = _use(found, rule.memory)
    mib = max(use * (1 + rule.memory.headroom_share), rule.memory.least)
    peak = "peak of means" if memory.means_s else "peak"
    words = f"memory {rule.memory.words(peak)} {format_memory(use)}{_plus(rule.memory)}"
    if memory.peak is not None and mib < memory.peak and not policy.allow_memory_below_peak:
        mib = memory.peak
        words += f", raised to the observed {peak} {format_memory(mib)}"
    return (_stepped(mib, policy.memory_step_mib) if rule.own else mib), words


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
