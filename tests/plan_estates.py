"""Small random estates for tests of planning: a few workloads over a few days, in our own tables."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import polars as pl

from advisor.model import Usage
from advisor.schema import COMMITMENTS, INSTANCES, RUNS, USAGE, WORKLOADS, conform

START = datetime(2026, 9, 1, tzinfo=UTC)


def estate(seed: int, *, workloads: int = 6, days: int = 8, **fixed: object) -> Usage:
    """Return an estate; `fixed` sets a workloads column for all of them."""
    rng = random.Random(seed)
    rows, points = [], []
    for i in range(workloads):
        vcpu = rng.choice([0.25, 0.5, 1.0, 2.0, 4.0])
        row = {
            "workload_id": f"w{i:02d}",
            "account_id": "001234567890",
            "region": "us-east-1",
            "cluster": rng.choice(["web", "jobs"]),
            "kind": "SERVICE",
            "launch_type": rng.choice(["FARGATE", "FARGATE", "EC2"]),
            "capacity_option": "ON_DEMAND",
            "cpu_architecture": "X86_64",
            "arm_ready": rng.random() < 0.5,
            "operating_system": "LINUX",
            "task_vcpu": vcpu,
            "task_memory_mib": vcpu * 2048 * rng.choice([1, 1, 2]),
            "interruptible": rng.random() < 0.4,
            "az_count": rng.choice([None, 2, 3]),
        }
        rows.append({**row, **fixed})
        points += _points(rng, i, vcpu, row["task_memory_mib"], days)
    frame = conform(pl.DataFrame(rows, infer_schema_length=None), WORKLOADS)
    usage = conform(pl.DataFrame(points), USAGE)
    index = frame.select("workload_id").with_row_index("workload").cast({"workload": pl.UInt32})
    usage = usage.join(index, on="workload_id").select(
        "workload", *[c.name for c in USAGE if c.name != "workload_id"]
    )
    empty_runs = (
        conform(pl.DataFrame(), RUNS).rename({"workload_id": "workload"}).cast({"workload": pl.UInt32})
    )
    return Usage(
        name="estate",
        workloads=frame,
        usage=usage.sort("workload", "start"),
        runs=empty_runs,
        instances=conform(pl.DataFrame(), INSTANCES),
        commitments=conform(pl.DataFrame(), COMMITMENTS),
        rows_read=len(points),
        digest=f"seed-{seed}",
    )


def _points(rng: random.Random, i: int, vcpu: float, memory: float, days: int) -> list[dict[str, object]]:
    most, base, swing = rng.randint(1, 8), rng.uniform(0.1, 0.6), rng.choice([0.0, 0.3, 0.9])
    found = []
    for hour in range(days * 24):
        wave = 1 + swing * math.sin(hour / 24 * 2 * math.pi)
        tasks = max(1, round(most * wave / (1 + swing)))
        use = round(vcpu * base * rng.uniform(0.8, 1.2), 6)
        found.append(
            {
                "workload_id": f"w{i:02d}",
                "start": START + timedelta(hours=hour),
                "interval_s": 3600,
                "tasks": float(tasks),
                "vcpu_used_mean": use,
                "vcpu_used_max": round(use * 1.3, 6),
                "memory_used_mib_mean": round(memory * 0.5, 3),
                "memory_used_mib_max": round(memory * rng.uniform(0.5, 0.7), 3),
            }
        )
    return found


def shuffled(usage: Usage, seed: int) -> Usage:
    """Return the same estate with its workloads in another order."""
    order = list(range(len(usage.workloads)))
    random.Random(seed).shuffle(order)
    moved = usage.workloads[order]
    place = pl.DataFrame(
        {"workload": pl.Series(order, dtype=pl.UInt32), "new": pl.Series(range(len(order)), dtype=pl.UInt32)}
    )
    rows = usage.usage.join(place, on="workload").drop("workload").rename({"new": "workload"})
    columns = usage.usage.columns
    return Usage(
        **{**vars(usage), "workloads": moved, "usage": rows.select(columns).sort("workload", "start")}
    )
