"""What the room of one task is worth on instances: the packing's dual prices, good for bounds and explanations."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from advisor import core
from advisor.plan.cell import Cell
from advisor.plan.fleet import demand_of, fitting, holdable, with_ports
from advisor.terms import CapacityOption, LaunchType
from advisor.units import PICO_PER_USD

NANO_PER_USD = 10**9
"""Prices of room are whole nano-dollars, rounded down, so that sums are exact and bounds stay bounds."""


@dataclass(frozen=True)
class TaskRooms:
    """Task-room prices: `block, workload, workload_id, nano` (per task and hour), one block per sample hour.

    No instance of the cell's types holds tasks worth more than its own price, in any block.

    Attributes:
        committed: against instances at their best discounted rates.
        on_demand: against on-demand rates.
    """

    committed: pl.DataFrame
    on_demand: pl.DataFrame


SCHEMA = {"block": pl.Int64, "workload": pl.UInt32, "workload_id": pl.String, "nano": pl.Int64}


def task_rooms(cell: Cell) -> TaskRooms:
    """Return what the room of each of a cell's tasks is worth."""
    nothing = TaskRooms(pl.DataFrame(schema=SCHEMA), pl.DataFrame(schema=SCHEMA))
    on_instances = {
        w: [o for o in ways if o.launch_type is not LaunchType.FARGATE] for w, ways in cell.ways.items()
    }
    view = cell.sizes([w for w, ways in on_instances.items() if ways], on_instances)
    bins = fitting(cell.bins, view)
    if not len(bins):
        return nothing
    held = holdable(view.frame, cell.room)
    view = cell.sizes([t.workload for t, ok in zip(view.tasks, held, strict=True) if ok], on_instances)
    if not view.tasks:
        return nothing
    # one task of a workload that rests in a block's hour, so that it has a price of room there too
    demand = demand_of(view, cell.sample.with_columns(pl.max_horizontal("tasks_peak", 1)))
    ids = pl.DataFrame(
        {
            "size": pl.Series(range(len(view.tasks)), dtype=pl.Int64),
            "workload": pl.Series([t.workload for t in view.tasks], dtype=pl.UInt32),
            "workload_id": [t.workload_id for t in view.tasks],
        }
    ).lazy()

    def priced(bins: pl.DataFrame) -> pl.DataFrame:
        solved = core.pack_hours(view.frame, with_ports(bins, view.ports), demand, bound_only=True)
        nano = (pl.col("usd_per_hour") * NANO_PER_USD).floor().cast(pl.Int64).alias("nano")
        rows = solved.shadow_prices.lazy().cast({"hour": pl.Int64, "size": pl.Int64}).join(ids, on="size")
        return (
            rows.select(pl.col("hour").alias("block"), "workload", "workload_id", nano)
            .sort("block", "workload")
            .collect()
        )

    return TaskRooms(priced(_at_best(bins, cell)), priced(bins))


def _at_best(bins: pl.DataFrame, cell: Cell) -> pl.DataFrame:
    """Return the bins with the instances' meter at the best rate that the policy can buy."""
    keep = [
        1.0 if option == CapacityOption.SPOT else 1.0 - cell.discounts.of_family(family)
        for family, option in bins.select("family", "capacity_option").iter_rows()
    ]
    instance = pl.col("instance_pico") / PICO_PER_USD
    return bins.with_columns(
        (pl.col("usd_per_hour") - instance + instance * pl.Series(keep)).alias("usd_per_hour")
    )
