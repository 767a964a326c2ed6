"""One cell: the workloads of an account, region, cluster and operating system that may share instances."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from advisor import core
from advisor.config import FleetPolicy
from advisor.plan.alone import AlonePrice
from advisor.plan.discounts import Discounts, committed_usd
from advisor.plan.fleet import (
    Room,
    Sizes,
    demand_of,
    estate,
    holdable,
    holds_together,
    room_by_group,
    sizes,
    with_ports,
)
from advisor.plan.load import REPRESENTATIVE_HOURS, hours_by_load, representative_hours
from advisor.plan.pairs import apart, pairs
from advisor.plan.pool_limits import floored, portfolio_within, too_many
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import CapacityOption, LaunchType
from advisor.units import HOURS_PER_MONTH, PICO_PER_USD, SECONDS_PER_HOUR

Assignment = Mapping[int, Way]
"""Workload row → the way it runs."""

TRIAL_TASK_HOURS = 960
"""Tasks × hours by which placements of a large cell are compared: 24 hours of 40 tasks."""
FEWEST_TRIAL_HOURS = 6
CROWDED = 100.0
"""A pool beyond the policy's most instances is for workloads that may go nowhere else."""
EXCHANGES = 12
"""Most exchanges of an instance type in a pool of the chosen placement; measured to gain nothing further."""


@dataclass(frozen=True)
class PoolEstimate:
    """A pool as compared: its types, and dollars by representative hour; crowded, it has more than it may."""

    group: str
    instance_types: tuple[str, ...]
    hourly_usd: Mapping[int, float]
    committed_usd: float
    kept: bool = False
    crowded: bool = False


@dataclass
class Cell:
    """What the solver knows of a cell.

    Attributes:
        demand: dense hourly demand of its tasks (`Window.demand`).
        sample: the same for the representative hours only.
        weights: representative hour → hours it stands for.
        bins: `capacity.bins` of the cell.
        room: `fleet.room_by_group` of them.
        rows_of_bins: group and type → row of `bins`.
        alone: price of every Fargate way of a workload.
        known: today's instances (`group, hour, instance_type, count_milli`), null when not given.
        today: the way each workload runs now, where that is still lawful.
        standing_usd_per_month: what people's time on its pools costs however many instances they have, by launch types.
        exchanges: how far to look for the types of a pool; none while placements are compared.
    """

    key: tuple[str, str, str, str]
    tasks: tuple[Task, ...]
    ways: Mapping[int, Sequence[Way]]
    demand: pl.DataFrame
    sample: pl.DataFrame
    weights: Mapping[int, float]
    bins: pl.DataFrame
    room: Room
    rows_of_bins: Mapping[tuple[str, str], int]
    alone: Mapping[Way, AlonePrice]
    discounts: Discounts
    known: pl.DataFrame | None
    policy: FleetPolicy
    peaks: Mapping[int, int]
    today: Assignment
    disk_usd_per_gib_hour: float
    standing_usd_per_month: Callable[[Iterable[str]], float] = lambda _: 0.0
    exchanges: int = EXCHANGES
    _pools: dict[tuple[str, frozenset[int], frozenset[str]], PoolEstimate | None] = field(
        default_factory=dict
    )
    _billed: dict[int, dict[int, int]] = field(default_factory=dict)
    _tasks: dict[int, Task] = field(default_factory=dict)
    _best_alone: dict[int, Way | None] = field(default_factory=dict)
    _estates: dict[LaunchType, tuple[core.Estate | None, Mapping[int, int]]] = field(default_factory=dict)
    _task_hours: dict[int, float] = field(default_factory=dict)
    _alone_hourly: dict[Way, Mapping[int, float]] = field(default_factory=dict)
    _trials: list[Cell] = field(default_factory=list)

    @cached_property
    def _groups_now(self) -> frozenset[str]:
        return frozenset(way.group for way in self.today.values())

    @cached_property
    def nearest_blocks(self) -> tuple[list[int], list[tuple[int, int]]]:
        """The representative hours by load, and every hour with the place among them of the nearest in load."""
        hours = hours_by_load(self.demand, self.tasks)
        places = [i for i, hour in enumerate(hours) if hour in self.weights]
        nearest, at = [], 0
        for i, hour in enumerate(hours):
            while at + 1 < len(places) and abs(places[at + 1] - i) <= abs(places[at] - i):
                at += 1
            nearest.append((hour, at))
        return [hours[i] for i in places], nearest

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Rows of services in two parts that must be on one launch type and architecture."""
        return pairs(self)

    def task_count(self) -> int:
        """Return how much work the cell is: its workloads."""
        return len(self.tasks)

    def at(self, discounts: Discounts) -> Cell:
        """Return the cell where plans leave other prices; what does not depend on them is shared."""
        return replace(self, discounts=discounts, _pools={}, _best_alone={})

    def trial(self) -> Cell:
        """Return the cell for comparing many placements: on fewer representative hours when it is large."""
        if not self._trials:
            self._trials.append(self._smaller())
        return self._trials[0].at(self.discounts)

    def _smaller(self) -> Cell:
        most = max(FEWEST_TRIAL_HOURS, min(REPRESENTATIVE_HOURS, TRIAL_TASK_HOURS // max(1, len(self.tasks))))
        if most >= len(self.weights):
            return replace(self, exchanges=0, _trials=[])
        weights = representative_hours(self.demand, self.tasks, most)
        hours = pl.Series(list(weights), dtype=pl.Int32)
        return replace(
            self,
            weights=weights,
            sample=self.demand.filter(pl.col("hour").is_in(hours.implode())),
            exchanges=0,
            _billed={},
            _estates={},
            _task_hours={},
            _alone_hourly={},
            _trials=[],
        )

    def task(self, workload: int) -> Task:
        """Return one of the cell's tasks by its workload row."""
        if not self._tasks:
            self._tasks.update({t.workload: t for t in self.tasks})
        return self._tasks[workload]

    def billed_seconds(self, workload: int) -> Mapping[int, int]:
        """Return the Fargate-billed task-seconds of a workload by representative hour."""
        if not self._billed:
            for w, h, s in self.sample.select("workload", "hour", "billed_seconds").iter_rows():
                self._billed.setdefault(w, {})[h] = s
        return self._billed.get(workload, {})

    def alone_hourly_usd(self, way: Way) -> Mapping[int, float]:
        """Return dollars by representative hour of a workload on a Fargate way."""
        if way not in self._alone_hourly:
            rate = self.alone[way].pico_per_task_hour / PICO_PER_USD / SECONDS_PER_HOUR
            self._alone_hourly[way] = {h: s * rate for h, s in self.billed_seconds(way.workload).items()}
        return self._alone_hourly[way]

    def alone_usd(self, way: Way) -> float:
        """Return the window's dollars of a workload on a Fargate way, the best allowed plan bought."""
        return committed_usd(self.alone_hourly_usd(way), self.weights, self.alone_discount(way))

    def best_alone(self, workload: int) -> Way | None:
        """Return the cheapest Fargate way of a workload, if it has one."""
        if workload not in self._best_alone:
            ways = [w for w in self.ways[workload] if w in self.alone]
            # a workload that rests in every hour looked at is judged by its rate
            rate = {w: self.alone[w].pico_per_task_hour * (1.0 - self.alone_discount(w)) for w in ways}
            best = min(ways, key=lambda w: (self.alone_usd(w), rate[w], w.option), default=None)
            self._best_alone[workload] = best
        return self._best_alone[workload]

    def sizes(self, workloads: Iterable[int], ways: Mapping[int, Sequence[Way]]) -> Sizes:
        """Return the packer's view of some workloads with the given ways."""
        wanted = set(workloads)
        return sizes([t for t in self.tasks if t.workload in wanted], dict(ways), dict(self.peaks))

    def pool(
        self, group: str, ways: Sequence[Way], keep: frozenset[str] = frozenset()
    ) -> PoolEstimate | None:
        """Return the pool that would hold these ways, or null when no instance can.

        Args:
            keep: instance types to stay with if they can hold the tasks.
        """
        workloads = frozenset(w.workload for w in ways)
        key = group, workloads, keep
        free = self._pools.get((group, workloads, frozenset()))
        if free is not None:
            return free
        if key not in self._pools:
            self._pools[key] = self._pool(group, ways, keep)
        return self._pools[key]

    def _pool(self, group: str, ways: Sequence[Way], keep: frozenset[str]) -> PoolEstimate | None:
        estate_, rows = self._tables(ways[0].launch_type)
        members = [rows[w.workload] for w in ways]
        at = self.rows_of_bins
        stay = sorted(at[group, name] for name in keep if (group, name) in at)
        if estate_ is None:
            return None
        if self.policy.max_instances_per_pool is not None:
            made = self._limited(group, ways)
        else:
            found = estate_.portfolio(
                group, members, self.policy.max_instance_types_per_pool, stay, exchanges=self.exchanges
            )
            made = None if found is None else (self.bins[found[0]], found[1], True)
        if made is None:
            return None
        chosen, usd, fits = made
        hours = list(self.weights)
        least = self.policy.min_instances_per_pool
        hourly = floored(dict(zip(hours, usd, strict=True)), hours, chosen, least)
        discount = self._pool_discount(group, chosen["family"].to_list())
        packed = PoolEstimate(
            group,
            tuple(chosen["instance_type"]),
            hourly,
            committed_usd(hourly, self.weights, discount),
            crowded=not fits,
        )
        kept = self._kept(group, ways)
        stays = all(self.task(w.workload).fixed for w in ways)
        return kept if kept is not None and (stays or kept.committed_usd <= packed.committed_usd) else packed

    def _limited(self, group: str, ways: Sequence[Way]) -> tuple[pl.DataFrame, list[float], bool] | None:
        view = self.sizes((w.workload for w in ways), {w.workload: [w] for w in ways})
        members = {w.workload for w in ways}
        tasks = [t for t in self.tasks if t.workload in members]
        busiest = hours_by_load(self.demand, tasks)[-1]
        return portfolio_within(
            group,
            view,
            self.bins,
            self.demand.filter(pl.col("hour") == busiest),
            self.sample,
            self.weights,
            self.policy,
        )

    def _tables(self, launch_type: LaunchType) -> tuple[core.Estate | None, Mapping[int, int]]:
        """Return the cell's tables in the core (null without bins), and workload → row of its size."""
        if launch_type not in self._estates:
            ways = {
                w: [o for o in options if o.launch_type is launch_type] for w, options in self.ways.items()
            }
            view = self.sizes([w for w, options in ways.items() if options], ways)
            rows = {t.workload: row for row, t in enumerate(view.tasks)}
            held = estate(view, self.bins, self.sample, self.weights) if len(self.bins) and rows else None
            self._estates[launch_type] = held, rows
        return self._estates[launch_type]

    def _pool_discount(self, group: str, families: Sequence[str]) -> float:
        spot = CapacityOption.SPOT in group.split("/")
        return 0.0 if spot else min((self.discounts.of_family(f) for f in families), default=0.0)

    def known_fleet(self, group: str) -> pl.DataFrame | None:
        """Return today's instances of a group by hour, null when they are not known or have no price."""
        if self.known is None or not len(self.bins):
            return None
        fleet = self.known.filter(pl.col("group") == group)
        priced = set(self.bins.filter(pl.col("group") == group)["instance_type"].to_list())
        return fleet if len(fleet) and set(fleet["instance_type"].to_list()) <= priced else None

    def _kept(self, group: str, ways: Sequence[Way]) -> PoolEstimate | None:
        """Return today's fleet as a pool, when the same workloads are on it and their right sizes fit it."""
        on_it = {w for w, way in self.today.items() if way.group == group}
        fleet = self.known_fleet(group)
        if fleet is None or on_it != {w.workload for w in ways}:
            return None
        bins = self.bins.filter(
            (pl.col("group") == group)
            & pl.col("instance_type").is_in(fleet["instance_type"].unique().sort().implode())
        )
        view = self.sizes(on_it, {w.workload: [w] for w in ways})
        if not all(holdable(view.frame, room_by_group(bins))):
            return None
        wanted = pl.Series([t.workload for t in view.tasks], dtype=pl.UInt32)
        demand = self.demand.filter(pl.col("workload").is_in(wanted.implode()))
        price = dict(bins.select("instance_type", "usd_per_hour").iter_rows())
        paid: dict[int, float] = {}
        for hour, instance_type, count in fleet.select("hour", "instance_type", "count_milli").iter_rows():
            paid[hour] = paid.get(hour, 0.0) + price[instance_type] * count / 1000
        wanted_by_hour = demand_of(view, demand)
        if not holds_together(view, bins, fleet, wanted_by_hour):
            return None
        needed = core.pack_hours(view.frame, with_ports(bins, view.ports), wanted_by_hour, bound_only=True)
        for hour, least in needed.hours.select("hour", "lower_bound_usd_per_hour").iter_rows():
            if paid.get(hour, 0.0) < least * (1 - 1e-9):
                return None  # the right-sized tasks cannot all be on today's instances
        hourly = {hour: paid.get(hour, 0.0) for hour in self.weights}
        families = bins["family"].unique().sort().to_list()
        cost = committed_usd(hourly, self.weights, self._pool_discount(group, families))
        return PoolEstimate(group, tuple(bins["instance_type"].to_list()), hourly, cost, kept=True)

    def cost_usd(self, assignment: Assignment, keep: Mapping[str, frozenset[str]] | None = None) -> float:
        """Return the window's estimated dollars of an assignment, commitments bought; infinite when impossible.

        Args:
            keep: group → instance types to stay with.
        """
        total, pools = 0.0, by_group(assignment.values())
        if apart(self.pairs, assignment):
            return float("inf")
        if too_many(pools, self._groups_now, self.policy.max_pools_per_architecture):
            return float("inf")
        fargate: dict[float, dict[int, float]] = {}
        for way in assignment.values():
            if way.launch_type is not LaunchType.FARGATE:
                continue
            hours = fargate.setdefault(self.alone_discount(way), {})
            for hour, usd in self.alone_hourly_usd(way).items():
                hours[hour] = hours.get(hour, 0.0) + usd
        for discount in sorted(fargate):
            total += committed_usd(fargate[discount], self.weights, discount)
        for group in sorted(pools):
            pool = self.pool(group, pools[group], (keep or {}).get(group, frozenset()))
            if pool is None:
                return float("inf")
            usd = pool.committed_usd * CROWDED if pool.crowded else pool.committed_usd
            total += usd + sum(self.disk_usd(w) for w in pools[group])
        launch_types = (ways[0].launch_type for ways in pools.values())
        return total + self.standing_usd_per_month(launch_types) / HOURS_PER_MONTH * sum(
            self.weights.values()
        )

    def least_standing_usd(self) -> float:
        """Return the window's dollars of people's time on the one pool that asks least."""
        kinds = self.bins["launch_type"].unique().sort().to_list() if len(self.bins) else []
        return min((self._standing_usd([kind]) for kind in kinds), default=0.0)

    def _standing_usd(self, launch_types: Iterable[str]) -> float:
        return self.standing_usd_per_month(launch_types) / HOURS_PER_MONTH * sum(self.weights.values())

    def disk_usd(self, way: Way) -> float:
        """Return the window's dollars of the disk that a task's ephemeral storage takes on instances."""
        gib = self.task(way.workload).ephemeral_storage_gib
        if not gib:
            return 0.0
        if not self._task_hours:
            for w, h, n in self.sample.select("workload", "hour", "tasks_peak").iter_rows():
                self._task_hours[w] = self._task_hours.get(w, 0.0) + self.weights[h] * n
        return self._task_hours.get(way.workload, 0.0) * gib * self.disk_usd_per_gib_hour

    def alone_discount(self, way: Way) -> float:
        """Return the largest discount share that a plan may take off a Fargate way."""
        spot = way.capacity_option is CapacityOption.SPOT
        return 0.0 if spot else self.discounts.of_fargate(way.cpu_architecture)


def by_group(ways: Iterable[Way]) -> dict[str, list[Way]]:
    """Return the ways that run on instances, by pool, in workload order."""
    groups: dict[str, list[Way]] = {}
    for way in sorted(ways, key=lambda w: w.workload):
        if way.launch_type is not LaunchType.FARGATE:
            groups.setdefault(way.group, []).append(way)
    return groups


def representative_order(cell: Cell) -> pl.DataFrame:
    """Return `hour, block`: every hour with the representative hours nearest to it in load (up to three)."""
    blocks, nearest = cell.nearest_blocks
    hours, beside = [], []
    for hour, at in nearest:
        near = blocks[max(0, at - 1) : at + 2]
        beside += near
        hours += [hour] * len(near)
    return pl.DataFrame(
        {"hour": pl.Series(hours, dtype=pl.Int32), "block": pl.Series(beside, dtype=pl.Int64)}
    )
