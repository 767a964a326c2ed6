"""The 44 labelled series as usage, their labels, and how well classes agree with them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from advisor.model import Usage
from advisor.schema import COMMITMENTS, INSTANCES, RUNS, USAGE, UTC_DATETIME, WORKLOADS, conform, dtypes

SHARED = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[3] / "shared")) / "data"
CLASSES = ("batch", "burst", "steady")
# the labels know three classes; their rubric calls a nearly idle machine that is always on steady
NAMES = {"BATCH": "batch", "BURST": "burst", "STEADY_STATE": "steady", "IDLE": "steady"}
WEEK_S = 7 * 86_400


@dataclass(frozen=True)
class Labelled:
    """Points `series, start_s, interval_s, value` and one label row per series."""

    labels: pl.DataFrame
    points: pl.DataFrame


def read() -> Labelled:
    """Read the labelled series, each moved by whole weeks so that all end in the same week."""
    files = pl.read_csv(SHARED / "workloads.csv").select("workload_id", "file", "step_s")
    labels = (
        pl.read_csv(SHARED / "labels.csv")
        .drop("step_s")
        .join(files, on="workload_id", maintain_order="left")
        .with_row_index("series")
        .with_columns(pl.col("also_acceptable").fill_null(""))
    )
    parts = []
    for row in labels.iter_rows(named=True):
        column = row["labelled_column"]
        frame = pl.read_parquet(SHARED / row["file"]).filter(pl.col("workload_id") == row["workload_id"])
        # percent of one vCPU, so that one per cent of use is one per cent of the size
        scale = 100.0 if column == "cpu_util_percent" else 1.0
        parts.append(
            frame.select(
                pl.lit(row["series"], dtype=pl.UInt32).alias("series"),
                pl.col("timestamp").dt.epoch("s").alias("start_s"),
                pl.lit(row["step_s"], dtype=pl.Int64).alias("interval_s"),
                (pl.col(column).cast(pl.Float64) / scale).alias("value"),
            )
            .drop_nulls()
            .sort("start_s")
        )
    points = pl.concat(parts)
    end = points["start_s"].max()
    behind = (pl.lit(end) - pl.col("start_s").max().over("series")) // WEEK_S * WEEK_S
    return Labelled(labels, points.with_columns(pl.col("start_s") + behind))


def usage_of(labelled: Labelled, points: pl.DataFrame) -> Usage:
    """Return points as usage: task counts as tasks, everything else as vCPU of one task."""
    kind = labelled.labels.select("series", "labelled_column")
    workloads = labelled.labels.select(
        "workload_id",
        pl.when(pl.col("labelled_column") == "cpu_util_percent").then(1.0).alias("task_vcpu"),
    )
    counted = pl.col("labelled_column") == "running_tasks"
    usage = (
        points.join(kind, on="series")
        .sort("series", "start_s")
        .with_columns(
            (pl.col("start_s") * 1_000_000).cast(UTC_DATETIME).alias("start"),
            pl.when(counted).then("value").alias("tasks"),
            pl.when(~counted).then("value").alias("vcpu_used_mean"),
            pl.lit("").alias("workload_id"),
        )
    )
    rows = conform(usage, USAGE).drop("workload_id")
    return Usage(
        name="labels",
        workloads=conform(workloads, WORKLOADS),
        usage=rows.insert_column(0, usage["series"].alias("workload")),
        runs=pl.DataFrame(schema={"workload": pl.UInt32} | {c.name: c.dtype for c in RUNS[1:]}),
        instances=pl.DataFrame(schema=dtypes(INSTANCES)),
        commitments=pl.DataFrame(schema=dtypes(COMMITMENTS)),
    )


def agreed(label: str, also: str, found: str) -> str:
    """Return the label that counts when a second reader's view counts too."""
    return found if found in also.split("|") else label


def macro_f1(labels: list[str], found: list[str]) -> float:
    """Return the mean over classes of the harmonic mean of precision and recall."""
    scores = []
    for name in CLASSES:
        pairs = list(zip(labels, found, strict=True))
        hit = sum(a == b == name for a, b in pairs)
        wrong = sum((a == name) != (b == name) for a, b in pairs)
        scores.append(2 * hit / (2 * hit + wrong) if hit + wrong else 1.0)
    return sum(scores) / len(scores)


def confusion(labels: list[str], found: list[str]) -> str:
    """Return the confusion matrix as text: a row per label, a column per class found."""
    lines = ["label \\ found " + "".join(f"{c:>8}" for c in CLASSES)]
    for name in CLASSES:
        counts = [sum(a == name and b == c for a, b in zip(labels, found, strict=True)) for c in CLASSES]
        lines.append(f"{name:<14}" + "".join(f"{n:>8}" for n in counts))
    return "\n".join(lines)
