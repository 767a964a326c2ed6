"""Ways that no capacity for sale can hold, with what is missing: found when instances and prices are looked up."""

from __future__ import annotations

from advisor.model import Rejection
from advisor.plan.fleet import Room
from advisor.plan.tasks import Task
from advisor.plan.ways import Way, reject
from advisor.terms import Bottleneck, NetworkMode
from advisor.units import CPU_UNITS_PER_VCPU, format_memory

BOTTLENECKS = (Bottleneck.CPU, Bottleneck.MEMORY, Bottleneck.NETWORK, Bottleneck.GPU)
"""Of `capacity.RESOURCES`."""


def unpriced(task: Task, way: Way) -> Rejection:
    """Return the rejection of a Fargate way that lacks a price."""
    return _no(task, way, f"one of its meters has no known price in {task.region}", Bottleneck.PRICE)


def misfit(task: Task, way: Way, room: Room) -> Rejection | None:
    """Return why no instance of a way's kind can hold one task, null where one can.

    Args:
        room: of the cell's instances.
    """
    needs = (
        way.task_vcpu * CPU_UNITS_PER_VCPU,
        way.task_memory_mib,
        float(task.network_mode is NetworkMode.AWSVPC),
        float(task.gpus),
    )
    there = room.get(way.group, ())
    if any(all(n <= f for n, f in zip(needs, free, strict=True)) for free in there):
        return None
    if not there:
        return _no(
            task,
            way,
            "no instance type of this kind is allowed by [fleet] and has a known price",
            Bottleneck.POLICY,
        )
    most = [max(free[at] for free in there) for at in range(len(needs))]
    short = [at for at, need in enumerate(needs) if need > most[at]]
    if not short:
        reason = "no instance type that [fleet] allows has its vCPU and its memory at once"
        return _no(task, way, reason, Bottleneck.MEMORY)
    at = short[0]
    words = (
        f"{needs[0] / CPU_UNITS_PER_VCPU:.4g} vCPU, {most[0] / CPU_UNITS_PER_VCPU:.4g} at most are left for tasks",
        f"{format_memory(needs[1])} of memory, {format_memory(most[1])} at most is left for tasks",
        "a network interface for a task",
        f"{task.gpus} GPUs, {most[3]:g} at most are there",
    )
    return _no(task, way, f"no instance type that [fleet] allows has {words[at]}", BOTTLENECKS[at])


def _no(task: Task, way: Way, reason: str, bottleneck: Bottleneck) -> Rejection:
    return reject(task, way.launch_type, way.capacity_option, way.cpu_architecture, reason, bottleneck)
