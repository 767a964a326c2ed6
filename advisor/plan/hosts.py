"""Which instance would hold a way's tasks, and what of it they fill first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Any

from advisor.plan.capacity import RESOURCES
from advisor.plan.cell import Cell
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import BindingResource, NetworkMode
from advisor.units import CPU_UNITS_PER_VCPU

FILLS = dict(
    zip(
        RESOURCES,
        (BindingResource.VCPU, BindingResource.MEMORY, BindingResource.TASK_SLOTS, BindingResource.GPUS),
        strict=True,
    )
)
"""Resource of a bin → its word."""


@dataclass(frozen=True)
class Host:
    """The cheapest instance of a group that holds one task of a way."""

    family: str
    method: str
    as_of: str
    interruptions_per_month: float
    usd_per_hour: float


class Hosts:
    """The instances of a cell by group, cheapest first, as the tasks of a way meet them."""

    def __init__(self, cell: Cell) -> None:
        self._groups: dict[str, list[tuple[Any, ...]]] = {}
        self._room: dict[str, list[tuple[float, ...]]] = {}
        self._fills: dict[tuple[Any, ...], BindingResource] = {}
        if len(cell.bins):
            facts = ("family", "method", "as_of", "interruptions_per_month", "usd_per_hour")
            kept = cell.bins.sort("usd_per_hour", "instance_type")
            for row in kept.select("group", "cpu_units", "memory_mib", *facts).rows():
                self._groups.setdefault(row[0], []).append(row)
            # of instances with the same room the cheapest is the only one to fill
            for group, *room in (
                kept.unique(["group", *RESOURCES], keep="first", maintain_order=True)
                .select("group", "usd_per_hour", *RESOURCES)
                .rows()
            ):
                self._room.setdefault(group, []).append(tuple(room))

    def cheapest(self, way: Way) -> Host:
        """Return the cheapest host of one task; the group's cheapest when none holds it."""
        rows = self._groups[way.group]
        cpu, memory = way.task_vcpu * CPU_UNITS_PER_VCPU, way.task_memory_mib
        found = next((r for r in rows if r[1] >= cpu and r[2] >= memory), rows[0])
        return Host(*found[3:])

    def fills_first(self, way: Way, task: Task) -> BindingResource:
        """Return what its tasks use up first on the instances on which one of them costs least."""
        if "distinctinstance" in task.placement_constraints.lower():
            return BindingResource.SPREAD
        ported = bool(task.host_ports) or task.network_mode is NetworkMode.HOST
        needs = (
            float(ceil(round(way.task_vcpu * CPU_UNITS_PER_VCPU, 6))),
            float(ceil(round(way.task_memory_mib, 6))),
            float(task.network_mode is NetworkMode.AWSVPC),
            float(task.gpus),
        )
        key = (way.group, ported, *needs)
        if key not in self._fills:
            self._fills[key] = room_that_fills(self._room[way.group], needs, ported=ported)
        return self._fills[key]


def room_that_fills(
    rooms: Sequence[tuple[float, ...]], needs: Sequence[float], *, ported: bool
) -> BindingResource:
    """Return what runs out first on the room (dollars, then `RESOURCES`) where a task costs least."""
    wanted = [(at, need) for at, need in enumerate(needs, 1) if need]
    best, scarce, most = inf, 1, 0
    for room in rooms:
        held, at = min((room[at] / need, at) for at, need in wanted)
        count = floor(held + 1e-9)
        usd = room[0] / (1 if ported else count) if count else inf
        if usd < best:
            best, scarce, most = usd, at, count
    # two tasks cannot both have the same port of a host
    return BindingResource.HOST_PORTS if ported and most > 1 else FILLS[RESOURCES[scarce - 1]]
