"""Why a workload has its class, in one sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.config import ProfilePolicy
from advisor.terms import WorkloadClass
from advisor.units import SECONDS_PER_DAY
from advisor.workload.classify import ENOUGH_DAYS, level_swing, peak_to_mean
from advisor.workload.words import Begins, fold, length, often, part

NEVER = 0.005
"""Idle for less than this share is always on: an hour in nine days."""
WEEK_S = 7 * SECONDS_PER_DAY
MUST_RISE = 0.1
"""Least rise of the autocorrelation at a day or week above that of the lags between."""
MUST_LEAD = 0.1
"""What repeats every day repeats every week too: the longer period must do so clearly better."""


def evidence(
    workload_class: WorkloadClass,
    shape: Mapping[str, Any],
    policy: ProfilePolicy,
    cpu_shares: tuple[float, float] | None = None,
) -> str:
    """Return the figures that decided, in words.

    Args:
        shape: one row of `core.usage_features` of the load.
        cpu_shares: 99th percentile and maximum of CPU over its reservation, null when unknown.
    """
    if workload_class is WorkloadClass.IDLE:
        if cpu_shares is None or shape["max"] <= 0:
            return "no load was measured at any time"
        return f"CPU stays at {cpu_shares[0]:.1%} of what is reserved (p99), at most {cpu_shares[1]:.1%}"
    if workload_class is WorkloadClass.BATCH:
        return (
            f"runs {length(shape['run_median_s'])}{often(_begins(shape), policy.few_runs)}, "
            f"{part(shape['run_share_of_total'])} of its load inside {part(shape['duty_cycle'])} of the time"
        )
    if workload_class is WorkloadClass.STEADY_STATE:
        idle = shape["idle_share"]
        on = "always on" if idle < NEVER else f"on {part(1 - idle)} of the time"
        swing = f", a day swings {fold(shape['day_swing'], 1)}-fold" if shape["day_swing"] is not None else ""
        told = f"{on}; p99 is {peak_to_mean(shape):.1f} times the mean{swing}"
    else:
        told = _burst(shape, policy)
    return told + _rhythm(shape, policy) + _trend(shape, policy)


def _begins(shape: Mapping[str, Any]) -> Begins:
    return Begins(
        shape["run_like_count"],
        shape["span_s"] / SECONDS_PER_DAY,
        (shape["run_at_share"], shape["run_at_s"]),
        (shape["run_around_share"], shape["run_around_s"]),
        shape["covered_s"] / shape["n"],
    )


def _burst(shape: Mapping[str, Any], policy: ProfilePolicy) -> str:
    """Say what stands out most against its threshold."""
    peak, day, level = peak_to_mean(shape), shape["day_swing"] or 1.0, level_swing(shape)
    told = (
        (peak / policy.burst_peak_to_mean, f"peaks of {peak:.1f} times the mean (p99)"),
        (day / policy.burst_day_swing, f"a usual day swings {fold(day)}-fold"),
        (level / policy.burst_level_swing, f"busy hours take {fold(level)} times the quiet ones"),
    )
    return max(told)[1]


def _trend(shape: Mapping[str, Any], policy: ProfilePolicy) -> str:
    """Say that the level grows or falls when it moves far within a history of two weeks or more."""
    days = shape["span_s"] / SECONDS_PER_DAY
    a_day = shape["trend_per_day_share"] or 0.0
    if days < ENOUGH_DAYS or abs(a_day) * days < policy.trend_told_share:
        return ""
    return f", {'grows' if a_day > 0 else 'falls'} by {part(abs(a_day))} of its mean a day"


def period(shape: Mapping[str, Any], policy: ProfilePolicy) -> tuple[int | None, float | None]:
    """Return the dominant period in seconds and its autocorrelation, null when nothing repeats."""
    # a level that shifts is like itself a day later too: a rhythm must rise above the hours between
    day = shape["acf_day"] if (shape["day_rise"] or 0.0) >= MUST_RISE else None
    week = shape["acf_week"] if (shape["week_rise"] or 0.0) >= MUST_RISE else None
    lags = ((day, SECONDS_PER_DAY), (week, WEEK_S), (shape["acf_other"], shape["other_period_s"]))
    found = [(strength, seconds) for strength, seconds in lags if strength is not None and seconds]
    if not found:
        return None, None
    best = max(strength for strength, _ in found)
    seconds, strength = min((s, a) for a, s in found if a >= best - MUST_LEAD)
    return (seconds, strength) if strength >= policy.period_strength else (None, strength)


def _rhythm(shape: Mapping[str, Any], policy: ProfilePolicy) -> str:
    """Say the rhythm, or that there is none where there could have been one; nothing where nobody can know."""
    seconds, strength = period(shape, policy)
    if seconds is not None and strength is not None:
        name = {SECONDS_PER_DAY: "daily", WEEK_S: "weekly"}.get(seconds, f"{seconds // 3600}-hourly")
        return f", {name} rhythm (autocorrelation {strength:.2f})"
    flat = shape["hourly_cv"] == 0 and shape["span_s"] >= 2 * WEEK_S
    day, week = (flat or shape[name] is not None for name in ("acf_day", "acf_week"))
    if day and week:
        return ", no rhythm of day or week"
    if day or week:
        return f", no {'daily' if day else 'weekly'} rhythm"
    return ""
