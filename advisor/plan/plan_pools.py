"""Pools of a solution as the capacity providers that one can create."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import polars as pl

from advisor.config import SpotPolicy
from advisor.model import Pool
from advisor.plan.cell import Cell
from advisor.plan.settle import Settled
from advisor.plan.solution import MILLI, PoolPlan
from advisor.plan.stand_ins import stand_ins
from advisor.units import MIB_PER_GIB, SECONDS_PER_HOUR, format_share


def pool_nouns(plan: Settled, spot: SpotPolicy) -> tuple[Pool, ...]:
    """Return every pool with its size over time, its cost and how full it is."""
    cells = {c.key: c for c in plan.solution.cells}
    return tuple(_noun(pool, cells[pool.cell], plan, spot) for pool in plan.solution.pools)


def few_stand_ins(pools: Sequence[Pool], spot: SpotPolicy) -> tuple[str, ...]:
    """Name the types of Spot pools that fewer can stand in for than the policy asks for."""
    within = format_share(spot.interchangeable_within_share)
    return tuple(
        f"Spot pool {pool.pool_id}: {len(types) - 1} other types can stand in for {own} within {within} of its price, "
        f"{spot.interchangeable_types} types are asked for (spot.interchangeable_types): tasks may wait when Spot runs short"
        for pool in pools
        for own, types in pool.interchangeable_types.items()
        if len(types) < spot.interchangeable_types
    )


def _noun(pool: PoolPlan, cell: Cell, plan: Settled, spot: SpotPolicy) -> Pool:
    account, region, cluster, operating_system = pool.cell
    launch_type, option, architecture = pool.group.split("/")[:3]
    by_hour = (
        pool.fleet.group_by("hour").agg(pl.col("count_milli").sum()).sort("hour")["count_milli"].to_list()
    )
    hours = plan.solution.window.hours
    whole = [-(-milli // MILLI) for milli in by_hour]
    cost = sum((plan.workload_pico[w.workload] for w in pool.ways), Fraction(0))
    monthly = plan.monthly_usd(cost)
    return Pool(
        pool_id=pool.pool_id,
        account_id=account,
        region=region,
        cluster=cluster,
        launch_type=launch_type,
        capacity_option=option,
        cpu_architecture=architecture,
        operating_system=operating_system,
        instance_types=tuple(sorted(pool.fleet["instance_type"].unique().to_list())),
        min_instances=min(whole) if len(whole) == hours else 0,
        max_instances=max(whole, default=0),
        mean_instances=sum(by_hour) / MILLI / hours,
        monthly_cost_usd=monthly,
        utilization_share=_utilization(pool, plan.solution.window.task_seconds),
        workload_ids=tuple(w.workload_id for w in pool.ways),
        fluid_monthly_cost_usd=None if pool.fluid_share is None else monthly * pool.fluid_share,
        interchangeable_types=stand_ins(pool, cell, spot),
    )


def _utilization(pool: PoolPlan, seconds: Mapping[int, int]) -> tuple[float, float]:
    """Return the shares of registered vCPU and memory that are sold to running tasks."""
    shapes = {
        t: (v, m)
        for t, v, m in pool.bins.select("instance_type", "vcpu", "registered_memory_mib").iter_rows()
    }
    milli = dict(
        pool.fleet.group_by("instance_type")
        .agg(pl.col("count_milli").sum())
        .sort("instance_type")
        .iter_rows()
    )
    there = [sum(n / MILLI * shapes[t][i] for t, n in milli.items()) for i in (0, 1)]
    sold_vcpu = sum(seconds.get(w.workload, 0) * w.task_vcpu for w in pool.ways) / SECONDS_PER_HOUR
    sold_memory = (
        sum(seconds.get(w.workload, 0) * (w.task_memory_mib / MIB_PER_GIB) for w in pool.ways)
        / SECONDS_PER_HOUR
    )
    vcpu, memory = there[0], there[1] / MIB_PER_GIB
    return (sold_vcpu / vcpu if vcpu else 0.0, sold_memory / memory if memory else 0.0)
