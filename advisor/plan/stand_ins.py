"""Which kinds of instance a Spot pool could start instead of its own, so that no one shortage stops it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from advisor.config import SpotPolicy
from advisor.plan.capacity import RESOURCES
from advisor.plan.cell import Cell
from advisor.plan.solution import PoolPlan
from advisor.terms import CapacityOption


def replaceable(bins: pl.DataFrame, policy: SpotPolicy, in_use: Collection[str] = ()) -> pl.DataFrame:
    """Return the bins without Spot types that too few others can stand in for however they are filled, if the policy
    asks for that.

    Args:
        bins: as `capacity.bins` returns them.
        in_use: instance types that run today; they may stay.
    """
    if not policy.only_interchangeable:
        return bins
    # what goes can no longer stand in for others
    while len(bins) and len(lonely := _lonely(bins, policy, in_use)):
        bins = bins.join(lonely, on=("group", "instance_type"), how="anti", maintain_order="left")
    return bins


def _lonely(bins: pl.DataFrame, policy: SpotPolicy, in_use: Collection[str]) -> pl.DataFrame:
    spot = bins.lazy().filter(pl.col("capacity_option") == CapacityOption.SPOT.value)
    others = spot.select("group", "usd_per_hour", *RESOURCES)
    holds = [pl.col(f"{r}_other") >= pl.col(r) for r in RESOURCES]
    cheap = pl.col("usd_per_hour_other") <= pl.col("usd_per_hour") * (
        1.0 + policy.interchangeable_within_share
    )
    return (
        spot.join(others, on="group", suffix="_other")
        .group_by("group", "instance_type")
        .agg(pl.all_horizontal(*holds, cheap).sum().alias("types"))
        .filter(pl.col("types") < policy.interchangeable_types)
        .filter(~pl.col("instance_type").is_in(pl.Series(sorted(in_use), dtype=pl.String).implode()))
        .collect()
    )


def stand_ins(pool: PoolPlan, cell: Cell, policy: SpotPolicy) -> dict[str, tuple[str, ...]]:
    """Return type of a Spot pool → the types that can stand in for it, itself included, cheapest first; else nothing.

    A type stands in for another when each way in which an instance of that one is filled fits it too, at no more than
    the policy's share above its price. It is of the same group, so architecture and launch type agree.
    """
    if pool.group.split("/")[1] != CapacityOption.SPOT:
        return {}
    offered = cell.bins.filter(pl.col("group") == pool.group).sort("usd_per_hour", "instance_type")
    needs = _needs(pool, cell)
    found = {}
    for own, price in pool.bins.select("instance_type", "usd_per_hour").sort("instance_type").iter_rows():
        if own not in needs:
            continue
        fits = [pl.col(r) >= need for r, need in zip(RESOURCES, needs[own], strict=True)]
        cheap = pl.col("usd_per_hour") <= price * (1.0 + policy.interchangeable_within_share)
        found[own] = tuple(offered.filter(pl.all_horizontal(*fits, cheap))["instance_type"].to_list())
    return found


def _needs(pool: PoolPlan, cell: Cell) -> Mapping[str, tuple[float, ...]]:
    """Return type → the most that one of its instances is asked for of each resource; of kept ones, all that it has."""
    types = set(pool.fleet["instance_type"].to_list())
    if pool.kept:
        rows = pool.bins.select("instance_type", *RESOURCES).iter_rows()
        return {name: tuple(room) for name, *room in rows if name in types}
    view = cell.sizes((w.workload for w in pool.ways), {w.workload: [w] for w in pool.ways})
    sizes = view.frame.select(RESOURCES).with_row_index("size").cast({"size": pl.Int64})
    bins = pool.bins.select("instance_type").with_row_index("bin").cast({"bin": pl.Int64})
    filled = (
        pool.patterns.join(sizes, on="size")
        .group_by("pattern_id", "bin")
        .agg((pl.col(r) * pl.col("count_per_bin")).sum() for r in RESOURCES)
        .group_by("bin")
        .agg(pl.col(r).max() for r in RESOURCES)
        .join(bins, on="bin")
    )
    return {name: tuple(most) for name, *most in filled.select("instance_type", *RESOURCES).iter_rows()}
