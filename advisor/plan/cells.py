"""The cells of a run: what is known of every cluster before anything is placed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import polars as pl

from advisor.catalog import Catalog
from advisor.config import CommitmentPolicy, Config
from advisor.model import Rejection, Usage
from advisor.plan.alone import AlonePrice, alone_price
from advisor.plan.capacity import bins, cash_prices, shapes, with_people
from advisor.plan.cell import Cell
from advisor.plan.discounts import NOTHING_FOR_SALE, Discounts
from advisor.plan.fleet import Room, room_by_group
from advisor.plan.hours import Layout, Window, layout, window
from advisor.plan.load import representative_hours
from advisor.plan.memory import Memory
from advisor.plan.misfits import misfit, unpriced
from advisor.plan.people import standing_hours
from advisor.plan.propose import Options
from advisor.plan.stand_ins import replaceable
from advisor.plan.tasks import Task
from advisor.plan.today import known_instances, todays_way
from advisor.plan.ways import Way
from advisor.terms import LaunchType, OperatingSystem, WorkloadKind
from advisor.units import HOURS_PER_MONTH, PICO_PER_USD

Key = tuple[str, str, str, str]
"""Account, region, cluster, operating system."""


@dataclass(frozen=True)
class Cells:
    """Every cluster with a workload that has a way.

    Attributes:
        unplaced: workload → why it has none.
        refused: ways that were proposed and cannot be priced or fit nothing.
    """

    cells: tuple[Cell, ...]
    unplaced: dict[int, str]
    refused: tuple[Rejection, ...]


@dataclass(frozen=True)
class Planning:
    """What every cell is made from; `memory` keeps what the next question will ask again."""

    options: Options
    demand: pl.DataFrame
    usage: Usage
    catalog: Catalog
    config: Config
    memory: Memory

    @cached_property
    def _planned(self) -> tuple[int, ...]:
        return tuple(t.workload for t in self.options.planned)

    def hours(self) -> Window:
        """Return the covered hours with every planned workload's demand."""
        return self.memory.recall(("hours", self._planned), self._hours)

    def _hours(self) -> Window:
        key = ("layout", self._planned)
        # more demand, or less, is of the same hours
        found: Layout = self.memory.lasting.recall(key, lambda: layout(self.demand, self.options.planned))
        if not found.fits(self.demand):
            return window(self.demand, self.options.planned)
        return found.window(self.demand)

    def cells(self, for_sale: Mapping[str, Discounts]) -> Cells:
        """Return the cells, sorted by key.

        Args:
            for_sale: region → the best discounts that the policy can buy.
        """
        grouped: dict[Key, list[Task]] = {}
        for task in self.options.planned:
            grouped.setdefault(task.cell, []).append(task)
        daemons: dict[Key, list[Task]] = {}
        for task in self.options.tasks:
            if task.kind is WorkloadKind.DAEMON and task.costable:
                daemons.setdefault(task.cell, []).append(task)
        # what is for sale changes what a cell costs, not what it is made of
        policy = replace(self.config, commitments=CommitmentPolicy()).digest()
        cells: list[Cell] = []
        unplaced: dict[int, str] = {}
        refused: list[Rejection] = []
        for key in sorted(grouped):
            made, lost, no = self.memory.recall(
                ("cell", key, policy, self._planned),
                partial(self._cell, key, tuple(grouped), grouped[key], daemons.get(key, [])),
            )
            unplaced |= lost
            refused += no
            if made.tasks:
                linux = key[3] == OperatingSystem.LINUX
                cells.append(made.at(for_sale[key[1]] if linux else NOTHING_FOR_SALE))
        return Cells(tuple(cells), unplaced, tuple(refused))

    def _cell(
        self, key: Key, keys: tuple[Key, ...], tasks: list[Task], daemons: list[Task]
    ) -> tuple[Cell, dict[int, str], list[Rejection]]:
        hours, config, catalog, region = self.hours(), self.config, self.catalog, key[1]
        known = self.memory.lasting.recall(
            ("known", key, keys, hours.starts, config.plan.demand_growth_share, config.plan.regions),
            lambda: known_instances(self.usage.instances, key, hours, catalog, keys),
        )
        in_use = [] if known is None else known["instance_type"].unique().sort().to_list()
        offered = self._offered(region, OperatingSystem(key[3]), daemons, in_use)
        found = self._lawful(tasks, offered)
        kept = tuple(t for t in tasks if t.workload in found.ways)
        rows = pl.Series([t.workload for t in kept], dtype=pl.UInt32)
        demand = hours.demand.filter(pl.col("workload").is_in(rows.implode()))
        rights = tuple((t.workload, t.right_vcpu, t.right_memory_mib) for t in kept)
        weights = self.memory.recall(
            ("weights", self._planned, rights), lambda: representative_hours(demand, kept)
        )
        sample = demand.filter(pl.col("hour").is_in(pl.Series(list(weights), dtype=pl.Int32).implode()))
        peaks = demand.group_by("workload").agg(pl.col("tasks_peak").max()).sort("workload")
        cell = Cell(
            key=key,
            tasks=kept,
            ways=found.ways,
            demand=demand,
            sample=sample,
            weights=weights,
            bins=offered.bins,
            room=offered.room,
            rows_of_bins=offered.rows,
            alone=found.alone,
            discounts=NOTHING_FOR_SALE,
            known=known,
            policy=config.fleet,
            peaks=dict(peaks.iter_rows()),
            today={t.workload: now for t in kept if (now := todays_way(t, found.ways[t.workload]))},
            disk_usd_per_gib_hour=_disk_usd(catalog, region),
            standing_usd_per_month=partial(_standing_usd, config),
        )
        lost = f"no instance type allowed by the policy holds it and no price is known in {region}"
        return cell, {t.workload: lost for t in tasks if t.workload not in found.ways}, found.refused

    def _offered(
        self, region: str, system: OperatingSystem, daemons: Sequence[Task], in_use: Sequence[str]
    ) -> _Offered:
        config, catalog, lasting = self.config, self.catalog, self.memory.lasting
        policy = (config.fleet, config.spot, config.prices)
        alongside = tuple((d.vcpu, d.memory_mib, d.network_mode) for d in daemons)
        room = (region, system, *policy, alongside, tuple(in_use))
        # people's time is a price, and only what may stand in for what hangs on prices
        room_key = (*room, config.operations if config.spot.only_interchangeable else None)

        def work() -> _Offered:
            types = lasting.recall(("types", region, system), lambda: shapes(catalog, region, system))
            cash = lasting.recall(
                ("prices", region, system, *policy),
                lambda: cash_prices(types, catalog, region, system, config),
            )
            allowed = bins(with_people(cash, config), config.fleet, daemons=daemons, in_use=in_use)
            return _Offered.of(replaceable(allowed, config.spot, in_use), room_key)

        return lasting.recall(("offered", *room, config.operations), work)

    def _lawful(self, tasks: list[Task], offered: _Offered) -> _Lawful:
        config = self.config
        proposed = tuple(self.options.ways[t.workload] for t in tasks)
        # how many run has no say in which ways there are
        alike = tuple(replace(t, tasks_mean=0.0) for t in tasks)
        return self.memory.lasting.recall(
            ("lawful", offered.room_key, config.prices, config.spot, proposed, alike),
            lambda: _Lawful.among(tasks, proposed, offered.room, self.catalog, config),
        )


@dataclass(frozen=True)
class _Offered:
    """The bins that a cell may use, their room, and group and type → row.

    Attributes:
        room_key: everything that the room depends on.
    """

    bins: pl.DataFrame
    room: Room
    rows: Mapping[tuple[str, str], int]
    room_key: Hashable

    @classmethod
    def of(cls, found: pl.DataFrame, room_key: Hashable) -> _Offered:
        names = found.select("group", "instance_type").iter_rows() if len(found) else ()
        return cls(found, room_by_group(found), {(g, t): row for row, (g, t) in enumerate(names)}, room_key)


@dataclass(frozen=True)
class _Lawful:
    """The ways of a cell's workloads that have a price and a place, and the others."""

    ways: dict[int, tuple[Way, ...]]
    alone: dict[Way, AlonePrice]
    refused: list[Rejection]

    @classmethod
    def among(
        cls,
        tasks: list[Task],
        proposed: Sequence[tuple[Way, ...]],
        room: Room,
        catalog: Catalog,
        config: Config,
    ) -> _Lawful:
        found = cls({}, {}, [])
        for task, ways in zip(tasks, proposed, strict=True):
            lawful = []
            for way in ways:
                if way.launch_type is LaunchType.FARGATE:
                    price = alone_price(task, way, catalog, config)
                    if price is not None:
                        found.alone[way] = price
                        lawful.append(way)
                    else:
                        found.refused.append(unpriced(task, way))
                elif (no := misfit(task, way, room)) is None:
                    lawful.append(way)
                else:
                    found.refused.append(no)
            if lawful:
                found.ways[task.workload] = tuple(lawful)
        return found


def _standing_usd(config: Config, launch_types: Iterable[str]) -> float:
    # the private discount comes off the whole bill, and people are none of it
    hours = standing_hours(launch_types, config.operations)
    return hours * config.operations.usd_per_hour / (1.0 - config.prices.edp_share)


def _disk_usd(catalog: Catalog, region: str) -> float:
    gib_month = catalog.other(region, "ebs_gp3_storage")
    return 0.0 if gib_month is None else gib_month.pico_usd / PICO_PER_USD / HOURS_PER_MONTH
