"""What the room of one task is worth on instances: the packing's dual prices, good for bounds and explanations."""

from __future__ import annotations

import polars as pl

from advisor import core
from advisor.plan.cell import Cell
from advisor.plan.fleet import demand_of, fitting, holdable, with_ports
from advisor.terms import CapacityOption, LaunchType
from advisor.units import PICO_PER_USD

NANO_PER_USD = 10**9
"""Prices of room are whole nano-dollars, rounded down, so that sums are exact and bounds stay bounds."""


def task_room(cell: Cell, *, committed: bool) -> pl.DataFrame:
    """Return task-room prices: `block, workload, workload_id, nano` (per task and hour), one block per sample hour.

    No instance of the cell's types holds tasks worth more than its own price, in any block.

    Args:
        committed: instances at their best discounted rates instead of on-demand ones.
    """
    schema = {"block": pl.Int64, "workload": pl.UInt32, "workload_id": pl.String, "nano": pl.Int64}
    on_instances = {
        w: [o for o in ways if o.launch_type is not LaunchType.FARGATE] for w, ways in cell.ways.items()
    }
    view = cell.sizes([w for w, ways in on_instances.items() if ways], on_instances)
    bins = fitting(cell.bins, view)
    if not len(bins):
        return pl.DataFrame(schema=schema)
    if committed:
        keep = [
            1.0 if option == CapacityOption.SPOT else 1.0 - cell.discounts.of_family(family)
            for family, option in zip(bins["family"], bins["capacity_option"], strict=True)
        ]
        instance = pl.col("instance_pico") / PICO_PER_USD
        bins = bins.with_columns(
            (pl.col("usd_per_hour") - instance + instance * pl.Series(keep)).alias("usd_per_hour")
        )
    held = holdable(view.frame, cell.room)
    view = cell.sizes([t.workload for t, ok in zip(view.tasks, held, strict=True) if ok], on_instances)
    if not view.tasks:
        return pl.DataFrame(schema=schema)
    # one task of a workload that rests in a block's hour, so that it has a price of room there too
    sample = cell.sample.with_columns(pl.max_horizontal("tasks_peak", 1))
    solved = core.pack_hours(
        view.frame, with_ports(bins, view.ports), demand_of(view, sample), bound_only=True
    )
    ids = pl.DataFrame(
        {
            "size": pl.Series(range(len(view.tasks)), dtype=pl.Int64),
            "workload": pl.Series([t.workload for t in view.tasks], dtype=pl.UInt32),
            "workload_id": [t.workload_id for t in view.tasks],
        }
    )
    return (
        solved.shadow_prices.cast({"hour": pl.Int64, "size": pl.Int64})
        .join(ids, on="size")
        .select(
            pl.col("hour").alias("block"),
            "workload",
            "workload_id",
            (pl.col("usd_per_hour") * NANO_PER_USD).floor().cast(pl.Int64).alias("nano"),
        )
        .sort("block", "workload")
    )
