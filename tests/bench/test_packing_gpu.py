"""Pods of a real GPU cluster (Alibaba's openb trace) on instances with and without GPUs: peers and ours.

`pytest -m bench -s tests/bench/test_packing_gpu.py` prints a table; without the shared trace it says so and does nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
from contest import OURS, contest, shown

from advisor.catalog import load_catalog
from advisor.config import Config, FleetPolicy
from advisor.plan.capacity import RESOURCES, bins, instance_prices, shapes
from advisor.terms import OperatingSystem
from advisor.units import CPU_UNITS_PER_VCPU

SHARED = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[3] / "shared"))
FILE = SHARED / "data" / "k8s_requests" / "openb_pods.csv"
GROUPS = ["EC2/ON_DEMAND/X86_64", "EC2/ON_DEMAND/X86_64/GPU"]
LIMIT_S = 10.0

pytestmark = [
    pytest.mark.bench,
    pytest.mark.real_data,
    pytest.mark.skipif(not FILE.exists(), reason="the shared trace is not here"),
]


def instances() -> pl.DataFrame:
    """Return all x86 types of any size with whole GPUs or none, on demand in us-east-1, with what is left for pods."""
    policy = FleetPolicy(families=("c*", "m*", "r*", "g*", "p*"), max_vcpu=1000)
    config = Config(fleet=policy)
    catalog, place = load_catalog(), ("us-east-1", OperatingSystem.LINUX)
    found = bins(instance_prices(shapes(catalog, *place), catalog, *place, config), policy)
    plain = found.filter(pl.col("group").is_in(GROUPS))
    return plain.select(pl.col("instance_type").alias("bin_id"), "usd_per_hour", "group", *RESOURCES)


def pods() -> pl.DataFrame:
    """Return the requests of all pods of the trace, as if they ran at once; any of them may share a GPU instance."""
    size = ["cpu_milli", "memory_mib", "num_gpu"]
    return (
        pl.read_csv(FILE)
        .group_by(size)
        .len("count")
        .sort(size)
        .select(
            pl.concat_str(size, separator="/").alias("size_id"),
            "count",
            (pl.col("cpu_milli") / 1000 * CPU_UNITS_PER_VCPU).alias("cpu_units"),
            pl.col("memory_mib").cast(pl.Float64),
            pl.lit(1.0).alias("task_slots"),
            pl.col("num_gpu").cast(pl.Float64).alias("gpus"),
            pl.lit(GROUPS, dtype=pl.List(pl.String)).alias("groups"),
        )
    )


def test_gpu_pods_against_peers() -> None:
    wanted, kinds = pods(), instances()
    count = wanted["count"].sum()
    print(
        f"\n{count:,} pods of {len(wanted)} sizes, {len(kinds)} types, {int((kinds['gpus'] > 0).sum())} with GPUs"
    )
    entries = shown(contest(f"{count:,} pods", wanted, kinds, RESOURCES, limits_s=(LIMIT_S, None)))
    least = min(e.over for e in entries if not e.packer.startswith(OURS))
    assert all(e.over <= least for e in entries if e.packer.startswith(OURS))
