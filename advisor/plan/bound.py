"""The proven lower bound: what no plan can undercut, in this model and for this demand.

For prices of task room π that no instance beats (π · pattern ≤ price for every lawful pattern of every type), the
demand of an hour priced at min(π, Fargate) is a bound on the cost of that hour (linear-programming duality;
Farley 1990). Commitments enter by Lagrangian duality (algorithms.md §6): for every offer any non-negative weights
on the hours that add up to their number give a valid bound. Two kinds are tried and the best counts:

- *flat*: every hour at the best discounted rate, as if commitments were always fully used; what is owned has a price
  of its own there, of which a few are tried (`Sunk.displaced`);
- *newsvendor*: the busiest 1 − d share of the hours at on-demand rates and the others free, d being the largest
  discount for sale.

It holds for plans with one way for each workload that spread services as asked; few types per pool and whole
instances are left out of it: they only make plans dearer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    """

    usd: float
    certificate: dict[str, Any]


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
    parts = side_by_side(lambda cell: _priced(cell, rates), cells)
    tried = []
    for number, cover in enumerate(covers):
        by_hour = _summed([part[number].by_hour for part in parts])
        rooms = [part[number].room for part in parts]
        if number:
            tried.append(_Try("flat", sum(by_hour.values()) / NANO_PER_USD, cover, rooms))
        else:
            usage = _busiest(by_hour, (1.0 - largest) * hours) / NANO_PER_USD
            tried.append(_Try("newsvendor", usage, cover, rooms))
    # usage in dollars of the method's own rates, less what is owned can displace of it; what is owned is paid anyway
    winner = max(tried, key=lambda t: t.usage_usd - t.cover_usd)
    return Bound(
        sunk_usd + max(0.0, winner.usage_usd - winner.cover_usd),
        {
            "method": f"fluid dual, {winner.method} commitment weights",
            "largest_discount_share": largest,
            "scale": NANO_PER_USD,
            "usage_usd": winner.usage_usd,
            "owned_usd": sunk_usd,
            "owned_cover_usd": winner.cover_usd,
            "task_room_nano_usd_per_hour": _duals(cells, winner.rooms),
        },
    )


@dataclass(frozen=True)
class _Try:
    """One choice of weights: what usage costs at its rates, what of that is displaced, and the prices of room."""

    method: str
    usage_usd: float
    cover_usd: float
    rooms: Sequence[pl.DataFrame]


def _busiest(by_hour: dict[int, int], most: float) -> int:
    """Return the sum over the dearest `most` hours, the last one taken in part and rounded down."""
    total, left = 0, most
    for nano in sorted(by_hour.values(), reverse=True):
        if left <= 0:
            break
        total += nano if left >= 1 else int(nano * left)
        left -= 1
    return total


@dataclass(frozen=True)
class _Priced:
    """A cell at one set of rates: prices of room, and `hour, nano`."""

    room: pl.DataFrame
    by_hour: pl.DataFrame


def _priced(cell: Cell, rates: Sequence[Mapping[str, Discounts]]) -> list[_Priced]:
    """Return a cell at each of some rates by region; at list prices where a region has none."""
    rooms = TaskRooms(cell)
    order = representative_order(cell)
    found = []
    for rate in rates:
        # nothing is for sale for Windows, and nothing that is owned reaches it
        reached = cell.discounts is not NOTHING_FOR_SALE
        discounts = rate.get(cell.key[1], NOTHING_FOR_SALE) if reached else NOTHING_FOR_SALE
        room = rooms.priced(discounts)
        found.append(_Priced(room, _cell_by_hour(cell, order, room, discounts)))
    return found


def _summed(parts: Sequence[pl.DataFrame]) -> dict[int, int]:
    total: dict[int, int] = {}
    for part in parts:
        for hour, nano in part.iter_rows():
            total[hour] = total.get(hour, 0) + nano
    return total


def _duals(cells: Sequence[Cell], rooms: Sequence[pl.DataFrame]) -> dict[str, dict[str, dict[str, int]]]:
    """Return cell → block → workload → nano-dollars an hour of one task's room."""
    duals: dict[str, dict[str, dict[str, int]]] = {}
    for cell, room in zip(cells, rooms, strict=True):
        blocks = duals["/".join(cell.key)] = {}
        for block, workload_id, nano in room.select("block", "workload_id", "nano").iter_rows():
            blocks.setdefault(str(block), {})[workload_id] = nano
    return duals


def _cell_by_hour(cell: Cell, order: pl.DataFrame, room: pl.DataFrame, discounts: Discounts) -> pl.DataFrame:
    """Return `hour, nano`: the best bound of each hour over its own block's prices and its neighbours'."""
    apart = pl.LazyFrame(
        list(_alone_nano_per_s(cell, discounts)),
        schema={"workload": pl.UInt32, "nano_per_s": pl.Float64},
        orient="row",
    )
    has_room = pl.Series(sorted(set(room["workload"].to_list())), dtype=pl.UInt32)
    packed = (pl.col("tasks_peak") * pl.col("nano")).fill_null(0)
    by_itself = (pl.col("billed_seconds") * pl.col("nano_per_s")).floor().cast(pl.Int64)
    cost = (
        pl.when(pl.col("workload").is_in(has_room.implode()))
        .then(pl.min_horizontal(packed, by_itself))
        .otherwise(by_itself.fill_null(0))
    )
    return (
        cell.demand.lazy()
        .filter((pl.col("tasks_peak") > 0) | (pl.col("billed_seconds") > 0))
        .join(apart, on="workload", how="left")
        .join(order.lazy(), on="hour")
        .join(room.lazy().select("block", "workload", "nano"), on=["block", "workload"], how="left")
        .group_by("hour", "block")
        .agg(cost.sum().alias("nano"))
        .group_by("hour")
        .agg(pl.col("nano").max())
        .sort("hour")
        .collect()
    )


def _alone_nano_per_s(cell: Cell, discounts: Discounts) -> Iterator[tuple[int, float]]:
    """Yield workload and nano-dollars a billed second of its cheapest Fargate way."""
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
            yield workload, min(rates) * (NANO_PER_USD / PICO_PER_USD) / SECONDS_PER_HOUR
