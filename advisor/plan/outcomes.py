"""What every way would cost every workload, and why each one lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor.config import CommitmentPolicy, Config
from advisor.plan.cell import Cell
from advisor.plan.discounts import levels
from advisor.plan.offers import Rates
from advisor.plan.room import task_room
from advisor.plan.solution import Solution
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import Bottleneck, CapacityOption, CommitmentKind, LaunchType, OperatingSystem
from advisor.units import HOURS_PER_MONTH, MIB_PER_GIB, format_usd

OUTCOMES: dict[str, pl.DataType | type[pl.DataType]] = {
    "workload_id": pl.String,
    "option": pl.String,
    "launch_type": pl.String,
    "capacity_option": pl.String,
    "cpu_architecture": pl.String,
    "commitment": pl.String,
    "task_vcpu": pl.Float64,
    "task_memory_mib": pl.Float64,
    "monthly_cost_usd": pl.Float64,
    "marginal_monthly_cost_usd": pl.Float64,
    "lower_bound_usd": pl.Float64,
    "method": pl.String,
    "price_as_of": pl.String,
    "lattice_waste_monthly_usd": pl.Float64,
    "interruptions_per_month": pl.Float64,
    "chosen": pl.Boolean,
    "current": pl.Boolean,
    "eligible": pl.Boolean,
    "lost_by_usd": pl.Float64,
    "reason": pl.String,
    "bottleneck": pl.String,
}
"""One row per workload × way × commitment; rejected ways have no cost but a reason."""


@dataclass(frozen=True)
class _Priced:
    """A way with its on-demand dollars by representative hour."""

    way: Way
    hourly_usd: Mapping[int, float]
    floor_usd: float
    method: str
    as_of: str
    family: str | None
    interruptions: float
    lattice_waste_usd: float


def outcomes(
    solution: Solution, rates: Rates, placed_usd: Mapping[int, float], rejected: Any, config: Config
) -> pl.DataFrame:
    """Return `OUTCOMES`, sorted by workload and cost.

    What a way on instances costs is what its tasks' room is worth at the packing's shadow prices, and where the plan
    has no such pool, at least the instances that the spread over zones asks for.

    Args:
        placed_usd: monthly dollars allocated to each workload by the plan.
        rejected: `Rejection`s of single options, appended as rows without a cost.
    """
    rows: list[dict[str, Any]] = []
    for cell in solution.cells:
        to_month = HOURS_PER_MONTH / sum(cell.weights.values())
        groups = {w.group for w in solution.assignment.values() if w.workload in cell.ways}
        hosts = {
            group: part.sort("usd_per_hour", "instance_type")
            for (group,), part in (
                cell.bins.partition_by("group", as_dict=True) if len(cell.bins) else {}
            ).items()
        }
        peaks: dict[int, dict[int, int]] = {}
        for workload, hour, tasks in cell.sample.select("workload", "hour", "tasks_peak").iter_rows():
            peaks.setdefault(workload, {})[hour] = tasks
        rooms = _rooms(cell)
        for task in cell.tasks:
            chosen = solution.assignment[task.workload]
            cost = placed_usd[task.workload]
            for priced in _priced(cell, task, peaks.get(task.workload, {}), rooms, hosts, groups):
                rows += _rows(cell, task, priced, chosen, cost, to_month, rates, config)
    rows += [_rejection_row(r) for r in rejected if r.option]
    frame = pl.DataFrame(rows, schema=OUTCOMES, orient="row")
    order = ["workload_id", "monthly_cost_usd", "option", "commitment"]
    return frame.sort(order, nulls_last=[False, True, False, False])


def _rooms(cell: Cell) -> dict[str, dict[tuple[int, int], float]]:
    """Return group → (hour, workload) → dollars an hour of one task's room."""
    groups = sorted(
        {w.group for ways in cell.ways.values() for w in ways if w.launch_type is not LaunchType.FARGATE}
    )
    return {
        group: {
            (block, workload): nano / 1e9
            for block, workload, nano in task_room(cell, committed=False, group=group)
            .select("block", "workload", "nano")
            .iter_rows()
        }
        for group in groups
    }


def _priced(
    cell: Cell,
    task: Task,
    peaks: Mapping[int, int],
    rooms: Mapping[str, Mapping[tuple[int, int], float]],
    hosts: Mapping[str, pl.DataFrame],
    groups: set[str],
) -> Iterator[_Priced]:
    for way in cell.ways[task.workload]:
        if way.launch_type is LaunchType.FARGATE:
            price = cell.alone[way]
            hourly = cell.alone_hourly_usd(way)
            waste = _lattice_waste(way, task, cell) * sum(
                cell.weights[h] * s / 3600 for h, s in cell.billed_seconds(task.workload).items()
            )
            yield _Priced(way, hourly, 0.0, price.method, price.charges[0].as_of, None, 0.0, waste)
            continue
        room = rooms[way.group]
        hourly = {h: n * room.get((h, task.workload), 0.0) for h, n in peaks.items()}
        bins = hosts[way.group]
        cheapest = bins.row(0, named=True)
        floor = 0.0
        if way.group not in groups:
            holding = bins.filter(
                (pl.col("cpu_units") >= way.task_vcpu * 1024) & (pl.col("memory_mib") >= way.task_memory_mib)
            )
            least = min(holding["usd_per_hour"].to_list(), default=cheapest["usd_per_hour"])
            floor = sum(cell.weights[h] * float(least) * min(n, task.spread) for h, n in peaks.items() if n)
        yield _Priced(
            way,
            hourly,
            floor,
            cheapest["method"],
            cheapest["as_of"],
            cheapest["family"],
            cheapest["interruptions_per_month"],
            0.0,
        )


def _lattice_waste(way: Way, task: Task, cell: Cell) -> float:
    """Return dollars a task-hour that the Fargate size lattice costs over the right size."""
    by_dimension = {c.dimension: c.pico_per_unit_hour for c in cell.alone[way].charges}
    vcpu = way.task_vcpu - task.right_vcpu
    gib = (way.task_memory_mib - task.right_memory_mib) / MIB_PER_GIB
    return (vcpu * by_dimension.get("VCPU", 0) + gib * by_dimension.get("GIB", 0)) / 1e12


def _rows(
    cell: Cell,
    task: Task,
    priced: _Priced,
    chosen: Way,
    chosen_usd: float,
    to_month: float,
    rates: Rates,
    config: Config,
) -> Iterator[dict[str, Any]]:
    way = priced.way
    hours = levels(priced.hourly_usd, cell.weights)
    on_demand = hours.on_demand_usd
    floor = priced.floor_usd
    is_chosen = way == chosen
    base = {
        "workload_id": task.workload_id,
        "option": way.option,
        "launch_type": way.launch_type.value,
        "capacity_option": way.capacity_option.value,
        "cpu_architecture": way.cpu_architecture.value,
        "task_vcpu": way.task_vcpu,
        "task_memory_mib": way.task_memory_mib,
        "price_as_of": priced.as_of,
        "lattice_waste_monthly_usd": priced.lattice_waste_usd * to_month,
        "interruptions_per_month": priced.interruptions,
        "current": cell.today.get(task.workload) == way,
        "eligible": True,
    }
    on_instances = way.launch_type is not LaunchType.FARGATE
    plain = max(on_demand, floor) * to_month
    yield {
        **base,
        **_verdict(plain, on_demand * to_month, floor * to_month, chosen_usd, is_chosen, on_instances),
        "commitment": None,
        "method": priced.method,
        "marginal_monthly_cost_usd": on_demand * to_month,
        "lower_bound_usd": on_demand * to_month,
        "chosen": is_chosen,
    }
    if way.capacity_option is CapacityOption.SPOT or task.operating_system is OperatingSystem.WINDOWS:
        return
    for name, share, method, allowed in _commitments(cell, priced, rates, config.commitments):
        cost = max(hours.committed_usd(share), floor * (1.0 - share)) * to_month
        verdict = _verdict(cost, cost, floor * (1.0 - share) * to_month, chosen_usd, False, on_instances)
        if not allowed:
            verdict |= {"reason": "not allowed by [commitments]", "bottleneck": Bottleneck.POLICY.value}
        elif is_chosen:
            verdict |= {
                "reason": "commitments are bought for the fleet as a whole, see the plan's commitments"
            }
        yield {
            **base,
            **verdict,
            "commitment": name,
            "method": "estimated" if "estimated" in (method, priced.method) else priced.method,
            "marginal_monthly_cost_usd": cost,
            "lower_bound_usd": cost,
            "chosen": False,
        }


def _verdict(
    cost: float, share: float, floor: float, chosen_usd: float, is_chosen: bool, on_instances: bool
) -> dict[str, Any]:
    if is_chosen:
        return {"monthly_cost_usd": chosen_usd, "lost_by_usd": 0.0, "reason": "chosen", "bottleneck": None}
    lost_by = cost - chosen_usd
    if lost_by >= 0:
        reason = f"{format_usd(lost_by, 2)} a month dearer"
        if on_instances and floor > share:
            reason += ": it would need instances of its own, spread over zones"
        elif on_instances:
            reason += ", even with every instance full"
    elif on_instances:
        reason = "its room on full instances would be cheaper, but whole instances for this cluster are not"
    else:
        reason = "cheaper by itself, but the instances it would leave behind cost more than it saves"
    return {
        "monthly_cost_usd": cost,
        "lost_by_usd": lost_by,
        "reason": reason,
        "bottleneck": Bottleneck.COST.value,
    }


def _commitments(
    cell: Cell, priced: _Priced, rates: Rates, policy: CommitmentPolicy
) -> Iterator[tuple[str, float, str, bool]]:
    fargate = f"FARGATE_{priced.way.cpu_architecture}_VCPU"
    scope = fargate if priced.family is None else priced.family
    for (kind, _, term, payment), (share, method) in rates.of_scope(cell.key[1], scope):
        if kind == CommitmentKind.RI_CONVERTIBLE:
            continue
        allowed = (
            policy.allowed
            and kind in policy.kinds
            and term in policy.terms_years
            and payment in policy.payment_options
        )
        yield f"{kind} {term}yr {payment}", float(share), method, allowed


def _rejection_row(rejection: Any) -> dict[str, Any]:
    launch_type, option, architecture = rejection.option.split(" ")
    return {
        **dict.fromkeys(OUTCOMES),
        "workload_id": rejection.workload_id,
        "option": rejection.option,
        "launch_type": launch_type,
        "capacity_option": option,
        "cpu_architecture": architecture,
        "chosen": False,
        "current": False,
        "eligible": False,
        "reason": rejection.reason,
        "bottleneck": rejection.bottleneck,
    }
