"""Why a workload has its class, in one sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.config import ProfilePolicy
from advisor.terms import WorkloadClass
from advisor.units import SECONDS_PER_DAY, format_share
from advisor.workload.classify import level_swing, peak_to_mean

SAME_TIME = 0.9
"""Agreement of the beginnings from which runs start "at" a time of day."""
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
        often = frequency(
            shape["run_main_count"] * SECONDS_PER_DAY / shape["span_s"],
            shape["run_start_agreement"],
            shape["run_start_of_day_s"],
        )
        work = format_share(shape["run_share_of_total"])
        return (
            f"runs {length(shape['run_median_s'])}{often}, "
            f"{work} of its load inside {format_share(shape['duty_cycle'])} of the time"
        )
    if workload_class is WorkloadClass.STEADY_STATE:
        swing = shape["day_swing"] or 1.0
        return (
            f"always on; p99 is {peak_to_mean(shape):.1f} times the mean, "
            f"a day swings {swing:.1f}-fold{_rhythm(shape, policy)}"
        )
    return _burst(shape, policy)


def _burst(shape: Mapping[str, Any], policy: ProfilePolicy) -> str:
    """Say what stands out most against its threshold."""
    peak, day, level = peak_to_mean(shape), shape["day_swing"] or 1.0, level_swing(shape)
    told = (
        (peak / policy.burst_peak_to_mean, f"peaks of {peak:.1f} times the mean (p99)"),
        (day / policy.burst_day_swing, f"a usual day swings {min(day, 99):.0f}-fold"),
        (level / policy.burst_level_swing, f"busy hours take {min(level, 99):.0f} times the quiet ones"),
    )
    return max(told)[1] + _rhythm(shape, policy)


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
    seconds, strength = period(shape, policy)
    if seconds is None or strength is None:
        return ", no rhythm of day or week"
    name = {SECONDS_PER_DAY: "daily", WEEK_S: "weekly"}.get(seconds, f"{seconds // 3600}-hourly")
    return f", {name} rhythm (autocorrelation {strength:.2f})"


def frequency(a_day: float, agreement: float | None, of_day_s: float | None) -> str:
    """Return how often and when runs begin: ` every night at 02:00 UTC`, `, 3.0 times a day`."""
    if (agreement or 0.0) < SAME_TIME or of_day_s is None:
        return f", {a_day:.1f} times a day" if a_day >= 1 else f", {a_day * 7:.1f} times a week"
    quarter = round(of_day_s / 900) * 15 % 1440
    clock = f"at {quarter // 60:02d}:{quarter % 60:02d} UTC"
    night = quarter < 6 * 60
    if a_day >= 1.5:
        return f" {a_day:.0f} times a day {clock}"
    if a_day >= 0.8:
        return f" every {'night' if night else 'day'} {clock}"
    return f" {a_day * 7:.1f} times a week {clock}"


def length(seconds: float) -> str:
    """Return a duration as people say it: `45 s`, `23 min`, `4.2 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
