"""Drawn workloads against the real series they are calibrated on, class by class.

Two samples of n and m series from one distribution differ by more than 1.63·√((n+m)/(n·m)) in one case of a hundred
(Kolmogorov–Smirnov, 1 % level); the drawn ones must stay inside that, and their median near the real one's.
"""

from __future__ import annotations

import os
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from advisor.usage.synthetic import calibration
from advisor.usage.synthetic.fleet import drawn
from advisor.usage.synthetic.runs import draw_runs
from advisor.usage.synthetic.spec import Jobs
from advisor.usage.synthetic.write import inventory, usage_chunks

DATA = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[3] / "shared")) / "data"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.exists(), reason="the shared real series are not here"),
]
FIGURES = ("cv", "p99_over_mean", "duty_cycle", "acf_24h", "acf_168h")
KINDS = ("steady", "hump", "spike", "batch")
DRAWN, DAYS, SEED = 48, 35, 7
Vector = npt.NDArray[np.float64]


def figures(seconds: npt.NDArray[np.int64], values: Vector) -> dict[str, float]:
    """Return the rubric's statistics of one series; points are averaged to five minutes, gaps stay gaps."""
    slot = (seconds - seconds[0]) // 300
    total, count = np.bincount(slot, values), np.bincount(slot)
    grid = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    x = grid[count > 0]
    hours = grid[: len(grid) // 12 * 12].reshape(-1, 12)
    alive = ~np.isnan(hours).all(axis=1)
    hourly = np.full(len(hours), np.nan)
    hourly[alive] = np.nanmean(hours[alive], axis=1)
    low, high = np.quantile(x, [0.05, 0.99])
    return {
        "cv": float(x.std() / x.mean()),
        "p99_over_mean": float(high / x.mean()),
        "duty_cycle": float((x > low + 0.2 * (high - low)).mean()),
        "acf_24h": repeats(hourly, 24),
        "acf_168h": repeats(hourly, 168),
        "mean": float(x.mean()),
        "run_s": run_length(grid > low + 0.2 * (high - low)),
    }


def run_length(busy: npt.NDArray[np.bool_]) -> float:
    """Return the median length in seconds of stretches of at least ten minutes."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], busy.astype(int), [0]])))
    lengths = (edges[1::2] - edges[::2]) * 300.0
    return float(np.median(lengths[lengths >= 600])) if (lengths >= 600).any() else float("nan")


def repeats(hourly: Vector, lag: int) -> float:
    if len(hourly) < lag + 24:
        return float("nan")
    centred = hourly - np.nanmean(hourly)
    return float(np.nanmean(centred[:-lag] * centred[lag:]) / np.nanvar(hourly))


def real_kind(label: str, label3: str) -> str:
    return label3 if label3 != "burst" else "hump" if label == "periodic" else "spike"


@cache
def real() -> dict[str, list[dict[str, float]]]:
    files = dict(pl.read_csv(DATA / "workloads.csv").select("workload_id", "file").iter_rows())
    out: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for row in pl.read_csv(DATA / "labels.csv").filter(pl.col("step_s") <= 300).iter_rows(named=True):
        series = (
            pl.scan_parquet(DATA / files[row["workload_id"]])
            .filter(pl.col("workload_id") == row["workload_id"])
            .select(
                pl.col("timestamp").dt.epoch("s").alias("s"),
                pl.col(row["labelled_column"]).cast(pl.Float64).alias("v"),
            )
            .drop_nulls()
            .sort("s")
            .collect()
        )
        found = figures(series["s"].to_numpy(), series["v"].to_numpy())
        found["is_cpu"] = float(row["labelled_column"] == "cpu_util_percent")
        out[real_kind(row["label"], row["label3"])].append(found)
    return out


@cache
def usage(kind: str) -> pl.DataFrame:
    """Return five-minute usage of drawn workloads of a kind, with the size of their tasks."""
    specs = [drawn(1000 + i, SEED, kind) for i in range(DRAWN)]
    runs = draw_runs([(s, i) for i, s in enumerate(specs) if isinstance(s.work, Jobs)], DAYS, SEED)
    rows = pl.concat(usage_chunks(specs, runs, DAYS, 300, SEED))
    return rows.join(inventory(specs).select("workload_id", "task_vcpu", "task_memory_mib"), on="workload_id")


@cache
def made(kind: str) -> list[dict[str, float]]:
    rows = usage(kind).with_columns(
        s=pl.col("start").dt.epoch("s"), v=(pl.col("tasks") * pl.col("vcpu_used_mean")).fill_null(0.0)
    )
    groups = [g for _, g in rows.group_by("workload_id", maintain_order=True) if g["v"].sum() > 0]
    return [figures(g["s"].to_numpy(), g["v"].to_numpy()) for g in groups]


def distance(a: Vector, b: Vector) -> float:
    """Return the largest difference between two empirical distribution functions."""
    a, b, both = np.sort(a), np.sort(b), np.concatenate([a, b])
    gap = np.searchsorted(a, both, "right") / len(a) - np.searchsorted(b, both, "right") / len(b)
    return float(np.abs(gap).max())


def allowed(n: int, m: int) -> float:
    return 1.63 * sqrt((n + m) / (n * m))


def known(series: list[dict[str, float]], figure: str) -> Vector:
    values: Vector = np.array([one[figure] for one in series], dtype=np.float64)
    kept: Vector = values[~np.isnan(values)]
    return kept


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("kind", KINDS)
def test_shape_of_a_class(kind: str, figure: str) -> None:
    theirs, ours = known(real()[kind], figure), known(made(kind), figure)
    assert len(theirs) >= 5 and len(ours) >= 40
    found = distance(theirs, ours)
    print(f"{kind} {figure}: distance {found:.2f}, medians {np.median(theirs):.2f} and {np.median(ours):.2f}")
    assert found <= allowed(len(theirs), len(ours))
    if figure in ("cv", "p99_over_mean"):
        assert 1 / 1.6 <= np.median(ours) / np.median(theirs) <= 1.6


@pytest.mark.parametrize(("kind", "other"), [("steady", "batch"), ("hump", "batch"), ("spike", "steady")])
def test_the_distance_tells_classes_apart(kind: str, other: str) -> None:
    theirs, wrong = known(real()[kind], "cv"), known(made(other), "cv")
    assert distance(theirs, wrong) > allowed(len(theirs), len(wrong))


def test_cpu_share_of_steady_services() -> None:
    jobs = pl.read_parquet(DATA / "usage" / "google2011_jobs_10d_5min.parquet")
    labelled = [one["mean"] for one in real()["steady"] if one["is_cpu"]]
    means = jobs.group_by("workload_id").agg(pl.col("cpu_util_percent").mean())["cpu_util_percent"].to_list()
    theirs = np.array(labelled + means) / 100
    ours = per_workload("steady", pl.col("vcpu_used_mean") / pl.col("task_vcpu"))
    assert distance(theirs, ours) <= allowed(len(theirs), len(ours))


def test_memory_share() -> None:
    jobs = pl.read_parquet(DATA / "usage" / "google2011_jobs_10d_5min.parquet")
    means = jobs.group_by("workload_id").agg(pl.col("memory_util_percent").mean())["memory_util_percent"]
    theirs = means.to_numpy() / 100
    ours = per_workload("steady", pl.col("memory_used_mib_mean") / pl.col("task_memory_mib"))
    assert distance(theirs, ours) <= allowed(len(theirs), len(ours))


def per_workload(kind: str, share: pl.Expr) -> Vector:
    means = usage(kind).group_by("workload_id", maintain_order=True).agg(share.mean().alias("x"))
    found: Vector = means["x"].to_numpy()
    return found


def test_peak_minute_over_mean() -> None:
    mean, top = pl.col("other_value").mean(), pl.col("other_value").max()
    real_peaks = (
        pl.read_parquet(DATA / "usage" / "crane_1min.parquet")
        .group_by("workload_id", pl.col("timestamp").dt.truncate("5m"))
        .agg((top / mean).alias("x"))
        .filter(pl.col("x").is_finite())["x"]
    )
    ours = usage("steady").select((pl.col("vcpu_used_max") / pl.col("vcpu_used_mean")).alias("x"))["x"]
    for share in (0.25, 0.5, 0.75, 0.9):
        theirs, found = real_peaks.quantile(share), ours.quantile(share)
        assert theirs is not None and found == pytest.approx(theirs, rel=0.03)


def test_share_of_missing_rows() -> None:
    span = (pl.col("timestamp").max() - pl.col("timestamp").min()).dt.total_seconds() / 300 + 1
    theirs = (
        pl.read_parquet(DATA / "usage" / "bitbrains_rnd_5min.parquet")
        .group_by("workload_id")
        .agg((1 - pl.len() / span).alias("x"))["x"]
        .median()
    )
    ours = usage("steady").group_by("workload_id").agg((1 - pl.len() / (DAYS * 288)).alias("x"))["x"].median()
    assert isinstance(theirs, float) and isinstance(ours, float) and abs(theirs - ours) < 0.01


def test_lengths_of_runs() -> None:
    theirs = np.array([one["run_s"] for one in real()["batch"]])
    specs = [drawn(1000 + i, SEED, "batch") for i in range(DRAWN)]
    runs = draw_runs([(s, i) for i, s in enumerate(specs)], DAYS, SEED)
    length = (pl.col("stopped_s") - pl.col("started_s")).filter(pl.col("stop_code") != "TaskFailedToStart")
    ours = runs.group_by("workload_id").agg(length.median().alias("x"))["x"].drop_nulls().to_numpy()
    assert distance(theirs, ours) <= allowed(len(theirs), len(ours))


def test_task_sizes() -> None:
    sizes = pl.read_csv(DATA / "sizes" / "sizes.csv").drop_nulls().filter(pl.col("n_fargate") > 0)
    theirs = {
        (c / 1024, m): n / sizes["count"].sum()
        for c, m, n in sizes.select("cpu_units", "memory_mib", "count").iter_rows()
    }
    drawn_sizes = [drawn(i, SEED) for i in range(2000)]
    for size, share in theirs.items():
        ours = sum((s.vcpu, s.memory_mib) == size for s in drawn_sizes) / len(drawn_sizes)
        assert abs(ours - share) < 0.04, size
    two = sum(s.memory_mib == s.vcpu * 2048 for s in drawn_sizes) / len(drawn_sizes)
    assert 0.75 < two < 0.88


def test_cadence_of_schedules() -> None:
    crons = pl.read_csv(DATA / "sizes" / "ecs_scheduled_tasks_openstates.csv")["cron"].drop_nulls()
    fields = [c.split() for c in crons if c]
    daily = [h for _, h, dom, _, dow, *_ in fields if dom in "*?" and dow in "*?"]
    hours = [int(h[2:]) if h.startswith("*/") else 24 // len(h.split(",")) for h in daily]
    weights = dict(calibration.CADENCE_HOURS)
    for cadence, weight in weights.items():
        assert abs(hours.count(cadence) / len(hours) - weight / sum(weights.values())) < 0.03, cadence
