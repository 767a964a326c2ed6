"""The same fleets through peers' rules and ours: cost over the proven bound, and seconds. `make bench` prints the table."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

import numpy as np
import polars as pl
import pytest
from peers import Fleet, eva_like, first_fit_decreasing, highs_mip, karpenter_like

from advisor.catalog import load_catalog
from advisor.config import Config, FleetPolicy
from advisor.core import pack
from advisor.plan.capacity import RESOURCES, bins, instance_prices
from advisor.terms import OperatingSystem

NEEDED = [r for r in RESOURCES if r != "gpus"]
FLEETS = {
    "20 tasks": (20, 6),
    "60 tasks": (60, 12),
    "250 tasks": (250, 25),
    "1,000 tasks": (1000, 50),
    "10,000 tasks": (10_000, 150),
}
MIP_TASKS, MIP_S = 60, 20.0


def instances() -> pl.DataFrame:
    """Return c, m and r types up to 64 vCPU, x86 and ARM, on demand in us-east-1, with what is left for tasks."""
    policy = FleetPolicy(families=("c*", "m*", "r*"))
    config = Config(fleet=policy)
    found = bins(instance_prices(load_catalog(), "us-east-1", OperatingSystem.LINUX, config), policy)
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


def fleet(sizes: pl.DataFrame, kinds: pl.DataFrame) -> Fleet:
    need, has = sizes.select(NEEDED).to_numpy(), kinds.select(NEEDED).to_numpy()
    lawful = np.array([[g in groups for g in kinds["group"]] for groups in sizes["groups"]])
    fits = (need[:, None, :] <= has[None, :, :]).all(axis=2)
    return Fleet(need, sizes["count"].to_numpy(), has, kinds["usd_per_hour"].to_numpy(), lawful & fits)


def timed(run: Callable[[], float | None]) -> tuple[float | None, float]:
    began = time.perf_counter()
    return run(), time.perf_counter() - began


def compared() -> Iterator[tuple[str, str, float | None, float, float]]:
    kinds = instances()
    for name, (count, sizes) in FLEETS.items():
        wanted = tasks(count, sizes, seed=7)
        arrays = fleet(wanted, kinds)
        began = time.perf_counter()
        ours = pack(wanted, kinds, threads=2)
        took = time.perf_counter() - began
        bound = ours.lower_bound_usd_per_hour
        peers: dict[str, Callable[[], float | None]] = {
            "FFD, best single type": lambda a=arrays: first_fit_decreasing(a),  # type: ignore[misc]
            "Karpenter-like": lambda a=arrays: karpenter_like(a),  # type: ignore[misc]
            "Eva-like": lambda a=arrays: eva_like(a),  # type: ignore[misc]
        }
        if count <= MIP_TASKS:
            most = int(ours.patterns.unique("pattern_id")["bins"].sum()) + 1
            peers[f"HiGHS MIP, {MIP_S:.0f} s"] = lambda a=arrays, m=most: highs_mip(a, m, MIP_S)  # type: ignore[misc]
        for peer, run in peers.items():
            cost, seconds = timed(run)
            yield name, peer, cost, seconds, bound
        yield name, "advisor", ours.cost_usd_per_hour, took, bound


@pytest.mark.bench
def test_packing_against_peers() -> None:
    print(f"\n{'fleet':<14}{'packer':<24}{'USD/h':>10}{'over bound':>12}{'seconds':>10}")
    best: dict[str, float] = {}
    ours: dict[str, float] = {}
    for name, packer, cost, seconds, bound in compared():
        over = "-" if cost is None else f"{cost / bound - 1:.2%}"
        shown = "-" if cost is None else f"{cost:.3f}"
        print(f"{name:<14}{packer:<24}{shown:>10}{over:>12}{seconds:>10.2f}")
        if packer == "advisor" and cost is not None:
            ours[name] = cost
        elif cost is not None:
            assert cost >= bound * (1 - 1e-9), f"{packer} undercuts the bound on {name}"
            if "MIP" not in packer:
                best[name] = min(best.get(name, cost), cost)
    assert all(ours[name] <= cost * (1 + 1e-9) for name, cost in best.items())
