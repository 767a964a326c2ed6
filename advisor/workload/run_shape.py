"""What single runs say by themselves: a workload that comes in runs is batch, and its rhythm can be read off."""

from __future__ import annotations

import math
from bisect import bisect_right
from statistics import median

import polars as pl

from advisor.config import ProfilePolicy
from advisor.terms import WorkloadClass
from advisor.units import SECONDS_PER_DAY
from advisor.workload.classify import Verdict
from advisor.workload.runs import BEGAN
from advisor.workload.words import Begins, length, often

AT_S = 1800
"""Beginnings within a quarter of an hour of their middle are at the same time …"""
AROUND_S = 7200
"""… within an hour, around the same time."""

ALWAYS_ON_SHARE = 0.9
"""Runs that follow each other without a rest are a service in disguise."""


def run_verdict(runs: pl.DataFrame, policy: ProfilePolicy) -> Verdict:
    """Return BATCH, the surer the more runs were seen, or STEADY_STATE when few long ones never rest."""
    days = _days(runs)
    sure = 1.0 - 0.5 / math.sqrt(len(runs))
    if len(runs) < policy.few_runs:
        sure = min(sure, policy.few_runs_confidence)
    if busy_days(runs) >= ALWAYS_ON_SHARE * days and len(runs) < days:
        return Verdict(WorkloadClass.STEADY_STATE, round(sure, 3))
    return Verdict(WorkloadClass.BATCH, round(sure, 3))


def run_evidence(runs: pl.DataFrame, policy: ProfilePolicy) -> str:
    """Return length, rhythm and share of the time, in words."""
    usual_s = runs.select(_lengths_s().median()).item()
    busy = busy_days(runs) / _days(runs)
    share = f"busy {busy:.1%} of the time" if busy <= 1 else f"{busy:.1f} at once on average"
    seen = f"{len(runs)} runs seen" if len(runs) > 1 else "1 run seen"
    rest = f", {share}" if len(runs) >= policy.few_runs else ""
    return f"runs {length(usual_s)}{often(_begins(runs), policy.few_runs)} ({seen}){rest}"


def _begins(runs: pl.DataFrame) -> Begins:
    moments = runs.select(BEGAN.dt.epoch("s").alias("t")).drop_nulls()["t"].sort().to_list()
    gaps_s = moments[-1] - moments[0] if moments else 0
    # n beginnings lie n − 1 distances apart
    days = gaps_s / SECONDS_PER_DAY * len(moments) / (len(moments) - 1) if gaps_s else _days(runs)
    return Begins(len(moments), days, gathered(moments, AT_S), gathered(moments, AROUND_S), 1.0)


def gathered(moments: list[int], width_s: int) -> tuple[float, float]:
    """Return the share of moments that lie within `width_s` on the clock, at most, and their middle in the day.

    As `series/clock.rs` does for the runs of a load.
    """
    face = sorted(int(t) % SECONDS_PER_DAY for t in moments)
    if not face:
        return 0.0, 0.0
    round_again = face + [t + SECONDS_PER_DAY for t in face]
    ends = [min(bisect_right(round_again, t + width_s), i + len(face)) for i, t in enumerate(face)]
    best = max(range(len(face)), key=lambda i: (ends[i] - i, -i))
    inside = round_again[best : ends[best]]
    return len(inside) / len(face), median(inside) % SECONDS_PER_DAY


def _lengths_s() -> pl.Expr:
    return (pl.col("stopped_at") - BEGAN).dt.total_milliseconds() / 1000


def busy_days(runs: pl.DataFrame) -> float:
    """Return the time in runs; those at once count each."""
    milli = runs.select((pl.col("stopped_at") - BEGAN).dt.total_milliseconds().sum()).item()
    return float(milli or 0) / 1000 / SECONDS_PER_DAY


def _days(runs: pl.DataFrame) -> float:
    """Return the span of the runs, at least an hour."""
    span_s = runs.select((pl.col("stopped_at").max() - BEGAN.min()).dt.total_seconds()).item()
    return max(float(span_s or 0) / SECONDS_PER_DAY, 1 / 24)
