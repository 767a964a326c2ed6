"""What single runs say by themselves: a workload that comes in runs is batch, and its rhythm can be read off."""

from __future__ import annotations

import math

import polars as pl

from advisor.terms import WorkloadClass
from advisor.workload.classify import Verdict

ALWAYS_ON_SHARE = 0.9
"""Runs that follow each other without a rest are a service in disguise."""


def _lengths_s(runs: pl.DataFrame) -> pl.Series:
    began = runs.select(pl.coalesce("started_at", "pull_started_at", "created_at")).to_series()
    return (runs["stopped_at"] - began).dt.total_milliseconds() / 1000


def run_verdict(runs: pl.DataFrame) -> Verdict:
    """Return BATCH, the surer the more runs were seen, or STEADY_STATE when they never rest."""
    days = max(_days(runs), 1 / 24)
    busy = (_lengths_s(runs).sum() or 0.0) / 86_400 / days
    sure = round(1.0 - 0.5 / math.sqrt(len(runs)), 3)
    if busy >= ALWAYS_ON_SHARE and len(runs) < days:
        return Verdict(WorkloadClass.STEADY_STATE, sure)
    return Verdict(WorkloadClass.BATCH, sure)


def run_evidence(runs: pl.DataFrame) -> str:
    """Return length, rhythm and share of the time, in words."""
    lengths = _lengths_s(runs)
    median = float(lengths.median() or 0.0)  # type: ignore[arg-type]
    days = max(_days(runs), 1 / 24)
    a_day = len(runs) / days
    began = runs.select(pl.coalesce("started_at", "pull_started_at", "created_at")).to_series()
    angle = (began.dt.epoch("s") % 86_400) / 86_400 * 2 * math.pi
    x, y = angle.cos().sum() / len(runs), angle.sin().sum() / len(runs)
    clock = round(math.atan2(y, x) % (2 * math.pi) / (2 * math.pi) * 96) * 15 % 1440
    when = f" around {clock // 60:02d}:{clock % 60:02d} UTC" if math.hypot(x, y) > 0.9 else ""
    often = (
        f"{a_day:.0f} times a day"
        if a_day >= 1.5
        else "every day"
        if a_day > 0.8
        else f"{a_day * 7:.1f} times a week"
    )
    length = (
        f"{median:.0f} s"
        if median < 90
        else f"{median / 60:.0f} min"
        if median < 5400
        else f"{median / 3600:.1f} h"
    )
    share = (lengths.sum() or 0.0) / 86_400 / days
    return f"runs {length} {often}{when} ({len(runs)} runs seen), {share:.1%} of the time"


def _days(runs: pl.DataFrame) -> float:
    span = runs["stopped_at"].max() - runs["stopped_at"].min()  # type: ignore[operator]
    return span.total_seconds() / 86_400  # type: ignore[union-attr]
