"""How well one resource of a workload was measured in the window it is sized from: enough to size by, and by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor import core
from advisor.config import ProfilePolicy
from advisor.units import SECONDS_PER_DAY
from advisor.workload.features import RUNNING, cpu_points, memory_points
from advisor.workload.presets import Measure
from advisor.workload.words import part

SHOWN = (50.0, 95.0, 99.0, 100.0)
"""Percentiles that a profile shows, whatever the rule asks for."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Measured:
    """One resource of one workload, per task.

    Attributes:
        figures: `workload, n, first_s, end_s, covered_s, max, max_hourly_p99, decayed` and `p<percentile>` of its sizing
            window; null when it was not measured there.
        peak: the highest value of the policy's whole window; null when it was never measured.
        rest_s: time since it was first measured in which nothing ran: nothing to measure.
        means_s: time of which only a mean is known that hides the peak.
        mean_interval_s: longest interval of that kind.
    """

    figures: Row | None = None
    peak: float | None = None
    rest_s: int = 0
    means_s: int = 0
    mean_interval_s: int = 0


NOT_MEASURED = Measured()


def cpu_measured(
    rows: pl.DataFrame, sized: pl.DataFrame, measures: Iterable[Measure], mean_hides_above_s: float
) -> dict[int, Measured]:
    """Return CPU by workload.

    Args:
        rows: those in the policy's window.
        sized: those of them in the sizing window.
        measures: what the rules ask for.
        mean_hides_above_s: a mean over more hides what a percentile is about.
    """
    hidden = (
        (pl.col("interval_s") > mean_hides_above_s)
        & pl.col("vcpu_used_max").is_null()
        & pl.col("vcpu_used_mean").is_not_null()
    )
    whole = cpu_points(rows, mean_hides_above_s)
    points = whole if sized is rows else cpu_points(sized, mean_hides_above_s)
    return _measured(whole, points, sized, measures, hidden)


def memory_measured(
    rows: pl.DataFrame, sized: pl.DataFrame, measures: Iterable[Measure]
) -> dict[int, Measured]:
    """Return memory by workload; the frames are those of `cpu_measured`."""
    hidden = pl.col("memory_used_mib_max").is_null() & pl.col("memory_used_mib_mean").is_not_null()
    whole = memory_points(rows)
    points = whole if sized is rows else memory_points(sized)
    return _measured(whole, points, sized, measures, hidden)


def _measured(
    whole: pl.DataFrame,
    points: pl.DataFrame,
    sized: pl.DataFrame,
    measures: Iterable[Measure],
    hidden: pl.Expr,
) -> dict[int, Measured]:
    found = figures(points, measures)
    by_workload = {r["workload"]: r for r in found.iter_rows(named=True)}
    if points is whole:
        peaks = {w: r["max"] for w, r in by_workload.items()}
    else:
        peaks = dict(whole.group_by("series").agg(pl.col("value").max()).iter_rows())
    rests = _rests(sized, found)
    means = {
        w: (total, longest)
        for w, total, longest in sized.filter(RUNNING & hidden)
        .group_by("workload")
        .agg(pl.col("interval_s").sum().alias("total"), pl.col("interval_s").max())
        .iter_rows()
    }
    return {
        w: Measured(by_workload.get(w), peak, rests.get(w, 0), *means.get(w, (0, 0)))
        for w, peak in peaks.items()
    }


def figures(points: pl.DataFrame, measures: Iterable[Measure]) -> pl.DataFrame:
    """Return what the measures ask of series: columns as in `Measured.figures`."""
    measures = list(measures)
    percentiles = sorted({*SHOWN, *(m.percentile for m in measures)})
    decay = next((m.decay for m in measures if m.decay), None)
    found = core.usage_sizes(points, [p / 100 for p in percentiles], decay=decay)
    return found.rename({"series": "workload"} | {f"q{k}": f"p{p:g}" for k, p in enumerate(percentiles)})


def _rests(sized: pl.DataFrame, found: pl.DataFrame) -> dict[int, int]:
    """Return by workload the time without a task since the resource was first measured."""
    resting = sized.filter(pl.col("tasks") == 0)
    if not len(resting):
        return {}
    since = resting.join(found.select("workload", "first_s"), on="workload")
    after = since.filter(pl.col("start").dt.epoch("s") >= pl.col("first_s"))
    return dict(after.group_by("workload").agg(pl.col("interval_s").sum()).iter_rows())


def missing(
    measured: Measured, window_days: float, end_s: int, policy: ProfilePolicy, busy_s: float | None = None
) -> str | None:
    """Return why a resource cannot be sized, in words; null when it can.

    Args:
        window_days: the rule's window.
        end_s: end of what is known of the workload, seconds since the epoch.
        busy_s: time in which it ran, when its runs are known.
    """
    if measured.figures is None:
        return "not measured" if measured.peak is None else f"not measured in the last {window_days:g} days"
    span_s = max(end_s, measured.figures["end_s"]) - measured.figures["first_s"]
    days = span_s / SECONDS_PER_DAY
    if window_days <= policy.min_days:
        # the rule looks at no more than this: what is not known of it is a gap
        span_s = max(span_s, round(window_days * SECONDS_PER_DAY))
    elif days < policy.min_days:
        return f"measured for {_days(days)} only, {policy.min_days:g} days are asked for (profile.min_days)"
    ran_s = span_s - measured.rest_s if busy_s is None else min(span_s, busy_s)
    known = min(1.0, measured.figures["covered_s"] / ran_s) if ran_s > 0 else 1.0
    if known < policy.min_coverage_share:
        return (
            f"measured in {part(known)} of the time only, "
            f"{policy.min_coverage_share:.0%} is asked for (profile.min_coverage_share)"
        )
    return None


def _days(days: float) -> str:
    return f"{days:.1f} days" if days >= 1 else f"{days * 24:.0f} h"
