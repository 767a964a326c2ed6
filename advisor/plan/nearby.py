"""Placements near one that was found before: carried over to other rules or prices, and improved move by move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.plan.cell import Assignment, Cell
from advisor.plan.choose import improved
from advisor.plan.pairs import together
from advisor.plan.ways import Way
from advisor.terms import LaunchType

MOVED_TASK_TRIALS = 800
"""Workloads × tasks of a cell whose single moves are tried: all of up to 28. A third of what a full plan tries."""


def choose_nearby(cell: Cell, known: Assignment) -> tuple[dict[int, Way], float]:
    """Return the cheapest assignment found near a known one, and the window's estimated dollars.

    Workloads whose way is gone go to the way most like it or to Fargate, or everything does, whichever is cheapest; then
    single moves are tried once. Far from `known` something cheaper may be: `choose` looks there.
    """
    best: dict[int, Way] = {}
    best_cost = float("inf")
    for found in _starts(cell, known):
        start = together(cell, cell.pairs, found)
        cost = cell.cost_usd(start)
        if cost < best_cost or not best:
            best, best_cost = start, cost
    return improved(cell, best, best_cost, MOVED_TASK_TRIALS // len(best)) if best else (best, 0.0)


def _starts(cell: Cell, known: Assignment) -> Iterator[dict[int, Way]]:
    kept = {w: way for w, ways in cell.ways.items() if (way := _same(known.get(w), ways)) is not None}
    apart = {w: cell.best_alone(w) or ways[0] for w, ways in cell.ways.items()}
    yield {**apart, **kept}
    lost = {
        w: alike
        for w, ways in cell.ways.items()
        if w not in kept and w in known and (alike := _alike(known[w], ways)) is not None
    }
    if lost:
        yield {**apart, **kept, **lost}
    # a cluster without instances asks nobody's time, which no single move finds
    yield apart


def _same(way: Way | None, ways: Sequence[Way]) -> Way | None:
    """Return the way of the same name, whatever its size now is."""
    return None if way is None else next((w for w in ways if w.option == way.option), None)


def _alike(way: Way, ways: Sequence[Way]) -> Way | None:
    """Return the way on the same kind of capacity that shares most with one that is gone."""
    if way.launch_type is LaunchType.FARGATE:
        return None
    kin = [w for w in ways if w.launch_type is way.launch_type]
    return max(kin, key=lambda w: _shared(w, way), default=None)


def _shared(one: Way, other: Way) -> tuple[bool, bool]:
    return (
        one.cpu_architecture is other.cpu_architecture,
        one.capacity_option is other.capacity_option,
    )
