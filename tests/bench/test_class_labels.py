"""How well the classes agree with the hand labels, and how well they bear disturbance. `make bench` prints the report."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from class_labels import NAMES, SHARED, WEEK_S, Labelled, agreed, confusion, macro_f1, read, usage_of

from advisor.config import ProfilePolicy
from advisor.workload import profile

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not (SHARED / "labels.csv").exists(), reason="the shared data are not here"),
]


@pytest.fixture(scope="module")
def labelled() -> Labelled:
    return read()


def classes(labelled: Labelled, points: pl.DataFrame) -> list[str]:
    found = profile(usage_of(labelled, points), ProfilePolicy()).table["workload_class"].to_list()
    return [NAMES[c] for c in found]


def scores(labelled: Labelled, found: list[str]) -> tuple[float, float]:
    labels = labelled.labels["label3"].to_list()
    also = labelled.labels["also_acceptable"].to_list()
    allowed = [agreed(*row) for row in zip(labels, also, found, strict=True)]
    return macro_f1(labels, found), macro_f1(allowed, found)


def test_agrees_with_the_labels(labelled: Labelled) -> None:
    strict, tolerant = scores(labelled, classes(labelled, labelled.points))
    assert strict >= 0.75
    assert tolerant >= 0.85


@pytest.mark.bench
def test_report_of_the_agreement(labelled: Labelled) -> None:
    """A measure: what must hold is asserted above, by `make test` too."""
    found = classes(labelled, labelled.points)
    strict, tolerant = scores(labelled, found)
    labels = labelled.labels["label3"].to_list()
    print(f"\nmacro-F1 {strict:.3f} strictly, {tolerant:.3f} counting what a second reader could defend")
    print(confusion(labels, found))
    for name, label, also, got in zip(
        labelled.labels["workload_id"], labels, labelled.labels["also_acceptable"], found, strict=True
    ):
        if got != label:
            print(f"  {name}: label {label}, found {got}{' (acceptable)' if got in also.split('|') else ''}")


def halves(points: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the newer and the older half of every series, and every second week of the long ones."""
    middle = (pl.col("start_s").min() + pl.col("start_s").max()).over("series") // 2
    week = (pl.col("start_s") - pl.col("start_s").min().over("series")) // WEEK_S
    long = (pl.col("start_s").max() - pl.col("start_s").min()).over("series") >= 4 * WEEK_S
    return [
        points.filter(pl.col("start_s") >= middle),
        points.filter(pl.col("start_s") < middle),
        points.filter(~long | (week % 2 == 0)),
        points.filter(~long | (week % 2 == 1)),
    ]


def noisy(points: pl.DataFrame, seed: int) -> pl.DataFrame:
    factor = np.random.default_rng(seed).normal(1.0, 0.05, len(points)).clip(0.5, 1.5)
    return points.with_columns(pl.col("value") * pl.Series(factor))


@pytest.mark.slow
def test_bears_disturbance(labelled: Labelled) -> None:
    base = classes(labelled, labelled.points)
    cases = {
        "newer half": halves(labelled.points)[0],
        "older half": halves(labelled.points)[1],
        "even weeks": halves(labelled.points)[2],
        "odd weeks": halves(labelled.points)[3],
        "noise 5 %": noisy(labelled.points, 1),
        "noise 5 %, again": noisy(labelled.points, 2),
        "shift 7 h": labelled.points.with_columns(pl.col("start_s") + 7 * 3600),
        "scale 3": labelled.points.with_columns(pl.col("value") * 3),
    }
    print()
    same: dict[str, float] = {}
    for name, points in cases.items():
        found = classes(labelled, points)
        same[name] = sum(a == b for a, b in zip(base, found, strict=True)) / len(base)
        strict, tolerant = scores(labelled, found)
        print(
            f"{name:<18} same class {same[name]:.0%}, macro-F1 {strict:.3f} strictly, {tolerant:.3f} tolerantly"
        )
    # what must not matter must hardly matter; half of the history may honestly look different
    assert all(same[name] >= 0.95 for name in ("noise 5 %", "noise 5 %, again", "shift 7 h", "scale 3"))
    assert all(share >= 0.75 for share in same.values())


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_no_threshold_sits_on_a_series(labelled: Labelled, factor: float) -> None:
    """Moving any threshold by a fifth keeps the agreement: none was fitted."""
    policy = ProfilePolicy()
    usage = usage_of(labelled, labelled.points)
    print()
    for name in (
        "batch_duty_cycle",
        "batch_floor_share",
        "batch_hourly_cv",
        "batch_run_s",
        "batch_height_spread",
        "burst_peak_to_mean",
        "burst_day_swing",
        "burst_level_swing",
    ):
        moved = ProfilePolicy(**{name: getattr(policy, name) * factor})
        found = [NAMES[c] for c in profile(usage, moved).table["workload_class"].to_list()]
        strict, tolerant = scores(labelled, found)
        print(f"{name:<20} x {factor}: macro-F1 {strict:.3f} strictly, {tolerant:.3f} tolerantly")
        assert strict >= 0.75, name
        assert tolerant >= 0.85, name
