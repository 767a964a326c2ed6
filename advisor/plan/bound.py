"""The proven lower bound: what no plan can undercut, in this model and for this demand.

For prices of task room π that no instance beats (π · pattern ≤ price for every lawful pattern of every type), the
demand of an hour priced at min(π, Fargate) is a bound on the cost of that hour (linear-programming duality;
Farley 1990). Commitments enter by Lagrangian duality (algorithms.md §6): for every offer any non-negative weights
on the hours that add up to their number give a valid bound. Two choices are tried and the better one counts:

- *flat*: every hour at the best discounted rate, as if commitments were always fully used;
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
from advisor.plan.discounts import Discounts
from advisor.plan.room import NANO_PER_USD, TaskRooms, task_rooms
from advisor.plan.sunk import Sunk
from advisor.units import PICO_PER_USD, SECONDS_PER_HOUR


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
    rooms = [task_rooms(cell) for cell in cells]
    flat, full = _by_hour(cells, rooms)
    sunk_usd = owned.cost_usd(hours)
    covers = {
        "flat": owned.cover_at_best_usd(hours, for_sale),
        "newsvendor": owned.cover_usd(hours),
    }
    usage = {
        "flat": sum(flat.values()) / NANO_PER_USD,
        "newsvendor": _busiest(full, (1.0 - largest) * hours) / NANO_PER_USD,
    }
    # usage in dollars of the method's own rates, less what is owned can displace of it; what is owned is paid anyway
    usd = {name: sunk_usd + max(0.0, usage[name] - covers[name]) for name in usage}
    method = max(("flat", "newsvendor"), key=lambda name: usd[name])
    return Bound(
        usd[method],
        {
            "method": f"fluid dual, {method} commitment weights",
            "largest_discount_share": largest,
            "scale": NANO_PER_USD,
            "usage_usd": usage,
            "owned_usd": sunk_usd,
            "owned_cover_usd": covers,
            "task_room_nano_usd_per_hour": _duals(
                cells, [r.committed if method == "flat" else r.on_demand for r in rooms]
            ),
        },
    )


def _busiest(by_hour: dict[int, int], most: float) -> int:
    """Return the sum over the dearest `most` hours, the last one taken in part and rounded down."""
    total, left = 0, most
    for nano in sorted(by_hour.values(), reverse=True):
        if left <= 0:
            break
        total += nano if left >= 1 else int(nano * left)
        left -= 1
    return total


def _by_hour(cells: Sequence[Cell], rooms: Sequence[TaskRooms]) -> tuple[dict[int, int], dict[int, int]]:
    """Return nano-dollars by hour over all cells, at the best discounted rates and at on-demand rates."""
    flat: dict[int, int] = {}
    full: dict[int, int] = {}
    for cell, room in zip(cells, rooms, strict=True):
        for hour, at_best, on_demand in _cell_by_hour(cell, room).iter_rows():
            flat[hour] = flat.get(hour, 0) + at_best
            full[hour] = full.get(hour, 0) + on_demand
    return flat, full


def _duals(cells: Sequence[Cell], rooms: Sequence[pl.DataFrame]) -> dict[str, dict[str, dict[str, int]]]:
    """Return cell → block → workload → nano-dollars an hour of one task's room."""
    duals: dict[str, dict[str, dict[str, int]]] = {}
    for cell, room in zip(cells, rooms, strict=True):
        blocks = duals["/".join(cell.key)] = {}
        for block, workload_id, nano in room.select("block", "workload_id", "nano").iter_rows():
            blocks.setdefault(str(block), {})[workload_id] = nano
    return duals


def _cell_by_hour(cell: Cell, rooms: TaskRooms) -> pl.DataFrame:
    """Return `hour, flat, full`: the best bound of each hour over its own block's prices and its neighbours'."""
    alone = {"workload": pl.UInt32, "alone_flat": pl.Float64, "alone_full": pl.Float64}
    apart = pl.LazyFrame(list(_alone_nano_per_s(cell)), schema=alone, orient="row")
    has_room = pl.Series(sorted(set(rooms.on_demand["workload"].to_list())), dtype=pl.UInt32)
    room = rooms.committed.lazy().join(
        rooms.on_demand.lazy().select("block", "workload", pl.col("nano").alias("full")),
        on=["block", "workload"],
    )
    rows = (
        cell.demand.lazy()
        .filter((pl.col("tasks_peak") > 0) | (pl.col("billed_seconds") > 0))
        .join(apart, on="workload", how="left")
        .join(representative_order(cell).lazy(), on="hour")
        .join(
            room.select("block", "workload", pl.col("nano").alias("flat"), "full"),
            on=["block", "workload"],
            how="left",
        )
    )

    def cost(rates: str) -> pl.Expr:
        packed = (pl.col("tasks_peak") * pl.col(rates)).fill_null(0)
        by_itself = (pl.col("billed_seconds") * pl.col(f"alone_{rates}")).floor().cast(pl.Int64)
        roomy = pl.col("workload").is_in(has_room.implode())
        return (
            pl.when(roomy)
            .then(pl.min_horizontal(packed, by_itself))
            .otherwise(by_itself.fill_null(0))
            .sum()
            .alias(rates)
        )

    return (
        rows.group_by("hour", "block")
        .agg(cost("flat"), cost("full"))
        .group_by("hour")
        .agg(pl.col("flat", "full").max())
        .sort("hour")
        .collect()
    )


def _alone_nano_per_s(cell: Cell) -> Iterator[tuple[int, float, float]]:
    """Yield workload and nano-dollars a billed second of its cheapest Fargate way, at best and at on-demand rates."""
    nano = NANO_PER_USD / PICO_PER_USD
    for workload, ways in cell.ways.items():
        rates = [(cell.alone[o].pico_per_task_hour, cell.alone_discount(o)) for o in ways if o in cell.alone]
        if rates:
            flat = min(pico * (1.0 - discount) for pico, discount in rates)
            full = min(pico * 1.0 for pico, _ in rates)
            yield workload, flat * nano / SECONDS_PER_HOUR, full * nano / SECONDS_PER_HOUR
