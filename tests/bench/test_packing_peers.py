"""The same fleets through peers' rules and ours. `make bench` prints the table and draws `packing_peers.svg` beside it."""

from __future__ import annotations

import random
from itertools import chain
from pathlib import Path

import polars as pl
import pytest
from chart import chart
from contest import OURS, contest, shown

from advisor.catalog import load_catalog
from advisor.config import Config, FleetPolicy
from advisor.plan.capacity import RESOURCES, bins, instance_prices, shapes
from advisor.terms import OperatingSystem

NEEDED = [r for r in RESOURCES if r != "gpus"]
FLEETS = {
    "20 tasks": (20, 6),
    "60 tasks": (60, 12),
    "250 tasks": (250, 25),
    "1,000 tasks": (1000, 50),
    "10,000 tasks": (10_000, 150),
}
MOST_FOR_SOLVERS = 60
"""Tasks up to which solvers of the plain model have anything to say in their time."""


def instances() -> pl.DataFrame:
    """Return c, m and r types up to 64 vCPU, x86 and ARM, on demand in us-east-1, with what is left for tasks."""
    policy = FleetPolicy(families=("c*", "m*", "r*"))
    config = Config(fleet=policy)
    catalog, place = load_catalog(), ("us-east-1", OperatingSystem.LINUX)
    found = bins(instance_prices(shapes(catalog, *place), catalog, *place, config), policy)
    plain = found.filter(pl.col("group").str.starts_with("EC2/ON_DEMAND"))
    return plain.select(pl.col("instance_type").alias("bin_id"), "usd_per_hour", "group", *NEEDED)


def tasks(count: int, sizes: int, seed: int) -> pl.DataFrame:
    """Return right-sized tasks: odd CPU and memory, some for ARM too, a few sizes with most of the tasks."""
    rng = random.Random(seed)
    both, x86 = ["EC2/ON_DEMAND/ARM64", "EC2/ON_DEMAND/X86_64"], ["EC2/ON_DEMAND/X86_64"]
    shares = [rng.paretovariate(1.1) for _ in range(sizes)]
    rows, left = [], count - sizes
    for i, share in enumerate(shares):
        more = left if i == sizes - 1 else min(left, round((count - sizes) * share / sum(shares)))
        left -= more
        cpu = min(16_384, round(2 ** rng.uniform(7, 12.5)))
        rows.append(
            {
                "size_id": f"s{i}",
                "count": 1 + more,
                "cpu_units": float(cpu),
                "memory_mib": float(round(cpu * 2 ** rng.uniform(-0.5, 3.2))),
                "task_slots": 1.0,
                "groups": both if rng.random() < 0.5 else x86,
            }
        )
    return pl.DataFrame(rows)


@pytest.mark.bench
def test_packing_against_peers() -> None:
    kinds = instances()
    entries = shown(
        chain.from_iterable(
            contest(name, tasks(count, sizes, seed=7), kinds, NEEDED, solvers=count <= MOST_FOR_SOLVERS)
            for name, (count, sizes) in FLEETS.items()
        )
    )
    Path(__file__).with_name("packing_peers.svg").write_text(chart(entries), encoding="utf-8")
    # solvers of the plain model may find the optimum of a small fleet; no rule may beat us
    for ours in (e for e in entries if e.packer == OURS):
        rules = [
            e for e in entries if e.fleet == ours.fleet and "MIP" not in e.packer and "CP-SAT" not in e.packer
        ]
        assert all(ours.over <= e.over + 1e-9 for e in rules)
