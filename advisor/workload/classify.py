"""Batch, burst, steady-state or idle: a few rules on the shape of the load, with how sure they are.

The rules are those of the rubric that the test labels were made by (floor, plateaus, peaks, swing), in round numbers
from the configuration; none was fitted to a series. Each comparison counts as a degree of truth, ½ at its threshold,
all of a rule's comparisons as true as the least of them: the class is the rule that is truest, and that is how sure it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from advisor.config import ProfilePolicy
from advisor.terms import WorkloadClass
from advisor.units import SECONDS_PER_DAY

SHARPNESS = 3.0
"""A figure at twice its threshold is 8 in 9 true: 1 / (1 + 2⁻³)."""
ENOUGH_DAYS = 14.0
"""Two weeks show every weekday twice: from there history no longer limits how sure a class is."""
FEWEST_RUNS = 10
"""Below ten runs a spread of heights says nothing."""


@dataclass(frozen=True)
class Verdict:
    """A class and how sure it is, 0-1."""

    workload_class: WorkloadClass
    confidence: float


def classify(
    shape: Mapping[str, Any], policy: ProfilePolicy, cpu_shares: tuple[float, float] | None = None
) -> Verdict:
    """Return the class of a load.

    Args:
        shape: one row of `core.usage_features` of the load.
        cpu_shares: 99th percentile and maximum of CPU over its reservation, null when unknown.
    """
    history = math.sqrt(min(1.0, shape["span_s"] / SECONDS_PER_DAY / ENOUGH_DAYS))
    idle = _idle(shape, policy, cpu_shares)
    batch = _batch(shape, policy)
    burst = _burst(shape, policy)
    truth = {
        WorkloadClass.IDLE: idle,
        WorkloadClass.BATCH: min(1 - idle, batch),
        WorkloadClass.BURST: min(1 - idle, 1 - batch, burst),
        WorkloadClass.STEADY_STATE: min(1 - idle, 1 - batch, 1 - burst),
    }
    found = max(truth, key=lambda c: truth[c])
    sure = history * truth[found]
    if found is WorkloadClass.BATCH and shape["run_like_count"] < policy.few_runs:
        sure = min(sure, policy.few_runs_confidence)
    return Verdict(found, round(sure, 3))


def _idle(shape: Mapping[str, Any], policy: ProfilePolicy, shares: tuple[float, float] | None) -> float:
    """Nothing runs, or CPU hardly moves: p99 below a hundredth and the peak below a tenth of the reservation."""
    if shape["max"] <= 0:
        return 1.0
    if shares is None:
        return 0.0
    return min(_exceeds(policy.idle_cpu_share, shares[0]), _exceeds(policy.idle_peak_share, shares[1]))


def _batch(shape: Mapping[str, Any], policy: ProfilePolicy) -> float:
    """Discrete runs: rests more than it runs, on an empty floor, runs of ten minutes or more whose heights repeat."""
    if not shape["run_main_count"]:
        return 0.0
    truths = [
        _exceeds(policy.batch_duty_cycle, shape["duty_cycle"]),
        _exceeds(policy.batch_floor_share, shape["run_floor_share"] or 0.0),
        _exceeds(shape["hourly_cv"] or 0.0, policy.batch_hourly_cv),
        _exceeds(shape["run_median_s"], policy.batch_run_s),
    ]
    if shape["run_main_count"] >= FEWEST_RUNS:
        truths.append(_exceeds(policy.batch_height_spread, shape["run_height_spread"]))
    return min(truths)


def _burst(shape: Mapping[str, Any], policy: ProfilePolicy) -> float:
    """Peaks far above the mean, a day that swings, or a level that moves so far that capacity must follow."""
    return max(
        _exceeds(peak_to_mean(shape), policy.burst_peak_to_mean),
        _exceeds(shape["day_swing"] or 1.0, policy.burst_day_swing),
        _exceeds(level_swing(shape), policy.burst_level_swing),
    )


def peak_to_mean(shape: Mapping[str, Any]) -> float:
    """Return the 99th percentile over the mean, 1 when there is no load."""
    return float(shape["p99"] / shape["mean"]) if shape["mean"] > 0 else 1.0


def level_swing(shape: Mapping[str, Any]) -> float:
    """Return the 95th over the 5th percentile of hourly means, outages left out; infinite from an empty floor."""
    low, high = shape["hourly_low"] or 0.0, shape["hourly_p95"] or 0.0
    if high <= 0:
        return 1.0
    return float(high / low) if low > 0 else math.inf


def _exceeds(value: float, threshold: float) -> float:
    """Return how true it is that `value` exceeds `threshold`: ½ at equality, towards 1 above, towards 0 below."""
    if math.isinf(value) or threshold <= 0:
        return 1.0
    if value <= 0:
        return 0.0
    return float(1.0 / (1.0 + (threshold / value) ** SHARPNESS))
