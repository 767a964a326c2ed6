"""What everything costs today: the sizes, counts and instances that are there, right or wrong."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.plan.alone import AlonePrice, alone_price
from advisor.plan.cell import Cell, by_group
from advisor.plan.fleet import estate, fitting
from advisor.plan.hours import Window, window
from advisor.plan.load import representative_hours
from advisor.plan.parts import whole_services
from advisor.plan.pools import kept_pool, packed_pool, pool_id, shared_names
from advisor.plan.solution import PoolPlan, Solution
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import LaunchType


def baseline(
    solution: Solution, observed: pl.DataFrame, catalog: Catalog, config: Config
) -> tuple[Solution, frozenset[int]]:
    """Return today as a solution, and the workloads whose cost in it is a packed estimate.

    Where the cluster's instances are given, they are what EC2 workloads cost; else their tasks, at today's sizes, are
    packed onto the cheapest instances of the policy, so that the estimate claims no saving by itself.

    Args:
        solution: the plan; its hours and cells are taken over.
        observed: `schema.DEMAND` as it was, before any right-sizing.
    """
    # a service is one today, whatever parts it will have
    tasks = tuple(t for c in solution.cells for t in c.tasks if t.spot_part_of is None)
    now = _same_hours(window(whole_services(observed, solution.cells), tasks), solution.window)
    names = shared_names(solution.cells)
    cells: list[Cell] = []
    assignment: dict[int, Way] = {}
    pools: list[PoolPlan] = []
    estimated: set[int] = set()
    for cell in solution.cells:
        today: dict[int, Way] = {}
        alone: dict[Way, AlonePrice] = {}
        for task in cell.tasks:
            way = _way_now(task) if task.spot_part_of is None else None
            if way is None:
                continue
            price = alone_price(task, way, catalog, config)
            if price is not None:
                alone[way] = price
            elif way.launch_type is LaunchType.FARGATE:
                continue
            today[task.workload] = way
        demand = now.demand.filter(
            pl.col("workload").is_in(pl.Series(sorted(today), dtype=pl.UInt32).implode())
        )
        kept = tuple(t for t in cell.tasks if t.workload in today)
        if not kept:
            continue
        weights = representative_hours(demand, kept)
        sample = demand.filter(pl.col("hour").is_in(pl.Series(list(weights), dtype=pl.Int32).implode()))
        peaks = dict(demand.group_by("workload").agg(pl.col("tasks_peak").max()).sort("workload").iter_rows())
        then = Cell(
            key=cell.key,
            tasks=kept,
            ways={w: (way,) for w, way in today.items()},
            demand=demand,
            sample=sample,
            weights=weights,
            bins=cell.bins,
            room=cell.room,
            rows_of_bins=cell.rows_of_bins,
            alone=alone,
            discounts=cell.discounts,
            known=cell.known,
            policy=cell.policy,
            peaks=peaks,
            today=today,
            disk_usd_per_gib_hour=cell.disk_usd_per_gib_hour,
        )
        cells.append(then)
        for group, ways in sorted(by_group(today.values()).items()):
            pool = _pool_now(then, group, tuple(ways), names)
            if pool is None:
                today = {w: way for w, way in today.items() if way.group != group}
                continue
            pools.append(pool)
            estimated |= set() if pool.kept else {w.workload for w in pool.ways}
        assignment |= today
    whole = replace(
        solution,
        window=now,
        cells=tuple(_only(c, assignment) for c in cells),
        assignment=assignment,
        pools=tuple(pools),
    )
    return whole, frozenset(estimated)


def _way_now(task: Task) -> Way | None:
    if task.launch_type is None or task.vcpu is None or task.memory_mib is None:
        return None
    return Way(
        task.workload,
        task.workload_id,
        task.launch_type,
        task.capacity_option,
        task.cpu_architecture,
        task.vcpu,
        task.memory_mib,
        gpu=task.gpus > 0,
    )


def _pool_now(cell: Cell, group: str, ways: tuple[Way, ...], names: frozenset[str]) -> PoolPlan | None:
    name = f"today-{pool_id(cell, group, names)}"
    if cell.known_fleet(group) is not None:
        return kept_pool(cell, group, ways, name)
    view = cell.sizes((w.workload for w in ways), {w.workload: [w] for w in ways})
    bins = fitting(cell.bins, view)
    if not len(bins):
        return None
    found = estate(view, bins, cell.sample, cell.weights).portfolio(
        group, range(len(view.tasks)), cell.policy.max_instance_types_per_pool
    )
    return None if found is None else packed_pool(cell, group, view, ways, bins[found[0]], name)


def _same_hours(now: Window, plan: Window) -> Window:
    """Return today's demand on the plan's hours: both come from the same usage, so they are the same hours."""
    assert now.starts == plan.starts, "today and plan cover different hours"
    return now


def _only(cell: Cell, assignment: dict[int, Way]) -> Cell:
    kept = tuple(t for t in cell.tasks if t.workload in assignment)
    return replace(cell, tasks=kept, _tasks={}, _estates={})
