"""What single runs say by themselves: a workload that comes in runs is batch, and its rhythm can be read off."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Runs:
    """The runs of one workload.

    Attributes:
        usual_s: median length; null when no beginning is known.
        busy_days: time in runs; those at once count each.
        span_s: from the first beginning to the last stop.
        begins: seconds since the epoch, ascending.
    """

    count: int
    usual_s: float | None
    busy_days: float
    span_s: float | None
    last_stop_s: int
    begins: list[int]

    @property
    def days(self) -> float:
        """The span of the runs, at least an hour."""
        return max((self.span_s or 0) / SECONDS_PER_DAY, 1 / 24)


def runs_by_workload(runs: pl.DataFrame) -> dict[int, Runs]:
    """Return workload → its runs.

    Args:
        runs: `schema.RUNS` with `workload`.
    """
    lasted_ms = (pl.col("stopped_at") - BEGAN).dt.total_milliseconds()
    table = (
        runs.group_by("workload")
        .agg(
            pl.len().alias("count"),
            (lasted_ms / 1000).median().alias("usual_s"),
            lasted_ms.sum().alias("busy_ms"),
            (pl.col("stopped_at").max() - BEGAN.min()).dt.total_milliseconds().alias("span_ms"),
            pl.col("stopped_at").max().dt.epoch("s").alias("last_stop_s"),
            BEGAN.dt.epoch("s").drop_nulls().sort().alias("begins"),
        )
        .sort("workload")
    )
    return {
        workload: Runs(
            count,
            usual_s,
            float(busy_ms or 0) / 1000 / SECONDS_PER_DAY,
            None if span_ms is None else span_ms / 1000,
            last_stop_s,
            begins,
        )
        for workload, count, usual_s, busy_ms, span_ms, last_stop_s, begins in table.iter_rows()
    }


def run_verdict(runs: Runs, policy: ProfilePolicy) -> Verdict:
    """Return BATCH, the surer the more runs were seen, or STEADY_STATE when few long ones never rest."""
    sure = 1.0 - 0.5 / math.sqrt(runs.count)
    if runs.count < policy.few_runs:
        sure = min(sure, policy.few_runs_confidence)
    if runs.busy_days >= ALWAYS_ON_SHARE * runs.days and runs.count < runs.days:
        return Verdict(WorkloadClass.STEADY_STATE, round(sure, 3))
    return Verdict(WorkloadClass.BATCH, round(sure, 3))


def run_evidence(runs: Runs, policy: ProfilePolicy) -> str:
    """Return length, rhythm and share of the time, in words."""
    busy = runs.busy_days / runs.days
    share = f"busy {busy:.1%} of the time" if busy <= 1 else f"{busy:.1f} at once on average"
    seen = f"{runs.count} runs seen" if runs.count > 1 else "1 run seen"
    rest = f", {share}" if runs.count >= policy.few_runs else ""
    lasts = "runs for an unknown time" if runs.usual_s is None else f"runs {length(runs.usual_s)}"
    return f"{lasts}{often(_begins(runs), policy.few_runs)} ({seen}){rest}"


def _begins(runs: Runs) -> Begins:
    moments = runs.begins
    gaps_s = moments[-1] - moments[0] if moments else 0
    # n beginnings lie n − 1 distances apart
    days = gaps_s / SECONDS_PER_DAY * len(moments) / (len(moments) - 1) if gaps_s else runs.days
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
