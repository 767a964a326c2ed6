"""What the room of one task is worth on instances: the packing's dual prices, good for bounds and explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

import polars as pl

from advisor import core
from advisor.plan.cell import Cell
from advisor.plan.discounts import NOTHING_FOR_SALE, Discounts, kept_shares
from advisor.plan.fleet import fitting, holdable, with_ports
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
        self._peaks = [max(1, cell.peaks[t.workload]) for t in self._view.tasks]
        self._ids = pl.DataFrame(
            {
                "size": pl.Series(range(len(self._view.tasks)), dtype=pl.Int64),
                "workload": pl.Series([t.workload for t in self._view.tasks], dtype=pl.UInt32),
                "workload_id": pl.Series([t.workload_id for t in self._view.tasks], dtype=pl.String),
            }
        ).lazy()
        # one task of a workload that rests in a block's hour, so that it has a price of room there too
        index = {t.workload: row for row, t in enumerate(self._view.tasks)}
        wanted = cell.sample.filter(pl.col("workload").is_in(list(index)))
        self._demand = wanted.select(
            "hour",
            "workload",
            pl.col("workload").replace_strict(index, return_dtype=pl.UInt32).alias("size"),
            pl.max_horizontal("tasks_peak", 1).alias("count"),
            "billed_seconds",
        ).sort("hour", "size")

    def priced(self, rates: Sequence[tuple[Discounts, Mapping[int, float]]]) -> list[pl.DataFrame]:
        """Return the prices of room at some rates.

        Args:
            rates: what discounts leave of the instances' meters, and for each workload that can do without instances
                its dollars a billed second.
        """
        if not len(self._bins):
            return [pl.DataFrame(schema=SCHEMA) for _ in rates]
        sets = [
            core.PriceSet(self._discounted(discounts), self._alone(usd_per_s))
            for discounts, usd_per_s in rates
        ]
        solved = core.room_prices(self._view.frame, self._ported(), self._demand, self._peaks, sets)
        nano = (pl.col("usd_per_hour") * NANO_PER_USD).floor().cast(pl.Int64).alias("nano")
        return [
            rows.lazy()
            .cast({"hour": pl.Int64, "size": pl.Int64})
            .join(self._ids, on="size")
            .select(pl.col("hour").alias("block"), "workload", "workload_id", nano)
            .sort("block", "workload")
            .collect()
            for rows in solved
        ]

    def unlawful(self, room: pl.DataFrame, discounts: Discounts) -> tuple[list[str], int]:
        """Check prices of room against every kind of instance, in whole numbers and apart from the solver.

        Returns:
            What is wrong, and how many blocks were too hard to check.
        """
        lists: dict[tuple[int, ...], int] = {}
        rows = {t.workload: row for row, t in enumerate(self._view.tasks)}
        for (block,), prices in room.group_by("block", maintain_order=True):
            by_row = [0] * len(rows)
            for workload, nano in prices.select("workload", "nano").iter_rows():
                by_row[rows[workload]] = nano
            lists.setdefault(tuple(by_row), int(str(block)))
        if not lists:
            return [], 0
        bins = self._ported().with_columns(
            pl.Series("usd_per_hour", self._discounted(discounts), dtype=pl.Float64)
        )
        answers = core.verify_prices(self._view.frame, bins, self._peaks, list(lists), NANO_PER_USD)
        wrong = [
            f"in hour {block} {name} holds tasks worth more than it costs"
            for block, (word, name) in zip(lists.values(), answers, strict=True)
            if word == "bin"
        ]
        return wrong, sum(word == "undecided" for word, _ in answers)

    def _ported(self) -> pl.DataFrame:
        return with_ports(self._bins, self._view.ports)

    def _discounted(self, discounts: Discounts) -> Sequence[float]:
        bins = self._bins
        if discounts is NOTHING_FOR_SALE:
            return bins["usd_per_hour"].to_list()
        instance = bins["instance_pico"] / PICO_PER_USD
        return (bins["usd_per_hour"] - instance + instance * kept_shares(bins, discounts)).to_list()

    def _alone(self, usd_per_s: Mapping[int, float]) -> Sequence[float]:
        rows = self._demand.select("workload", "billed_seconds", "count").iter_rows()
        return [s * usd_per_s[w] / n if w in usd_per_s and s else inf for w, s, n in rows]
