"""The two parts of a service on one launch type and architecture, as its capacity provider strategy wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import CapacityOption, LaunchType


class Paired(Protocol):
    """What must be known of a cell to keep parts together; `cell.Cell` is one."""

    @property
    def tasks(self) -> Sequence[Task]:
        """Its tasks."""
        ...

    @property
    def ways(self) -> Mapping[int, Sequence[Way]]:
        """The ways of each."""
        ...

    def alone_usd(self, way: Way) -> float:
        """Return what a Fargate way costs."""
        ...


def pairs(cell: Paired) -> list[tuple[int, int]]:
    """Return the rows of services in two parts, the part with more tasks first."""
    weight = {t.workload: t.tasks_mean for t in cell.tasks}
    found = {(t.workload, t.beside) for t in cell.tasks if t.beside is not None and t.beside in weight}
    return sorted((a, b) for a, b in found if (weight[a], -a) > (weight[b], -b))


def may_be_together(one: Way, other: Way) -> bool:
    """Return whether one capacity provider strategy may name both."""
    return (one.launch_type, one.cpu_architecture) == (other.launch_type, other.cpu_architecture)


def apart(couples: Sequence[tuple[int, int]], assignment: Mapping[int, Way]) -> bool:
    """Return whether the parts of a service are where no one strategy can put them."""
    return any(
        a in assignment and b in assignment and not may_be_together(assignment[a], assignment[b])
        for a, b in couples
    )


def together(
    cell: Paired, couples: Sequence[tuple[int, int]], assignment: Mapping[int, Way], leader: int | None = None
) -> dict[int, Way]:
    """Return the assignment with parts brought together: the lesser goes where the greater is, or the other way round.

    Args:
        leader: the row that the other part follows where it is one of a pair.
    """
    found = dict(assignment)
    for greater, lesser in couples:
        if greater not in found or lesser not in found or may_be_together(found[greater], found[lesser]):
            continue
        first, second = (lesser, greater) if leader == lesser else (greater, lesser)
        for leads, follows in ((first, second), (second, first)):
            way = _like(cell, follows, found[leads])
            if way is not None:
                found[follows] = way
                break
    return found


def _like(cell: Paired, workload: int, leader: Way) -> Way | None:
    ways = [w for w in cell.ways[workload] if may_be_together(w, leader)]
    if leader.launch_type is LaunchType.FARGATE:
        return min(ways, key=lambda w: (cell.alone_usd(w), w.option), default=None)
    return min(ways, key=lambda w: (w.capacity_option is not CapacityOption.SPOT, w.option), default=None)
