"""Sizing rules by name: ours, and what other tools publish. All are values of one machinery (`sizing.py`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from advisor.config import ProfilePolicy
from advisor.units import SECONDS_PER_DAY

PERCENTILE = "percentile"
HOURLY_P99_MAX = "max of hourly p99"
DECAYED = "decayed"

MIB = 2**20


@dataclass(frozen=True)
class Measure:
    """How one resource becomes a size: a statistic of its use, headroom, a floor.

    Attributes:
        statistic: PERCENTILE, HOURLY_P99_MAX or DECAYED (percentile of a decaying histogram).
        percentile: 0-100, linear between order statistics; 100 is the peak. Not for HOURLY_P99_MAX.
        headroom_share: added on top.
        least: floor, in the unit of the resource.
        first_bucket: DECAYED: width of the first bucket.
        daily_peaks: DECAYED: of the peaks of days instead of the points.
        told: names of the fields that the user set; no rule of ours moves them.
    """

    statistic: str
    percentile: float
    headroom_share: float
    least: float
    first_bucket: float = 0.0
    daily_peaks: bool = False
    told: frozenset[str] = frozenset()

    def words(self, peak: str = "peak") -> str:
        """Return the statistic in words; `peak` is what the highest value is called."""
        if self.statistic == HOURLY_P99_MAX:
            return self.statistic
        name = peak if self.percentile >= 100 else f"p{self.percentile:g}"
        if self.statistic == PERCENTILE:
            return name
        return f"decayed {name} of {'daily peaks' if self.daily_peaks else 'use'}"

    @property
    def decay(self) -> tuple[float, float, float, bool] | None:
        """What `core.usage_sizes` wants for DECAYED, else null."""
        if self.statistic != DECAYED:
            return None
        return self.percentile / 100, self.first_bucket, SECONDS_PER_DAY, self.daily_peaks


@dataclass(frozen=True)
class Rule:
    """How usage becomes a size.

    Attributes:
        window_days: newest part of the history that is looked at.
        own: our own rule: batch runs are sized by their peak, sizes are rounded up to the policy's steps.
    """

    name: str
    cpu: Measure
    memory: Measure
    window_days: float
    own: bool = False


def presets(policy: ProfilePolicy) -> dict[str, Rule]:
    """Return the rules by name; figures and sources as published (floors of ours where none is)."""
    cpu, mib = policy.min_vcpu, policy.min_memory_mib
    return {
        # p99 leaves one interval in a hundred above the plain statistic; the headroom then covers most of those
        "default": Rule(
            "default",
            Measure(PERCENTILE, 99.0, 0.15, cpu),
            Measure(PERCENTILE, 100.0, 0.15, mib),
            policy.window_days,
            own=True,
        ),
        # published for EC2 instances (P99.5, 20 % headroom on both, 14 days); for ECS services it is not
        "compute-optimizer": Rule(
            "compute-optimizer",
            Measure(PERCENTILE, 99.5, 0.20, cpu),
            Measure(PERCENTILE, 100.0, 0.20, mib),
            14.0,
        ),
        # CloudFix support article 132615, EcsOptimizeFargate: at least 30 days
        "cloudfix": Rule(
            "cloudfix",
            Measure(HOURLY_P99_MAX, 99.0, 0.20, cpu),
            Measure(HOURLY_P99_MAX, 99.0, 0.20, mib),
            30.0,
        ),
        # robusta-dev/krr strategies/simple.py: p95, max + 15 %, 336 hours; floors 10 mCPU and 100 MB
        "krr": Rule(
            "krr", Measure(PERCENTILE, 95.0, 0.0, 0.010), Measure(PERCENTILE, 100.0, 0.15, 100.0), 14.0
        ),
        # kubernetes/autoscaler recommender: p90, half-life 24 h, + 15 %, 8 days; first buckets 0.01 core and 10 MB;
        # floors 25 mCPU and 250 MB
        "vpa": Rule(
            "vpa",
            Measure(DECAYED, 90.0, 0.15, 0.025, first_bucket=0.01),
            Measure(DECAYED, 90.0, 0.15, 250.0, first_bucket=1e7 / MIB, daily_peaks=True),
            8.0,
        ),
    }


def rule_of(policy: ProfilePolicy, workload_id: str | None = None) -> Rule:
    """Return the rule of a policy, for one workload when an override matches its id (the last match counts)."""
    rule = presets(policy)[policy.preset]
    rule = replace(
        rule,
        window_days=min(rule.window_days, policy.window_days),
        cpu=_set(rule.cpu, policy.cpu_percentile, policy.cpu_headroom_share),
        memory=_set(rule.memory, policy.memory_percentile, policy.memory_headroom_share),
    )
    for override in policy.overrides:
        if workload_id is not None and fnmatchcase(workload_id, override.match):
            rule = replace(
                rule,
                cpu=_set(rule.cpu, override.cpu_percentile, override.cpu_headroom_share),
                memory=_set(rule.memory, override.memory_percentile, override.memory_headroom_share),
                window_days=min(override.window_days or rule.window_days, policy.window_days),
            )
    return rule


def for_batch(rule: Rule) -> Rule:
    """Return the rule for a batch workload: our own sizes it by the peak of its runs, without headroom.

    A percentile over the whole day would size the job by the hours in which it does not run; a job that uses all it
    has is as fast as it is, not short of CPU. Each figure that the user set stands, and only that one.
    """
    if not rule.own:
        return rule
    ours = {"percentile": 100.0, "headroom_share": 0.0}
    kept = {name: value for name, value in ours.items() if name not in rule.cpu.told}
    return replace(rule, cpu=replace(rule.cpu, **kept))  # type: ignore[arg-type]


def _set(measure: Measure, percentile: float | None, headroom_share: float | None) -> Measure:
    if percentile is not None:
        measure = replace(
            measure, statistic=PERCENTILE, percentile=percentile, told=measure.told | {"percentile"}
        )
    if headroom_share is not None:
        measure = replace(measure, headroom_share=headroom_share, told=measure.told | {"headroom_share"})
    return measure
