"""The proven lower bound: what no plan can undercut, in this model and for this demand.

For prices of task room π that no instance beats (π · pattern ≤ price for every lawful pattern of every type), the
demand of an hour priced at min(π, Fargate) is a bound on the cost of that hour (linear-programming duality;
Farley 1990). Commitments enter by Lagrangian duality (algorithms.md §6): for every offer any non-negative weights
on the hours that add up to their number give a valid bound. Two kinds are tried and the best counts:

- *flat*: every hour at the best discounted rate, as if commitments were always fully used; what is owned has a price
  of its own there, of which a few are tried (`Sunk.displaced`);
- *newsvendor*: the busiest 1 − d share of the hours at on-demand rates and the others free, d being the largest
  discount for sale.

People's time on pools and clusters comes on top, where a cell cannot do without instances for less (`people_nano`).

It holds for plans with one way for each workload that spread services as asked; few types per pool and whole
instances are left out of it: they only make plans dearer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

import polars as pl

from advisor.plan.cell import Cell, representative_order
from advisor.plan.discounts import NOTHING_FOR_SALE, Discounts
from advisor.plan.room import NANO_PER_USD, TaskRooms
from advisor.plan.side_by_side import side_by_side
from advisor.plan.sunk import Sunk
from advisor.terms import CapacityOption
from advisor.units import PICO_PER_USD, SECONDS_PER_HOUR

QUANTILES = (0.5, 0.0)
"""Where the price of an owned plan is tried among what its dollars are worth on the meters that it reaches."""


@dataclass(frozen=True)
class Bound:
    """A lower bound on the window's cost.

    Attributes:
        usd: dollars over the window, rounded down.
        certificate: method, weights, and the task-room prices by cell and block, for re-checking.
        proofs: the same with what it rests on, cell by cell.
    """

    usd: float
    certificate: dict[str, Any]
    proofs: tuple[CellProof, ...]


@dataclass(frozen=True)
class CellProof:
    """Why a cell cannot cost less.

    Attributes:
        rooms: its tables, for checking prices of room.
        discounts: what plans leave of its meters.
        room: prices of task room by block: `block, workload, workload_id, nano`.
        blocks: `hour, block`: whose prices an hour is held against.
        usd_per_s: by workload, dollars a billed second without instances.
        share_of_hour: `hour, share` of the hours that count; null for all of them.
        by_workload: `workload, packed, apart`: nano-dollars of its usage on instances, and without them; null where
            a workload has no such way.
        people_nano: people's time on one pool and its cluster, which a cell asks as soon as anything runs on instances.
        nano: what it costs at the least: each workload in the cheaper of its two ways and people's time, or everything
            without instances.
    """

    cell: Cell
    rooms: TaskRooms
    discounts: Discounts
    room: pl.DataFrame
    blocks: pl.DataFrame
    usd_per_s: Mapping[int, float]
    share_of_hour: pl.DataFrame | None
    by_workload: pl.DataFrame
    people_nano: int
    nano: int


def lower_bound(cells: Sequence[Cell], hours: int, owned: Sunk, for_sale: Mapping[str, Discounts]) -> Bound:
    """Return the bound for all cells together.

    Args:
        hours: covered hours of the window.
        owned: commitments that are paid whatever the plan does, and what they can displace at the most.
        for_sale: region → the best discounts that the policy can buy.
    """
    largest = max((c.discounts.largest for c in cells), default=0.0)
    sunk_usd = owned.cost_usd(hours)
    rates: list[Mapping[str, Discounts]] = [{}]
    covers = [owned.cover_usd(hours)]
    for quantile in QUANTILES if owned.has_plans else (1.0,):
        raised, cover = owned.displaced(hours, for_sale, quantile)
        rates.append(raised)
        covers.append(cover)
    parts = side_by_side(lambda cell: _priced(cell, rates), cells, Cell.task_count)
    tried = []
    for number, cover in enumerate(covers):
        found = [part[number] for part in parts]
        counted = None if number else _busiest([p.by_hour for p in found], (1.0 - largest) * hours)
        tried.append(_Try("flat" if number else "newsvendor", cover, [p.proof(counted) for p in found]))
    # usage in dollars of the method's own rates, less what is owned can displace of it; what is owned is paid anyway
    winner = max(tried, key=lambda t: t.usage_usd - t.cover_usd)
    return Bound(
        sunk_usd + max(0.0, winner.usage_usd - winner.cover_usd),
        {
            "method": f"dual prices, {winner.method} commitment weights",
            "largest_discount_share": largest,
            "scale": NANO_PER_USD,
            "usage_usd": winner.usage_usd,
            "owned_usd": sunk_usd,
            "owned_cover_usd": winner.cover_usd,
            "task_room_nano_usd_per_hour": _duals(winner.proofs),
        },
        tuple(winner.proofs),
    )


@dataclass(frozen=True)
class _Try:
    """One choice of weights: the least usage at its rates, and what of that is displaced."""

    method: str
    cover_usd: float
    proofs: Sequence[CellProof]

    @property
    def usage_usd(self) -> float:
        return sum(p.nano for p in self.proofs) / NANO_PER_USD


@dataclass(frozen=True)
class _Priced:
    """A cell at one set of rates: `by_workload` has `hour, block, workload, packed, apart`.

    The latter are nano-dollars on instances, and without them; null where a workload has no such way.
    """

    cell: Cell
    rooms: TaskRooms
    discounts: Discounts
    usd_per_s: Mapping[int, float]
    room: pl.DataFrame
    by_workload: pl.DataFrame

    @property
    def by_hour(self) -> pl.DataFrame:
        """`hour, nano`: what each hour costs at the least."""
        return self.by_workload.group_by("hour").agg(pl.min_horizontal("packed", "apart").sum().alias("nano"))

    def proof(self, share_of_hour: pl.DataFrame | None) -> CellProof:
        """Return the proof over all hours, or over those that count."""
        usage = self._usage(share_of_hour)
        people = floor(self.cell.least_standing_usd() * NANO_PER_USD)
        least = int(usage.select(pl.min_horizontal("packed", "apart").sum()).item() or 0) + people
        if not usage["apart"].null_count():
            least = min(least, int(usage["apart"].sum() or 0))
        return CellProof(
            self.cell,
            self.rooms,
            self.discounts,
            self.room,
            self.by_workload.select("hour", "block").unique().sort("hour"),
            self.usd_per_s,
            share_of_hour,
            usage,
            people,
            least,
        )

    def _usage(self, share_of_hour: pl.DataFrame | None) -> pl.DataFrame:
        """Return `workload, packed, apart`: what each workload costs in one way from the first hour to the last."""
        rows = self.by_workload.lazy()
        if share_of_hour is not None:
            part = [
                (pl.col(c) * pl.col("share")).floor().cast(pl.Int64).alias(c) for c in ("packed", "apart")
            ]
            rows = rows.join(share_of_hour.lazy(), on="hour").with_columns(part)
        # a way that a workload does not have must not look free
        whole = [
            pl.when(pl.col(c).null_count() < pl.len()).then(pl.col(c).sum()).alias(c)
            for c in ("packed", "apart")
        ]
        return rows.group_by("workload").agg(whole).sort("workload").collect()


def _busiest(by_hour: Sequence[pl.DataFrame], most: float) -> pl.DataFrame:
    """Return `hour, share` of the dearest `most` hours of all cells together, the last one in part."""
    rows = pl.concat(by_hour).group_by("hour").agg(pl.col("nano").sum()).sort(-pl.col("nano"), "hour")
    left = most - pl.int_range(pl.len())
    return rows.select("hour", left.clip(0.0, 1.0).alias("share")).filter(pl.col("share") > 0)


def _priced(cell: Cell, rates: Sequence[Mapping[str, Discounts]]) -> list[_Priced]:
    """Return a cell at each of some rates by region; at list prices where a region has none."""
    # nothing is for sale for Windows, and nothing that is owned reaches it
    reached = cell.discounts is not NOTHING_FOR_SALE
    discounts = [rate.get(cell.key[1], NOTHING_FOR_SALE) if reached else NOTHING_FOR_SALE for rate in rates]
    apart = [dict(_alone_usd_per_s(cell, d)) for d in discounts]
    order = representative_order(cell)
    rooms = TaskRooms(cell)
    priced = rooms.priced(list(zip(discounts, apart, strict=True)))
    return [
        _Priced(cell, rooms, d, alone, room, _by_workload(cell, order, room, alone))
        for d, alone, room in zip(discounts, apart, priced, strict=True)
    ]


def _duals(proofs: Sequence[CellProof]) -> dict[str, dict[str, dict[str, int]]]:
    """Return cell → block → workload → nano-dollars an hour of one task's room."""
    duals: dict[str, dict[str, dict[str, int]]] = {}
    for proof in proofs:
        blocks = duals["/".join(proof.cell.key)] = {}
        for block, workload_id, nano in proof.room.select("block", "workload_id", "nano").iter_rows():
            blocks.setdefault(str(block), {})[workload_id] = nano
    return duals


def _by_workload(
    cell: Cell, order: pl.DataFrame, room: pl.DataFrame, usd_per_s: Mapping[int, float]
) -> pl.DataFrame:
    """Return `hour, block, workload, packed, apart` at the prices of the best block for each hour: its own or a neighbour."""
    apart = pl.LazyFrame(
        [(w, rate * NANO_PER_USD) for w, rate in usd_per_s.items()],
        schema={"workload": pl.UInt32, "nano_per_s": pl.Float64},
        orient="row",
    )
    packed = (pl.col("tasks_peak") * pl.col("nano")).alias("packed")
    by_itself = (pl.col("billed_seconds") * pl.col("nano_per_s")).floor().cast(pl.Int64).alias("apart")
    rows = (
        cell.demand.lazy()
        .filter((pl.col("tasks_peak") > 0) | (pl.col("billed_seconds") > 0))
        .join(apart, on="workload", how="left")
    )
    prices = room.lazy().select("block", "workload", "nano")
    best = (
        rows.join(order.lazy(), on="hour")
        .join(prices, on=["block", "workload"], how="left")
        .select("hour", "block", pl.min_horizontal(packed, by_itself).alias("nano"))
        .group_by("hour", "block")
        .agg(pl.col("nano").sum())
        .sort("hour", -pl.col("nano"), "block")
        .group_by("hour", maintain_order=True)
        .agg(pl.col("block").first())
    )
    return (
        rows.join(best, on="hour")
        .join(prices, on=["block", "workload"], how="left")
        .select("hour", "block", "workload", packed, by_itself)
        .collect()
    )


def _alone_usd_per_s(cell: Cell, discounts: Discounts) -> Iterator[tuple[int, float]]:
    """Yield workload and dollars a billed second of its cheapest Fargate way."""
    for workload, ways in cell.ways.items():
        rates = [
            cell.alone[o].pico_per_task_hour
            * (
                1.0
                if o.capacity_option is CapacityOption.SPOT
                else 1.0 - discounts.of_fargate(o.cpu_architecture)
            )
            for o in ways
            if o in cell.alone
        ]
        if rates:
            yield workload, min(rates) / PICO_PER_USD / SECONDS_PER_HOUR
