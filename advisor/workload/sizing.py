"""The right size of one task: a statistic of its use, plus headroom, never memory below the observed peak unless told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from advisor.config import ProfilePolicy
from advisor.terms import Finding
from advisor.units import format_memory
from advisor.workload.presets import DAILY_PEAK_P90, HOURLY_P99_MAX, Rule

NOTABLE = 0.9
"""A size that could shrink by less than a tenth is called optimized."""


@dataclass(frozen=True)
class Size:
    """A size before any lattice, with its finding and reason."""

    vcpu: float | None
    memory_mib: float | None
    finding: Finding
    reason: str


def right_size(
    cpu: Mapping[str, Any] | None,
    memory: Mapping[str, Any] | None,
    task_vcpu: float | None,
    task_memory_mib: float | None,
    rule: Rule,
    policy: ProfilePolicy,
) -> Size:
    """Return the right size; what was not measured keeps the size it has.

    Args:
        cpu, memory: features of vCPU and MiB used by one task (`asked` is the rule's percentile), null if not measured.
    """
    vcpu, cpu_reason = task_vcpu, "CPU not measured, kept"
    if cpu is not None:
        use = _statistic(cpu, rule.cpu_statistic)
        vcpu = _stepped(max(use * (1 + rule.cpu_headroom_share), rule.min_vcpu), policy.cpu_step_vcpu)
        cpu_reason = f"CPU {rule.cpu_words} {use:.3g} vCPU + {rule.cpu_headroom_share:.0%}"
    mib, memory_reason = task_memory_mib, "memory not measured, kept"
    if memory is not None:
        use = _statistic(memory, rule.memory_statistic)
        wanted = max(use * (1 + rule.memory_headroom_share), rule.min_memory_mib)
        memory_reason = f"memory {rule.memory_words} {format_memory(use)} + {rule.memory_headroom_share:.0%}"
        if wanted < memory["max"] and not policy.allow_memory_below_peak:
            wanted = memory["max"]
            memory_reason = f"memory kept at its observed peak {format_memory(wanted)}"
        mib = _stepped(wanted, policy.memory_step_mib)
    finding = _finding(vcpu, task_vcpu, mib, task_memory_mib, measured=cpu is not None or memory is not None)
    return Size(vcpu, mib, finding, f"{cpu_reason}; {memory_reason} (rule: {rule.name})")


def _statistic(features: Mapping[str, Any], statistic: str) -> float:
    column = {HOURLY_P99_MAX: "max_hourly_p99", DAILY_PEAK_P90: "p90_daily_peak"}.get(statistic, "asked")
    return float(features[column])


def _stepped(value: float, step: float) -> float:
    return math.ceil(round(value / step, 9)) * step


def _finding(
    vcpu: float | None, task_vcpu: float | None, mib: float | None, task_mib: float | None, *, measured: bool
) -> Finding:
    pairs = [(a, b) for a, b in ((vcpu, task_vcpu), (mib, task_mib)) if a is not None and b]
    if not measured or not pairs:
        return Finding.UNKNOWN
    if any(a > b * (1 + 1e-9) for a, b in pairs):
        return Finding.UNDER_PROVISIONED
    return Finding.OVER_PROVISIONED if any(a < NOTABLE * b for a, b in pairs) else Finding.OPTIMIZED
