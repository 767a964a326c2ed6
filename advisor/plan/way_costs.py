"""What ways would use in every hour of the window: Fargate in billed seconds, instances in dollars of their room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from advisor import core
from advisor.plan.cell import Cell
from advisor.plan.fleet import holdable, with_ports
from advisor.plan.side_by_side import side_by_side
from advisor.plan.ways import Way
from advisor.terms import LaunchType

ALONE = ""
"""The `room` of a workload on Fargate; elsewhere it is the group of bins."""
KEY = ["workload", "room"]
LEVELS = {
    "workload": pl.UInt32,
    "room": pl.String,
    "level": pl.Float64,  # what an hour uses
    "above": pl.Int64,  # hours that use more
    "until": pl.Int64,  # hours that use as much or more
    "beyond": pl.Float64,  # sum of what the hours above use
    "total": pl.Float64,  # sum of all hours so far
}


@dataclass(frozen=True)
class WayCosts:
    """The uneven hours of every workload × room.

    Attributes:
        hours: hours of the window.
        running: `workload, block, tasks_peak, n`, see `running`.
        levels: `LEVELS`, the busiest hours of a key first; hours without use are left out.
    """

    hours: int
    running: pl.DataFrame
    levels: pl.DataFrame

    def totals(self) -> pl.DataFrame:
        """Return `workload, room, total` over the window; keys that use nothing are absent."""
        return self.levels.group_by(KEY).agg(pl.col("total").max()).sort(KEY)

    def committed(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """Return `wanted` (workload, room, share, …) with `committed`: the window under the best level of one offer.

        The newsvendor rule (algorithms.md §6): commit to the level that is exceeded in a 1 − share part of the hours.
        """
        left = wanted.with_row_index("_row").with_columns(
            ((1.0 - pl.col("share")) * self.hours).alias("_paid")
        )
        right = self.levels.select(*KEY, "level", "above", "beyond", pl.col("until").cast(pl.Float64))
        cost = pl.col("beyond") - pl.col("above") * pl.col("level") + pl.col("_paid") * pl.col("level")
        return (
            left.sort("_paid")
            .join_asof(
                right.sort("until"),
                left_on="_paid",
                right_on="until",
                by=KEY,
                strategy="forward",
                check_sortedness=False,
            )
            .join(self.totals(), on=KEY, how="left")
            .sort("_row")
            # beyond the last level nothing is committed to
            .with_columns(pl.coalesce(cost, "total", pl.lit(0.0)).alias("committed"))
            .drop("_row", "_paid", "level", "above", "beyond", "until", "total")
        )


def way_costs(cells: Sequence[Cell], hours: int) -> WayCosts:
    """Return what every way of the cells' workloads would use, over all hours.

    Args:
        hours: hours of the window.
    """
    at_once = pl.concat([running(cell) for cell in cells]).sort("workload", "block", "tasks_peak").collect()
    alone = pl.concat([cell.demand.lazy() for cell in cells]).filter(pl.col("billed_seconds") > 0)
    alone = (
        alone.group_by("workload", pl.col("billed_seconds").cast(pl.Float64).alias("level"))
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .select("workload", pl.lit(ALONE).alias("room"), "level", "n")
    )
    packed = (
        at_once.lazy()
        .join(pl.concat(side_by_side(rooms, cells, Cell.task_count)).lazy(), on=["block", "workload"])
        .with_columns((pl.col("tasks_peak") * pl.col("usd_per_hour")).alias("level"))
        .group_by(*KEY, "level")
        .agg(pl.col("n").sum())
        .select("workload", "room", "level", "n")
    )
    used = pl.col("n") * pl.col("level")
    levels = (
        pl.concat([alone, packed])
        .sort(*KEY, "level", descending=[False, False, True])
        .with_columns(pl.col("n").cum_sum().over(KEY).alias("until"), used.cum_sum().over(KEY).alias("total"))
        .with_columns(
            (pl.col("until") - pl.col("n")).alias("above"), (pl.col("total") - used).alias("beyond")
        )
        .select(list(LEVELS))
        .cast(pl.Schema(LEVELS))
        .collect()
    )
    return WayCosts(hours, at_once, levels)


def running(cell: Cell) -> pl.LazyFrame:
    """Return `workload, block, tasks_peak, n`: hours by representative hour nearest in load and by tasks in them."""
    return (
        cell.demand.lazy()
        .filter(pl.col("tasks_peak") > 0)
        .join(_nearest(cell).lazy(), on="hour")
        .group_by("workload", "block", "tasks_peak")
        .agg(pl.len().cast(pl.Int64).alias("n"))
    )


def rooms(cell: Cell) -> pl.DataFrame:
    """Return `room, block, workload, usd_per_hour`: what one task's room is worth in each group, one block per hour.

    One call for all groups: a workload counts once in each, and no group's bins hold another's tasks.
    """
    schema = {"room": pl.String, "block": pl.Int32, "workload": pl.UInt32, "usd_per_hour": pl.Float64}
    groups: dict[str, dict[int, list[Way]]] = {}
    for workload, ways in cell.ways.items():
        for way in ways:
            if way.launch_type is not LaunchType.FARGATE:
                groups.setdefault(way.group, {}).setdefault(workload, []).append(way)
    views = {group: cell.sizes(ways, ways) for group, ways in sorted(groups.items())}
    if not views or not len(cell.bins):
        return pl.DataFrame(schema=schema)
    ports = tuple(sorted({port for view in views.values() for port in view.ports}))
    sizes = pl.concat(
        [v.frame.with_columns(pl.col("size_id") + f"|{g}") for g, v in views.items()], how="diagonal"
    )
    keys = [(group, t.workload) for group, view in views.items() for t in view.tasks]
    index = pl.DataFrame(keys, schema={"room": pl.String, "workload": pl.UInt32}, orient="row")
    held = pl.Series(holdable(sizes, cell.room))
    sizes = sizes.filter(held).with_columns(pl.col(port).fill_null(0.0) for port in ports)
    index = index.filter(held).with_row_index("size")
    if not len(sizes):
        return pl.DataFrame(schema=schema)
    # one task of a workload that rests in a block's hour, so that it has a price of room there too
    count = pl.max_horizontal("tasks_peak", 1).alias("count")
    demand = cell.sample.join(index, on="workload").select("hour", "size", count).sort("hour", "size")
    solved = core.pack_hours(sizes, with_ports(cell.bins, ports), demand, bound_only=True)
    return (
        solved.shadow_prices.cast({"size": pl.UInt32})
        .join(index, on="size")
        .select("room", pl.col("hour").cast(pl.Int32).alias("block"), "workload", "usd_per_hour")
        .sort("room", "block", "workload")
    )


def _nearest(cell: Cell) -> pl.DataFrame:
    """Return `hour, block`: every hour with the representative hour nearest to it in load."""
    blocks, nearest = cell.nearest_blocks
    rows = [(hour, blocks[at]) for hour, at in nearest]
    return pl.DataFrame(rows, schema={"hour": pl.Int32, "block": pl.Int32}, orient="row")
