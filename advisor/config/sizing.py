"""How workloads are classed and sized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from advisor.config.kinds import STRICT, Flag, NonNegative, Positive, Share


@dataclass(frozen=True)
class SizeOverride:
    """Sizing of one workload; null keeps the policy's value. `match` is a glob on `workload_id`."""

    __pydantic_config__ = STRICT
    match: str
    cpu_percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    memory_percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    cpu_headroom_share: NonNegative | None = None
    memory_headroom_share: NonNegative | None = None
    window_days: Annotated[float, Field(gt=0, le=400)] | None = None
    """Newest part of the history that its size is read from, within `profile.window_days`."""


@dataclass(frozen=True)
class ProfilePolicy:
    """How usage is read into a class and a size."""

    __pydantic_config__ = STRICT
    preset: Literal["default", "compute-optimizer", "cloudfix", "krr", "vpa"] = "default"
    """Sizing rule; the named ones reproduce what those tools publish."""
    window_days: Annotated[float, Field(gt=0, le=400)] = 90.0
    """Longest history looked at: a quarter holds every weekly shape and one month end of each kind."""
    min_days: NonNegative = 7.0
    """Below a week no weekly peak was seen: sizes are withheld."""
    min_coverage_share: Share = 0.5
    """With more than half of the time unmeasured the peak is as likely missed as seen."""
    cpu_percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    memory_percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    cpu_headroom_share: NonNegative | None = None
    memory_headroom_share: NonNegative | None = None
    """Null: what the preset says."""
    allow_memory_below_peak: Flag = False
    """An out-of-memory kill costs more than any saving: never below the observed peak unless told."""
    overrides: tuple[SizeOverride, ...] = ()
    batch_duty_cycle: Positive = 0.4
    """A batch job rests more than it runs (the labels' rubric)."""
    batch_floor_share: Positive = 0.1
    """Between runs a batch job uses at most a tenth of what it uses in them."""
    batch_hourly_cv: Positive = 1.0
    """Hours of a batch job differ by more than their mean (rubric: CV > 1)."""
    batch_run_s: Positive = 600.0
    """A run lasts ten minutes or more; shorter peaks are bursts (rubric)."""
    batch_height_spread: Positive = 0.5
    """Heights repeat from run to run: the middle half of them lies within half of the median."""
    few_runs: Annotated[int, Field(ge=1)] = 3
    """Two runs have a distance, no rhythm: fewer than three are counted, not called a habit …"""
    few_runs_confidence: Share = 0.5
    """… and the class that rests on them is at most as sure as a coin."""
    burst_peak_to_mean: Positive = 3.0
    """p99 over mean from which capacity for the peak stands mostly idle (rubric: > 3 is typical)."""
    burst_day_swing: Positive = 3.0
    """Busiest over quietest hour of a usual day from which following the load pays (rubric: about 3)."""
    burst_level_swing: Positive = 4.0
    """95th over 5th percentile of hours: a level shift of up to four times is one resize, not a burst."""
    idle_cpu_share: Positive = 0.01
    """A workload whose p99 of CPU stays below 1 % of its reservation does nothing that we can see …"""
    idle_peak_share: Positive = 0.1
    """… if it never took a tenth of it either: a weekly job hides above p99."""
    period_strength: Share = 0.5
    """Autocorrelation from which a repetition is called a period."""
    trend_told_share: Positive = 0.5
    """A level that moves by half of its mean within the history is told to grow or fall."""
    mean_hides_above_s: NonNegative = 300.0
    """CPU is sized by interval means up to five minutes, by maxima above: a longer mean hides what a percentile is about."""
    peak_told_ratio: Positive = 3.0
    """A peak of three times the advised size is told beside it: a percentile may pass over it, a reader must not."""
    optimized_within_share: Share = 0.1
    """A size that could shrink by less than a tenth is called optimized."""
    cpu_step_vcpu: Positive = 0.03125
    """Sizes are rounded up to 32 CPU units: finer differences are noise."""
    memory_step_mib: Positive = 32.0
    min_vcpu: Positive = 0.0625
    min_memory_mib: Positive = 64.0
    """Smaller tasks are dominated by the agent's own jitter."""
