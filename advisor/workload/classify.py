"""Batch, burst, steady-state or idle: a few rules on the shape of the load, with how sure they are.

The rules are the rubric of the labels they were tested on (peaks, plateaus, floor, swing), in round numbers from the
configuration; no number was fitted to a series.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from advisor.config import ProfilePolicy
from advisor.terms import WorkloadClass

SURE_AT = 2.0
"""A figure at twice (or half) its threshold is beyond doubt."""
LEAST_SURE = 0.5
ENOUGH_DAYS = 14.0
"""Two weeks show every weekday twice: from there history no longer limits how sure a class is."""


@dataclass(frozen=True)
class Verdict:
    """A class and how sure it is, 0-1."""

    workload_class: WorkloadClass
    confidence: float


def classify(shape: Mapping[str, Any], policy: ProfilePolicy, cpu_share_p99: float | None) -> Verdict:
    """Return the class of a load.

    Args:
        shape: one row of `core.usage_features` of the load.
        cpu_share_p99: 99th percentile of CPU over its reservation, null when unknown.
    """
    days = shape["span_s"] / 86_400
    history = min(1.0, days / ENOUGH_DAYS) ** 0.5
    if shape["max"] <= 0 or (cpu_share_p99 is not None and cpu_share_p99 < policy.idle_cpu_share):
        share = 0.0 if shape["max"] <= 0 else cpu_share_p99 or 0.0
        return Verdict(WorkloadClass.IDLE, _round(history * _above(policy.idle_cpu_share, share)))
    peak = shape["p99"] / shape["mean"] if shape["mean"] > 0 else 1.0
    swing = _swing(shape)
    if peak <= policy.steady_peak_to_mean and swing <= policy.steady_swing:
        margin = min(_above(policy.steady_peak_to_mean, peak), _above(policy.steady_swing, swing))
        return Verdict(WorkloadClass.STEADY_STATE, _round(history * margin))
    uneven = max(_above(peak, policy.steady_peak_to_mean), _above(swing, policy.steady_swing))
    floor, length = shape["run_floor_share"], shape["run_median_s"] or 0.0
    floor = 1.0 if floor is None else floor
    margins = (
        (policy.batch_duty_cycle, shape["duty_cycle"]),
        (policy.batch_floor_share, floor),
        (length, policy.batch_run_s),
    )
    if all(high >= low for high, low in margins):
        return Verdict(
            WorkloadClass.BATCH, _round(history * min(uneven, *(_above(h, low) for h, low in margins)))
        )
    against = max(_above(low, high) for high, low in margins if high < low)
    return Verdict(WorkloadClass.BURST, _round(history * min(uneven, against)))


def _swing(shape: Mapping[str, Any]) -> float:
    low, high = shape["hourly_p05"], shape["hourly_p95"]
    if low is None or high is None or high <= 0:
        return 1.0
    return float(high / low) if low > 0 else math.inf


def _above(high: float, low: float) -> float:
    """Return how clearly `high` exceeds `low`: 0.5 at equality, 1 from twice on."""
    if low <= 0:
        return 1.0
    if high <= 0:
        return LEAST_SURE
    sure = math.log(high / low) / math.log(SURE_AT) if math.isfinite(high) else 1.0
    return LEAST_SURE + (1.0 - LEAST_SURE) * min(1.0, max(0.0, sure))


def _round(confidence: float) -> float:
    return round(confidence, 3)
