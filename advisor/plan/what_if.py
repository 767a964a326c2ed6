"""What would be under other settings: at once from what is known, or settled by a plan of its own.

A full plan takes as long as it takes. While somebody drags a slider, the plan's placement is carried over to the other
settings, improved move by move and priced on the representative hours (`choose_nearby`); tables, prices and demand that
the change does not touch are kept from the questions before. What it costs is told as the full plan's cost and the
difference of two such estimates, so that an unchanged setting changes nothing, and by which way one came to a setting
neither.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.model import Plan, Profiles, Usage
from advisor.plan.cell import Cell
from advisor.plan.cells import Planning
from advisor.plan.discounts import best_discounts
from advisor.plan.memory import Memory
from advisor.plan.nearby import choose_nearby
from advisor.plan.parts import in_parts_once
from advisor.plan.propose import propose
from advisor.plan.scope import reads, refuse_unknown, scoped
from advisor.plan.side_by_side import side_by_side
from advisor.plan.sunk import sunk
from advisor.plan.tasks import tasks
from advisor.plan.ways import Way
from advisor.terms import SPOT_PART, CapacityOption, CpuArchitecture, LaunchType
from advisor.units import HOURS_PER_MONTH

T = TypeVar("T")

KEPT = 4
"""Sizings and demands that are remembered at once: a slider leaves one behind at each of its steps."""


@dataclass(frozen=True)
class Guess:
    """A quick answer.

    Attributes:
        monthly_cost_usd: about what the plan would cost, people's time included where the settings count it.
        change_usd: the same less the cost of the plan that was asked about.
        ways: workload id → its way, `EC2 SPOT ARM64`.
        moved: workload id → its way in the plan asked about (null where it had none) and its way now, where they differ.
    """

    monthly_cost_usd: float
    change_usd: float
    ways: Mapping[str, str]
    moved: Mapping[str, tuple[str | None, str]]


@dataclass(frozen=True)
class _Estimate:
    """Dollars of the window after the private discount, and the placement they are for, by workload id."""

    usd: float
    assignment: Mapping[str, Way]


@dataclass(frozen=True)
class _Known:
    """What is planned under some settings, and what was worked out for it."""

    usage: Usage
    profiles: Profiles
    memory: Memory


class WhatIf:
    """A plan that can be asked what would be under other settings."""

    def __init__(
        self,
        usage: Usage,
        catalog: Catalog,
        config: Config,
        profiled: Callable[[Config], Profiles],
        planned: Callable[[Config, Profiles, Callable[[str], None]], Plan],
        plan: Plan | None = None,
    ) -> None:
        """Plan once, in full, where there is no plan yet.

        Args:
            profiled: returns the profiles under a policy.
            planned: returns the full plan under a policy.

        Raises:
            InputError: nothing in the usage can be planned.
            SolverError: the core could not finish, or the audit found the plan wrong.
        """
        self._usage, self._catalog, self.config = usage, catalog, config
        self._profiled, self._planned = profiled, planned
        self._sized: dict[Hashable, Profiles] = {}
        self._known: dict[Hashable, _Known] = {}
        self._turns, self._lasting = Memory(), Memory()
        self.plan = plan or self.settle(config)
        self._start: Mapping[str, Way] = dict(_ways(self.plan))
        self._base = self._estimate(config)

    def settle(self, config: Config, progress: Callable[[str], None] = lambda _: None) -> Plan:
        """Return the full plan under other settings, with its proof.

        It shares no tables with quick answers, so that these may be asked for in another thread meanwhile.

        Args:
            progress: told in a few words what happens next; what it raises ends the work.

        Raises:
            InputError: nothing in the usage can be planned under them.
            SolverError: the core could not finish, or the audit found the plan wrong.
        """
        return self._planned(config, self._profiles(config), progress)

    def ask(self, config: Config) -> Guess:
        """Return about what the plan would be under other settings, in the time of a drag.

        Raises:
            InputError: nothing in the usage can be planned under them.
        """
        found = self._estimate(config)
        before = {i: way.option for i, way in self._base.assignment.items()}
        ways = {i: way.option for i, way in found.assignment.items()}
        moved = {i: (before.get(i), way) for i, way in ways.items() if before.get(i) != way}
        change = (found.usd - self._base.usd) / self.plan.hours * HOURS_PER_MONTH
        now = self.plan.monthly_cost_usd + (self.plan.operations_monthly_usd or 0.0)
        return Guess(now + change, change, ways, moved)

    def _estimate(self, config: Config) -> _Estimate:
        known = self._scope(config)
        usage, profiles, parts, memory = in_parts_once(known.usage, known.profiles, known.memory, config)
        ids = usage.workloads["workload_id"].to_list()
        start = {row: way for row, i in enumerate(ids) if (way := self._known_way(i)) is not None}
        options = propose(tasks(usage.workloads, profiles, config, parts), self._catalog, config)
        owned = self._lasting.recall(
            ("owned", config.plan.regions),
            lambda: sunk(usage.commitments, self._catalog, usage.window_end),
        )
        planning = Planning(options, profiles.demand, usage, self._catalog, config, memory)
        regions = sorted({t.region for t in options.planned})
        cells = planning.cells({r: best_discounts(owned.rates, r, config.commitments) for r in regions}).cells
        answers = side_by_side(lambda cell: choose_nearby(cell.trial(), start), cells, Cell.task_count)
        rows = {w: way for found, _ in answers for w, way in found.items()}
        assignment = {ids[w]: rows[w] for w in sorted(rows)}
        net = 1.0 - config.prices.edp_share
        return _Estimate(sum(usd for _, usd in answers) * net, assignment)

    def _known_way(self, workload_id: str) -> Way | None:
        """Return where a workload is in the plan asked about, a part of a service where its service is."""
        return self._start.get(workload_id) or self._start.get(workload_id.removesuffix(SPOT_PART))

    def _scope(self, config: Config) -> _Known:
        refuse_unknown(self._usage, config.plan)

        def work() -> _Known:
            usage, profiles = scoped(self._usage, self._profiles(config), config, self._turns)
            return _Known(usage, profiles, Memory(self._lasting))

        return _recalled(self._known, reads(config), work)

    def _profiles(self, config: Config) -> Profiles:
        return _recalled(self._sized, (config.profile, config.prices), lambda: self._profiled(config))


def _recalled(known: dict[Hashable, T], key: Hashable, work: Callable[[], T]) -> T:
    """Return what is known under a key, worked out where it is not; the oldest is forgotten, the first never."""
    if key not in known:
        known[key] = work()
        for old in list(known)[1:-KEPT]:
            known.pop(old, None)
    return known[key]


def _ways(plan: Plan) -> Iterator[tuple[str, Way]]:
    """Yield the id of each workload with a place, and its way."""
    rows = {name: row for row, name in enumerate(plan.workloads["workload_id"].to_list())}
    for p in plan.placements:
        yield (
            p.workload_id,
            Way(
                rows[p.workload_id],
                p.workload_id,
                LaunchType(p.launch_type),
                CapacityOption(p.capacity_option),
                CpuArchitecture(p.cpu_architecture),
                p.task_vcpu,
                p.task_memory_mib,
            ),
        )
