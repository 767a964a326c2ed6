"""Every way of every workload as a row, with what its price rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from advisor.plan.alone import AlonePrice
from advisor.plan.cell import Cell
from advisor.plan.hosts import Hosts
from advisor.plan.outcome_table import CENT, OUTCOMES
from advisor.plan.solution import Solution
from advisor.plan.tasks import Task
from advisor.plan.way_costs import ALONE
from advisor.plan.ways import Way
from advisor.terms import BindingResource, CapacityOption, LaunchType, OperatingSystem
from advisor.units import HOURS_PER_MONTH, MIB_PER_GIB, PICO_PER_USD, SECONDS_PER_HOUR

WAYS = {
    "workload": pl.UInt32,
    "room": pl.String,
    "rate_usd": pl.Float64,  # dollars of one unit of `WayCosts`
    "waste_usd": pl.Float64,  # of it for the size lattice
    "least_usd": pl.Float64,  # an hour of the cheapest instance that holds a task
    "own": pl.Boolean,  # the plan has no such pool: it would need instances of its own
    "spread": pl.Int64,
    "region": pl.String,
    "scope": pl.String,  # what commitments are sold for; null where none is
    "chosen_usd": pl.Float64,  # the chosen way as billed, dollars a month
    "chosen_full_usd": pl.Float64,  # the same before commitments
    "on_instances": pl.Boolean,
    "leaves": pl.Boolean,  # moving away would leave instances to others
    "fills": pl.String,  # `BindingResource`: what it runs out of first, or the step that it rounds up to
    **{
        name: OUTCOMES[name]
        for name in (
            *("workload_id", "option", "launch_type", "capacity_option", "cpu_architecture", "task_vcpu"),
            *("task_memory_mib", "method", "price_as_of", "interruptions_per_month", "chosen", "current"),
        )
    },
}
"""One row per workload × way while it is being priced."""


def way_rows(
    cell: Cell, solution: Solution, billed: Mapping[int, float], full: Mapping[int, float]
) -> Iterator[dict[str, Any]]:
    """Yield `WAYS` rows."""
    groups = {p.group for p in solution.pools if p.cell == cell.key}
    shared = {w.workload for p in solution.pools if len(p.ways) > 1 for w in p.ways}
    hosts = Hosts(cell)
    for task in cell.tasks:
        chosen = solution.assignment[task.workload]
        for way in cell.ways[task.workload]:
            plans_reach = (
                way.capacity_option is not CapacityOption.SPOT
                and task.operating_system is not OperatingSystem.WINDOWS
            )
            row = {
                "workload": task.workload,
                "region": cell.key[1],
                "workload_id": task.workload_id,
                "option": way.option,
                "launch_type": way.launch_type.value,
                "capacity_option": way.capacity_option.value,
                "cpu_architecture": way.cpu_architecture.value,
                "task_vcpu": way.task_vcpu,
                "task_memory_mib": way.task_memory_mib,
                "chosen": way == chosen,
                "current": cell.today.get(task.workload) == way,
                "chosen_usd": billed[task.workload],
                "chosen_full_usd": full.get(task.workload),
                "leaves": task.workload in shared,
                "spread": task.spread_on(way.launch_type),
            }
            if way.launch_type is LaunchType.FARGATE:
                price, waste = cell.alone[way], _lattice_waste(way, task, cell)
                row |= {
                    "room": ALONE,
                    "rate_usd": price.pico_per_task_hour / PICO_PER_USD / SECONDS_PER_HOUR,
                    "waste_usd": sum(waste) / SECONDS_PER_HOUR,
                    "own": False,
                    "least_usd": 0.0,
                    "scope": f"FARGATE_{way.cpu_architecture}_VCPU" if plans_reach else None,
                    "on_instances": False,
                    "method": price.method,
                    "price_as_of": price.charges[0].as_of,
                    "interruptions_per_month": 0.0,
                    "fills": _step(price, waste).value,
                }
            else:
                host = hosts.cheapest(way)
                row |= {
                    "room": way.group,
                    "rate_usd": 1.0,
                    "waste_usd": 0.0,
                    "own": way.group not in groups,
                    "least_usd": host.usd_per_hour,
                    "scope": host.family if plans_reach else None,
                    "on_instances": True,
                    "method": host.method,
                    "price_as_of": host.as_of,
                    "interruptions_per_month": host.interruptions_per_month,
                    "fills": hosts.fills_first(way, task).value,
                }
            yield row


def _lattice_waste(way: Way, task: Task, cell: Cell) -> tuple[float, float]:
    """Return dollars a task-hour that the Fargate size lattice costs over the right size: of vCPU, of memory."""
    by_dimension = {c.dimension: c.pico_per_unit_hour for c in cell.alone[way].charges}
    vcpu = way.task_vcpu - task.right_vcpu
    gib = (way.task_memory_mib - task.right_memory_mib) / MIB_PER_GIB
    return vcpu * by_dimension.get("VCPU", 0) / PICO_PER_USD, gib * by_dimension.get("GIB", 0) / PICO_PER_USD


def _step(price: AlonePrice, waste: tuple[float, float]) -> BindingResource:
    """Return the step of the Fargate size lattice that costs more; without any, what most of the price is for."""
    vcpu, memory = waste
    if max(waste) * HOURS_PER_MONTH >= CENT:
        return BindingResource.VCPU_STEP if vcpu >= memory else BindingResource.MEMORY_STEP
    paid = {c.dimension: c.pico_per_task_hour for c in price.charges}
    return BindingResource.VCPU if paid.get("VCPU", 0) >= paid.get("GIB", 0) else BindingResource.MEMORY
