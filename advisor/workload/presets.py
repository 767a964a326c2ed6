"""Sizing rules by name: ours, and what other tools publish (peers.md §2.1, with their sources)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from advisor.config import ProfilePolicy

PERCENTILE = "percentile"
HOURLY_P99_MAX = "max of hourly p99"
DAILY_PEAK_P90 = "p90 of daily peaks"


@dataclass(frozen=True)
class Rule:
    """How usage becomes a size.

    Attributes:
        cpu_statistic, memory_statistic: PERCENTILE, HOURLY_P99_MAX or DAILY_PEAK_P90.
        cpu_percentile, memory_percentile: for PERCENTILE, 0-100; 100 is the maximum.
        cpu_headroom_share, memory_headroom_share: added on top.
        window_days: newest part of the history that is looked at.
        min_vcpu, min_memory_mib: floors.
    """

    name: str
    cpu_statistic: str
    cpu_percentile: float
    cpu_headroom_share: float
    memory_statistic: str
    memory_percentile: float
    memory_headroom_share: float
    window_days: float
    min_vcpu: float
    min_memory_mib: float

    @property
    def cpu_words(self) -> str:
        """The CPU statistic in words."""
        return _words(self.cpu_statistic, self.cpu_percentile)

    @property
    def memory_words(self) -> str:
        """The memory statistic in words."""
        return _words(self.memory_statistic, self.memory_percentile)


def _words(statistic: str, percentile: float) -> str:
    if statistic != PERCENTILE:
        return statistic
    return "peak" if percentile >= 100 else f"p{percentile:g}"


PRESETS = {
    # p99 keeps one interval in a hundred above the plain statistic; the headroom then covers most of those
    "default": Rule("default", PERCENTILE, 99.0, 0.15, PERCENTILE, 100.0, 0.15, 90.0, 0.0625, 64.0),
    # published for EC2 instances; the percentile for ECS services is not
    "compute-optimizer": Rule(
        "compute-optimizer", PERCENTILE, 99.5, 0.20, PERCENTILE, 100.0, 0.20, 14.0, 0.0625, 64.0
    ),
    # support article 132615: EcsOptimizeFargate
    "cloudfix": Rule("cloudfix", HOURLY_P99_MAX, 99.0, 0.20, HOURLY_P99_MAX, 99.0, 0.20, 30.0, 0.0625, 64.0),
    # robusta-dev/krr strategies/simple.py: floors 10 mCPU and 100 MB
    "krr": Rule("krr", PERCENTILE, 95.0, 0.0, PERCENTILE, 100.0, 0.15, 14.0, 0.01, 100.0),
    # kubernetes/autoscaler recommender: floors 25 mCPU and 250 MB
    "vpa": Rule("vpa", PERCENTILE, 90.0, 0.15, DAILY_PEAK_P90, 90.0, 0.15, 8.0, 0.025, 250.0),
}


def rule_of(policy: ProfilePolicy, workload_id: str | None = None) -> Rule:
    """Return the rule of a policy, for one workload when an override matches its id (the last match counts)."""
    base = PRESETS[policy.preset]
    rule = _overridden(base, policy.cpu_percentile, policy.memory_percentile, policy.cpu_headroom_share,
                       policy.memory_headroom_share)  # fmt: skip
    rule = replace(rule, window_days=min(rule.window_days, policy.window_days))
    for override in policy.overrides:
        if workload_id is not None and fnmatchcase(workload_id, override.match):
            rule = _overridden(rule, override.cpu_percentile, override.memory_percentile, override.cpu_headroom_share,
                               override.memory_headroom_share)  # fmt: skip
    return rule


def _overridden(
    rule: Rule,
    cpu: float | None,
    memory: float | None,
    cpu_headroom: float | None,
    memory_headroom: float | None,
) -> Rule:
    if cpu is not None:
        rule = replace(rule, cpu_statistic=PERCENTILE, cpu_percentile=cpu)
    if memory is not None:
        rule = replace(rule, memory_statistic=PERCENTILE, memory_percentile=memory)
    if cpu_headroom is not None:
        rule = replace(rule, cpu_headroom_share=cpu_headroom)
    if memory_headroom is not None:
        rule = replace(rule, memory_headroom_share=memory_headroom)
    return rule
