"""What single runs say by themselves: a workload that comes in runs is batch, and its rhythm can be read off."""

from __future__ import annotations

import math

import polars as pl

from advisor.terms import WorkloadClass
from advisor.units import SECONDS_PER_DAY
from advisor.workload.classify import Verdict
from advisor.workload.evidence import frequency, length
from advisor.workload.runs import BEGAN

ALWAYS_ON_SHARE = 0.9
"""Runs that follow each other without a rest are a service in disguise."""


def run_verdict(runs: pl.DataFrame) -> Verdict:
    """Return BATCH, the surer the more runs were seen, or STEADY_STATE when few long ones never rest."""
    days = _days(runs)
    sure = round(1.0 - 0.5 / math.sqrt(len(runs)), 3)
    if _busy_days(runs) >= ALWAYS_ON_SHARE * days and len(runs) < days:
        return Verdict(WorkloadClass.STEADY_STATE, sure)
    return Verdict(WorkloadClass.BATCH, sure)


def run_evidence(runs: pl.DataFrame) -> str:
    """Return length, rhythm and share of the time, in words."""
    angle = pl.lit(2 * math.pi / SECONDS_PER_DAY) * (BEGAN.dt.epoch("s") % SECONDS_PER_DAY)
    x, y, median = runs.select(
        angle.cos().mean().alias("x"), angle.sin().mean().alias("y"), _lengths_s().median().alias("length")
    ).row(0)
    of_day_s = math.atan2(y, x) % (2 * math.pi) / (2 * math.pi) * SECONDS_PER_DAY
    days = _days(runs)
    often = frequency(len(runs) / days, math.hypot(x, y), of_day_s)
    busy = _busy_days(runs) / days
    share = f"busy {busy:.1%} of the time" if busy <= 1 else f"{busy:.1f} at once on average"
    return f"runs {length(median)}{often} ({len(runs)} runs seen), {share}"


def _lengths_s() -> pl.Expr:
    return (pl.col("stopped_at") - BEGAN).dt.total_milliseconds() / 1000


def _busy_days(runs: pl.DataFrame) -> float:
    milli = runs.select((pl.col("stopped_at") - BEGAN).dt.total_milliseconds().sum()).item()
    return float(milli or 0) / 1000 / SECONDS_PER_DAY


def _days(runs: pl.DataFrame) -> float:
    """Return the span of the runs, at least an hour."""
    span_s = runs.select((pl.col("stopped_at").max() - BEGAN.min()).dt.total_seconds()).item()
    return max(float(span_s or 0) / SECONDS_PER_DAY, 1 / 24)
