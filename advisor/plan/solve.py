"""From options to a solution: cells, the cheapest assignment found in each, pools for every hour, the bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import polars as pl

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.errors import InputError
from advisor.model import Rejection, Usage
from advisor.plan.alone import AlonePrice, alone_price
from advisor.plan.bound import lower_bound
from advisor.plan.capacity import bins, instance_prices
from advisor.plan.cell import Cell, representative_hours
from advisor.plan.choose import choose
from advisor.plan.discounts import NOTHING_FOR_SALE, Discounts, best_discounts
from advisor.plan.fleet import room_by_group
from advisor.plan.hours import Window, window
from advisor.plan.misfits import misfit, unpriced
from advisor.plan.pools import pools
from advisor.plan.propose import Options
from advisor.plan.side_by_side import side_by_side
from advisor.plan.solution import Solution
from advisor.plan.stand_ins import replaceable
from advisor.plan.sunk import Sunk
from advisor.plan.tasks import Task
from advisor.plan.today import known_instances, todays_way
from advisor.plan.ways import Way
from advisor.terms import LaunchType, OperatingSystem, WorkloadKind
from advisor.units import HOURS_PER_MONTH, PICO_PER_USD


def solve(
    options: Options,
    demand: pl.DataFrame,
    usage: Usage,
    catalog: Catalog,
    config: Config,
    sunk: Sunk,
    progress: Callable[[str], None] = lambda _: None,
) -> Solution:
    """Choose a way for every workload, cell by cell, and prove how far from the best that can be.

    Args:
        demand: `schema.DEMAND`.
        usage: for the instances that run today.
        sunk: commitments already owned.

    Raises:
        InputError: not one workload can be planned.
    """
    hours = window(demand, options.planned)
    regions = sorted({t.region for t in options.planned})
    for_sale = {r: best_discounts(sunk.rates, r, config.commitments) for r in regions}
    cells, unplaced, refused = _cells(options, hours, usage, catalog, config, for_sale)
    assignment: dict[int, Way] = {}
    progress(f"placing workloads of {len(cells)} clusters")
    for chosen in side_by_side(lambda cell: choose(cell.trial(), cell.today), cells, Cell.task_count):
        assignment |= chosen
    if not assignment:
        raise InputError(
            "none of the workloads can be planned",
            hint="give task_vcpu, task_memory_mib, tasks and region, or use --assume; see advisor explain --rejected",
            problems=tuple(f"{r.workload_id}: {r.reason}" for r in options.rejections if not r.option),
        )
    progress("packing every hour")
    made = pools(cells, assignment)
    progress("proving the bound")
    bound = lower_bound(cells, hours.hours, sunk, for_sale)
    return Solution(hours, cells, assignment, made, bound, unplaced, refused)


def as_today(solution: Solution) -> Solution:
    """Return the same solution with every workload on the way it runs now, where that is lawful."""
    assignment = dict(solution.assignment)
    for cell in solution.cells:
        assignment |= cell.today
    if assignment == solution.assignment:
        return solution
    return replace(solution, assignment=assignment, pools=pools(solution.cells, assignment))


def _cells(
    options: Options,
    hours: Window,
    usage: Usage,
    catalog: Catalog,
    config: Config,
    for_sale: Mapping[str, Discounts],
) -> tuple[tuple[Cell, ...], dict[int, str], tuple[Rejection, ...]]:
    grouped: dict[tuple[str, str, str, str], list[Task]] = {}
    for task in options.planned:
        grouped.setdefault(task.cell, []).append(task)
    daemons: dict[tuple[str, str, str, str], list[Task]] = {}
    for task in options.tasks:
        if task.kind is WorkloadKind.DAEMON and task.costable:
            daemons.setdefault(task.cell, []).append(task)
    places = sorted({(region, system) for _, region, _, system in grouped})
    prices = {(r, o): instance_prices(catalog, r, OperatingSystem(o), config) for r, o in places}
    cells: list[Cell] = []
    unplaced: dict[int, str] = {}
    refused: list[Rejection] = []
    for key in sorted(grouped):
        cell, lost, no = _cell(
            key,
            tuple(grouped),
            tuple(grouped[key]),
            options.ways,
            daemons.get(key, []),
            hours,
            usage,
            catalog,
            config,
            for_sale,
            prices[key[1], key[3]],
        )
        unplaced |= lost
        refused += no
        if cell.tasks:
            cells.append(cell)
    return tuple(cells), unplaced, tuple(refused)


def _cell(
    key: tuple[str, str, str, str],
    all_keys: tuple[tuple[str, str, str, str], ...],
    tasks: tuple[Task, ...],
    all_ways: Mapping[int, tuple[Way, ...]],
    daemons: list[Task],
    hours: Window,
    usage: Usage,
    catalog: Catalog,
    config: Config,
    for_sale: Mapping[str, Discounts],
    prices: pl.DataFrame,
) -> tuple[Cell, dict[int, str], list[Rejection]]:
    region = key[1]
    known = known_instances(usage.instances, key, hours, catalog, all_keys)
    in_use = [] if known is None else known["instance_type"].unique().sort().to_list()
    capacity = replaceable(bins(prices, config.fleet, daemons=daemons, in_use=in_use), config.spot, in_use)
    room = room_by_group(capacity)
    alone: dict[Way, AlonePrice] = {}
    ways: dict[int, tuple[Way, ...]] = {}
    lost: dict[int, str] = {}
    refused: list[Rejection] = []
    for task in tasks:
        lawful = []
        for way in all_ways[task.workload]:
            if way.launch_type is LaunchType.FARGATE:
                price = alone_price(task, way, catalog, config)
                if price is not None:
                    alone[way] = price
                    lawful.append(way)
                else:
                    refused.append(unpriced(task, way))
            elif (no := misfit(task, way, room)) is None:
                lawful.append(way)
            else:
                refused.append(no)
        if lawful:
            ways[task.workload] = tuple(lawful)
        else:
            lost[task.workload] = (
                f"no instance type allowed by the policy holds it and no price is known in {region}"
            )
    kept = tuple(t for t in tasks if t.workload in ways)
    rows = pl.Series([t.workload for t in kept], dtype=pl.UInt32)
    demand = hours.demand.filter(pl.col("workload").is_in(rows.implode()))
    weights = representative_hours(demand, kept)
    sample = demand.filter(pl.col("hour").is_in(pl.Series(list(weights), dtype=pl.Int32).implode()))
    peaks = dict(demand.group_by("workload").agg(pl.col("tasks_peak").max()).sort("workload").iter_rows())
    today = {t.workload: now for t in kept if (now := todays_way(t, ways[t.workload])) is not None}
    cell = Cell(
        key=key,
        tasks=kept,
        ways=ways,
        demand=demand,
        sample=sample,
        weights=weights,
        bins=capacity,
        room=room,
        alone=alone,
        discounts=for_sale[region] if key[3] == OperatingSystem.LINUX else NOTHING_FOR_SALE,
        known=known,
        policy=config.fleet,
        peaks=peaks,
        today=today,
        disk_usd_per_gib_hour=_disk_usd(catalog, region),
    )
    return cell, lost, refused


def _disk_usd(catalog: Catalog, region: str) -> float:
    gib_month = catalog.other(region, "ebs_gp3_storage")
    return 0.0 if gib_month is None else gib_month.pico_usd / PICO_PER_USD / HOURS_PER_MONTH
