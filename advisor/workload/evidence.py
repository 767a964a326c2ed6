"""Why a workload has its class, in one sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.config import ProfilePolicy
from advisor.terms import WorkloadClass
from advisor.units import format_share

SAME_TIME = 0.9
"""Agreement of the beginnings from which runs start "at" a time of day."""
DAY_S, WEEK_S = 86_400, 604_800


def evidence(workload_class: WorkloadClass, shape: Mapping[str, Any], policy: ProfilePolicy) -> str:
    """Return the figures that decided, in words."""
    rhythm = _rhythm(shape, policy)
    peak = shape["p99"] / shape["mean"] if shape["mean"] > 0 else 1.0
    if workload_class is WorkloadClass.IDLE:
        return "CPU stays below 1 % of what is reserved, at every hour"
    if workload_class is WorkloadClass.BATCH:
        share = format_share(shape["hours_share_of_98"] or 1.0)
        return f"runs {_length(shape['run_median_s'])}{_when(shape)}, 98% of its load inside {share} of the hours"
    if workload_class is WorkloadClass.STEADY_STATE:
        return f"always on; p99 is {peak:.1f} times the mean{rhythm}"
    return f"peaks of {peak:.1f} times the mean (p99), above its floor {format_share(shape['duty_cycle'])} of the time{rhythm}"


def period(shape: Mapping[str, Any], policy: ProfilePolicy) -> tuple[int | None, float | None]:
    """Return the dominant period in seconds and its autocorrelation, null when nothing repeats."""
    found = [
        (shape[name], seconds)
        for name, seconds in (
            ("acf_day", DAY_S),
            ("acf_week", WEEK_S),
            ("acf_other", shape["other_period_s"]),
        )
        if shape[name] is not None and seconds
    ]
    if not found:
        return None, None
    # a week holds every day: it must repeat clearly better to be the period
    best = max(found, key=lambda f: f[0] - (0.1 if f[1] == WEEK_S else 0.0))
    return (best[1], best[0]) if best[0] >= policy.period_strength else (None, best[0])


def _rhythm(shape: Mapping[str, Any], policy: ProfilePolicy) -> str:
    seconds, strength = period(shape, policy)
    if seconds is None or strength is None:
        return ", no rhythm of day or week"
    name = {DAY_S: "daily", WEEK_S: "weekly"}.get(seconds, f"{seconds // 3600}-hourly")
    return f", {name} rhythm (autocorrelation {strength:.2f})"


def _when(shape: Mapping[str, Any]) -> str:
    runs_a_day = shape["run_count"] / max(1.0, shape["span_s"] / DAY_S)
    if (shape["run_start_agreement"] or 0.0) >= SAME_TIME:
        clock = round(shape["run_start_of_day_s"] / 900) * 900 % DAY_S
        often = (
            "every day"
            if runs_a_day > 0.8
            else f"{runs_a_day * 7:.0f} times a week"
            if runs_a_day > 0.1
            else "now and then"
        )
        return f" {often} around {clock // 3600:02.0f}:{clock % 3600 // 60:02.0f} UTC"
    return f", {runs_a_day:.1f} times a day" if runs_a_day >= 0.95 else f", {runs_a_day * 7:.1f} times a week"


def _length(seconds: float | None) -> str:
    if seconds is None:
        return "briefly"
    if seconds < 5400:
        return f"{max(1, round(seconds / 60))} min"
    return f"{seconds / 3600:.1f} h"
