"""What the room of one task is worth on instances: the packing's dual prices, good for bounds and explanations."""

from __future__ import annotations

import polars as pl

from advisor import core
from advisor.plan.cell import Cell
from advisor.plan.discounts import NOTHING_FOR_SALE, Discounts, kept_shares
from advisor.plan.fleet import demand_of, fitting, holdable, with_ports
from advisor.terms import LaunchType
from advisor.units import PICO_PER_USD

NANO_PER_USD = 10**9
"""Prices of room are whole nano-dollars, rounded down, so that sums are exact and bounds stay bounds."""


SCHEMA = {"block": pl.Int64, "workload": pl.UInt32, "workload_id": pl.String, "nano": pl.Int64}


class TaskRooms:
    """Prices of task room in a cell: `block, workload, workload_id, nano` (per task and hour), one block per sample hour.

    No instance of the cell's types holds tasks worth more than its own price, in any block.
    """

    def __init__(self, cell: Cell) -> None:
        on_instances = {
            w: [o for o in ways if o.launch_type is not LaunchType.FARGATE] for w, ways in cell.ways.items()
        }
        view = cell.sizes([w for w, ways in on_instances.items() if ways], on_instances)
        held = holdable(view.frame, cell.room)
        self._view = cell.sizes(
            [t.workload for t, ok in zip(view.tasks, held, strict=True) if ok], on_instances
        )
        self._bins = fitting(cell.bins, self._view)
        # one task of a workload that rests in a block's hour, so that it has a price of room there too
        self._demand = demand_of(self._view, cell.sample.with_columns(pl.max_horizontal("tasks_peak", 1)))
        self._ids = pl.DataFrame(
            {
                "size": pl.Series(range(len(self._view.tasks)), dtype=pl.Int64),
                "workload": pl.Series([t.workload for t in self._view.tasks], dtype=pl.UInt32),
                "workload_id": pl.Series([t.workload_id for t in self._view.tasks], dtype=pl.String),
            }
        ).lazy()

    def priced(self, discounts: Discounts = NOTHING_FOR_SALE) -> pl.DataFrame:
        """Return the prices of room against instances whose meter is discounted; against on-demand ones by default."""
        if not len(self._bins):
            return pl.DataFrame(schema=SCHEMA)
        bins = self._bins
        if discounts is not NOTHING_FOR_SALE:
            instance = pl.col("instance_pico") / PICO_PER_USD
            bins = bins.with_columns(
                (pl.col("usd_per_hour") - instance + instance * kept_shares(bins, discounts)).alias(
                    "usd_per_hour"
                )
            )
        view = self._view
        solved = core.pack_hours(view.frame, with_ports(bins, view.ports), self._demand, bound_only=True)
        nano = (pl.col("usd_per_hour") * NANO_PER_USD).floor().cast(pl.Int64).alias("nano")
        rows = solved.shadow_prices.lazy().cast({"hour": pl.Int64, "size": pl.Int64})
        return (
            rows.join(self._ids, on="size")
            .select(pl.col("hour").alias("block"), "workload", "workload_id", nano)
            .sort("block", "workload")
            .collect()
        )
