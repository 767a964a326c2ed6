"""From a solution to a plan: placements against today, what to buy, and ranked things to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor.config import Config
from advisor.model import INCLUDED, Commitment, Placement, Recommendation, commitment_name
from advisor.plan.cell import Cell
from advisor.plan.marginal import Marginal
from advisor.plan.parts import strategy
from advisor.plan.settle import Settled
from advisor.plan.steps import Move, evidence, provider, steps
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import ActionType, CapacityOption, Effort, LaunchType
from advisor.units import SECONDS_PER_HOUR, format_size, format_usd

FULL_HISTORY_DAYS = 28.0
"""Days of history from which confidence does not grow further: four of every weekday."""
DOUBT = "; the bill does not bear out what is spent today where it runs"
EASE = {Effort.VERY_LOW: 0, Effort.LOW: 1, Effort.MEDIUM: 2, Effort.HIGH: 3}


@dataclass(frozen=True)
class Today:
    """What a workload costs today.

    Attributes:
        monthly_usd: null when the input does not say where it runs.
        estimated: packed by us, since today's instances were not given.
        doubt_usd: how far it may be off because its prices are estimates.
    """

    monthly_usd: float | None
    estimated: bool
    vcpu: float | None
    memory_mib: float | None
    doubt_usd: float = 0.0


def placements(
    plan: Settled, today: Mapping[int, Today], marginal: Mapping[int, Marginal], band: float
) -> tuple[Placement, ...]:
    """Return where every planned workload goes and what that costs, in the order of the workloads table.

    Args:
        marginal: what would fall away with each workload.
        band: how much an estimated rate may be off, as a share.
    """
    pool_of = {w.workload: p for p in plan.solution.pools for w in p.ways}
    found = []
    for cell in plan.solution.cells:
        for task in cell.tasks:
            way = plan.solution.assignment[task.workload]
            cost = plan.monthly_usd(plan.workload_pico[task.workload])
            doubt = band * plan.monthly_usd(plan.estimated_pico[task.workload])
            now = today[task.workload]
            margin = marginal[task.workload]
            pool = pool_of.get(task.workload)
            unchanged = _same_place(task, way) and not _resized(task, way)
            # the same prices on both sides are off together
            doubt_now = 0.0 if unchanged else now.doubt_usd
            found.append(
                Placement(
                    workload_id=task.workload_id,
                    launch_type=way.launch_type.value,
                    capacity_option=way.capacity_option.value,
                    cpu_architecture=way.cpu_architecture.value,
                    pool_id=pool.pool_id if pool else None,
                    task_vcpu=way.task_vcpu,
                    task_memory_mib=way.task_memory_mib,
                    spot_share=float(way.capacity_option is CapacityOption.SPOT),
                    monthly_cost_usd=cost,
                    marginal_monthly_cost_usd=margin.monthly_usd,
                    baseline_monthly_cost_usd=cost if now.monthly_usd is None else now.monthly_usd,
                    baseline_is_estimate=now.estimated or now.monthly_usd is None,
                    estimated_price=doubt > 0 or doubt_now > 0,
                    monthly_cost_low_usd=cost - doubt,
                    monthly_cost_high_usd=cost + doubt,
                    unchanged=unchanged,
                    baseline_doubt_usd=doubt_now,
                    one_more_task_monthly_usd=margin.one_more_task_usd,
                    dearest_hour=None
                    if margin.dearest_hour is None
                    else plan.solution.window.starts[margin.dearest_hour].isoformat(),
                    dearest_hour_usd=margin.dearest_hour_usd,
                )
            )
    order = {t.workload_id: t.workload for c in plan.solution.cells for t in c.tasks}
    return tuple(sorted(found, key=lambda p: order[p.workload_id]))


def _same_place(task: Task, way: Way) -> bool:
    return (task.launch_type, task.capacity_option, task.cpu_architecture) == (
        way.launch_type,
        way.capacity_option,
        way.cpu_architecture,
    )


def _resized(task: Task, way: Way) -> bool:
    return (
        task.vcpu is None or abs(task.vcpu - way.task_vcpu) > 1e-9 or task.memory_mib != way.task_memory_mib
    )


def recommendations(
    plan: Settled,
    placed: Sequence[Placement],
    bought: Sequence[Commitment],
    profiles: Sequence[Mapping[str, Any]],
    config: Config,
    lookback_days: float,
    doubted: frozenset[str] = frozenset(),
) -> tuple[Recommendation, ...]:
    """Return what to do, easiest first and among equals the biggest first; commitments after what they are bought for.

    Args:
        doubted: workloads whose cost of today the bill does not bear out.
    """
    moves = _moves(plan, placed, profiles, config)
    found = []
    for move in moves:
        place, task = move.place, move.task
        saves = place.baseline_monthly_cost_usd - place.monthly_cost_usd
        grows = task.vcpu is not None and (
            task.right_vcpu > task.vcpu or task.right_memory_mib > (task.memory_mib or 0.0)
        )
        if (
            (place.unchanged and not move.fewer_tasks)
            or task.fixed
            or (abs(saves) < config.plan.min_savings_usd and not grows)
        ):
            continue
        if saves < config.plan.min_savings_usd and not grows and _same(place, task):
            continue
        unsure = place.workload_id in doubted
        found.append(_of_workload(move, profiles[task.workload], saves, lookback_days, unsure))
    found.sort(key=_easy_and_big)
    found += sorted((of_commitment(c, lookback_days) for c in bought), key=_easy_and_big)
    return tuple(Recommendation(**{**vars(r), "rank": n}) for n, r in enumerate(found, 1))


def _easy_and_big(r: Recommendation) -> tuple[int, float, str]:
    return EASE[Effort(r.implementation_effort)], -r.estimated_monthly_savings_usd, r.resource_id


def _same(place: Placement, task: Task) -> bool:
    return (place.launch_type, place.capacity_option) == (task.launch_type, task.capacity_option)


def _moves(
    plan: Settled, placed: Sequence[Placement], profiles: Sequence[Mapping[str, Any]], config: Config
) -> list[Move]:
    """Return every placement with its task, its pool's instances and its tasks before and after."""
    cells = {t.workload_id: (c, t) for c in plan.solution.cells for t in c.tasks}
    types = {p.pool_id: tuple(sorted(set(p.fleet["instance_type"]))) for p in plan.solution.pools}
    counts = _planned_tasks(plan)
    by_row = {cells[p.workload_id][1].workload: p for p in placed}
    found = []
    for place in placed:
        cell, task = cells[place.workload_id]
        mean, most = counts.get(task.workload, (0.0, 0))
        profile = profiles[task.workload]
        found.append(
            Move(
                place,
                task,
                pool_types=types.get(place.pool_id or "", ()),
                types_today=_types_today(cell, task),
                trunking=config.fleet.awsvpc_trunking,
                strategy=_strategy(place, task, by_row, config),
                tasks_mean=mean,
                tasks_max=most,
                tasks_mean_today=profile["tasks_mean"],
                tasks_max_today=profile["tasks_max"],
            )
        )
    return found


def _strategy(place: Placement, task: Task, by_row: Mapping[int, Placement], config: Config) -> str | None:
    """Return the capacity provider strategy of a service in two parts; null where one provider runs all of it."""
    other = by_row.get(task.beside) if task.beside is not None else None
    if other is None or provider(other) == provider(place):
        return None
    firm, spot = (place, other) if task.firm else (other, place)
    return strategy(config.spot, provider(firm), provider(spot))


def _planned_tasks(plan: Settled) -> dict[int, tuple[float, int]]:
    """Return workload → (mean, most) tasks of the plan."""
    hours = plan.solution.window.hours
    rows = plan.solution.window.demand.group_by("workload").agg(
        pl.col("task_seconds").sum(), pl.col("tasks_peak").max()
    )
    return {w: (seconds / SECONDS_PER_HOUR / hours, most or 0) for w, seconds, most in rows.iter_rows()}


def _types_today(cell: Cell, task: Task) -> tuple[str, ...] | None:
    """Return the instance types on which a workload may run today, null when the input does not say."""
    now = cell.today.get(task.workload)
    if now is None or cell.known is None:
        return None
    fleet = cell.known.filter(pl.col("group") == now.group)
    return tuple(sorted(set(fleet["instance_type"]))) or None


def _of_workload(
    move: Move, profile: Mapping[str, Any], saves: float, lookback_days: float, doubted: bool
) -> Recommendation:
    place, task = move.place, move.task
    kind, effort = action(move)
    return Recommendation(
        rank=0,
        action_type=kind.value,
        resource_id=place.workload_id,
        current_summary=current_summary(task),
        recommended_summary=placement_summary(place),
        estimated_monthly_savings_usd=saves,
        estimated_monthly_savings_low_usd=place.savings_range_usd[0],
        estimated_monthly_savings_high_usd=place.savings_range_usd[1],
        implementation_effort=effort.value,
        restart_needed=True,
        rollback_possible=not move.leaves_data,
        lookback_days=lookback_days,
        confidence=_confidence(profile, place, doubted),
        owner=task.owner,
        evidence=evidence(profile, task) + (DOUBT if doubted else ""),
        steps=steps(move),
    )


def action(move: Move) -> tuple[ActionType, Effort]:
    """Return what kind of change a move is and what it takes."""
    place, task = move.place, move.task
    if task.launch_type is None or place.launch_type != task.launch_type:
        to_instances = place.launch_type != LaunchType.FARGATE
        return ActionType.MIGRATE_LAUNCH_TYPE, Effort.HIGH if to_instances else Effort.MEDIUM
    if place.cpu_architecture != task.cpu_architecture:
        return ActionType.MIGRATE_TO_GRAVITON, Effort.MEDIUM
    if place.capacity_option != task.capacity_option:
        return ActionType.USE_SPOT, Effort.LOW
    if move.fewer_tasks and not move.resized and not move.other_instances:
        return ActionType.SCALE_IN, Effort.VERY_LOW
    # other instances are drained and replaced; a size alone is one revision
    return ActionType.RIGHTSIZE, Effort.MEDIUM if move.other_instances else Effort.VERY_LOW


def _confidence(profile: Mapping[str, Any], place: Placement, doubted: bool) -> float:
    """Grade from what is measured: history, coverage, class, and how firm the prices and today's cost are.

    Args:
        doubted: the bill does not bear out today's cost.
    """
    grade = min(1.0, (profile["days"] or 0.0) / FULL_HISTORY_DAYS) * (profile["coverage_share"] or 0.0)
    grade *= 0.5 + 0.5 * (profile["class_confidence"] or 0.0)
    if place.estimated_price:
        grade *= 0.8
    if place.baseline_is_estimate:
        grade *= 0.8
    if doubted:
        grade *= 0.8
    return round(min(1.0, grade), 2)


def of_commitment(c: Commitment, lookback_days: float) -> Recommendation:
    """Return the purchase as a thing to do."""
    plan = c.kind.endswith("_SP")
    name = commitment_name(c)
    return Recommendation(
        rank=0,
        action_type=(
            ActionType.PURCHASE_SAVINGS_PLANS if plan else ActionType.PURCHASE_RESERVED_INSTANCES
        ).value,
        resource_id=name,
        current_summary="on-demand rates",
        recommended_summary=f"{name} at {format_usd(c.hourly_commitment_usd, 3)} an hour ({INCLUDED})",
        estimated_monthly_savings_usd=c.monthly_savings_usd,
        estimated_monthly_savings_low_usd=c.monthly_savings_usd,
        estimated_monthly_savings_high_usd=c.monthly_savings_usd,
        implementation_effort=Effort.LOW.value,
        restart_needed=False,
        rollback_possible=False,
        lookback_days=lookback_days,
        confidence=round(c.utilization_share * min(1.0, lookback_days / FULL_HISTORY_DAYS), 2),
        owner=None,
        evidence=f"{c.utilization_share:.0%} of it is used on the planned fleet; its saving is {INCLUDED}",
        steps=(
            "Move and right-size first: the commitment is for the fleet as planned, not as it is today.",
            f"Buy {name}: commit {format_usd(c.hourly_commitment_usd, 3)} an hour"
            + (f", {format_usd(c.upfront_usd)} upfront." if c.upfront_usd else "."),
        ),
    )


def current_summary(task: Task) -> str:
    """Return where a workload runs today and how big it is."""
    size = format_size(task.vcpu or 0.0, task.memory_mib or 0.0)
    if task.launch_type is None:
        return f"not known, {size}"
    spot = " Spot" if task.capacity_option is CapacityOption.SPOT else ""
    return f"{_launch_name(task.launch_type)}{spot} {task.cpu_architecture}, {size}"


def placement_summary(place: Placement) -> str:
    """Return where a workload should run and how big."""
    spot = " Spot" if place.capacity_option == CapacityOption.SPOT else ""
    pool = f" pool {place.pool_id}" if place.pool_id else ""
    size = format_size(place.task_vcpu, place.task_memory_mib)
    return f"{_launch_name(LaunchType(place.launch_type))}{spot}{pool} {place.cpu_architecture}, {size}"


def _launch_name(launch_type: LaunchType) -> str:
    names = {
        LaunchType.FARGATE: "Fargate",
        LaunchType.EC2: "EC2",
        LaunchType.MANAGED_INSTANCES: "Managed Instances",
    }
    return names[launch_type]
