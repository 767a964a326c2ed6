"""How long 1,000 workloads × 30 days × 5 minutes take to profile. `pytest -m bench -s` prints it."""

from __future__ import annotations

import resource
import time

import numpy as np
import polars as pl
import pytest

from advisor.config import ProfilePolicy
from advisor.model import Usage
from advisor.schema import COMMITMENTS, INSTANCES, RUNS, UTC_DATETIME, WORKLOADS, conform, dtypes
from advisor.workload import profile

WORKLOAD_COUNT, POINTS = 1000, 8640


def fleet() -> Usage:
    n = WORKLOAD_COUNT * POINTS
    rng = np.random.default_rng(0)
    slot = np.tile(np.arange(POINTS, dtype=np.int64), WORKLOAD_COUNT)
    day = 1 + 0.5 * np.sin(slot / 288 * 2 * np.pi)
    rows = pl.DataFrame(
        {
            "workload": np.repeat(np.arange(WORKLOAD_COUNT, dtype=np.uint32), POINTS),
            "start": (slot * 300 + 1_750_003_200) * 1_000_000,
            "interval_s": np.full(n, 300, np.int64),
            "tasks": np.round(day * 4),
            "vcpu_used_mean": day * rng.gamma(4, 0.05, n),
            "memory_used_mib_mean": 500 + 100 * rng.random(n),
        }
    ).with_columns(
        pl.col("start").cast(UTC_DATETIME),
        (pl.col("vcpu_used_mean") * 1.3).alias("vcpu_used_max"),
        (pl.col("memory_used_mib_mean") * 1.1).alias("memory_used_mib_max"),
    )
    facts = [
        {"workload_id": f"w{i:04d}", "kind": "SERVICE", "task_vcpu": 1.0, "task_memory_mib": 1024.0}
        | ({"min_tasks": 2, "max_tasks": 10} if i % 3 == 0 else {"min_tasks": None, "max_tasks": None})
        for i in range(WORKLOAD_COUNT)
    ]
    return Usage(
        name="fleet",
        workloads=conform(pl.DataFrame(facts, infer_schema_length=None), WORKLOADS),
        usage=rows,
        runs=pl.DataFrame(schema={"workload": pl.UInt32} | {c.name: c.dtype for c in RUNS[1:]}),
        instances=pl.DataFrame(schema=dtypes(INSTANCES)),
        commitments=pl.DataFrame(schema=dtypes(COMMITMENTS)),
    )


@pytest.mark.bench
def test_profile_of_a_thousand_workloads() -> None:
    usage = fleet()
    before_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    profiles = profile(usage, ProfilePolicy())
    took_s = time.perf_counter() - began
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    frame_mib = usage.usage.estimated_size("mb")
    print(
        f"\nprofile: {len(usage.usage):,} rows in {took_s:.2f} s; "
        f"frame {frame_mib:.0f} MiB, process {before_mib:.0f} MiB before, {peak_mib:.0f} MiB at most"
    )
    assert profiles.demand.height == WORKLOAD_COUNT * POINTS // 12
