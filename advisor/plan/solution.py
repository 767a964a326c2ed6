"""What the solver hands on: who runs where, on which instances, hour by hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from advisor.model import Rejection
from advisor.plan.bound import Bound
from advisor.plan.cell import Cell
from advisor.plan.hours import Window
from advisor.plan.ways import Way

MILLI = 1000
"""Instances are counted in whole thousandths: today's fleets are known as means of an interval."""
FLEET = {
    "pool_id": pl.String,
    "hour": pl.Int32,
    "instance_type": pl.String,
    "count_milli": pl.Int64,
}
"""Instances of every pool in every hour."""


@dataclass(frozen=True)
class PoolPlan:
    """One pool of instances: what it holds and what it is made of.

    Attributes:
        cell: key of the cell it belongs to.
        group: launch type / capacity option / architecture.
        bins: `capacity.bins` rows of its types.
        ways: the workloads on it.
        fleet: `FLEET` rows of this pool.
        patterns: `pattern_id, bin, size, count_per_bin` (bin = row of `bins`, size = position in `ways`).
        hour_patterns: `hour, pattern_id, bins`.
        kept: today's instances are kept as they are, not packed anew.
        fluid_share: what its instances would cost if they came in parts, over what they cost; null when kept.
    """

    pool_id: str
    cell: tuple[str, str, str, str]
    group: str
    bins: pl.DataFrame
    ways: tuple[Way, ...]
    fleet: pl.DataFrame
    patterns: pl.DataFrame
    hour_patterns: pl.DataFrame
    kept: bool
    fluid_share: float | None = None


@dataclass(frozen=True)
class Solution:
    """The chosen plan before it is billed and explained.

    Attributes:
        unplaced: workload → why it has no way at all.
        refused: single ways that no capacity for sale can hold.
    """

    window: Window
    cells: tuple[Cell, ...]
    assignment: dict[int, Way]
    pools: tuple[PoolPlan, ...]
    bound: Bound
    unplaced: dict[int, str]
    refused: tuple[Rejection, ...] = ()

    def hosts(self) -> Iterator[list[tuple[str, float]]]:
        """Yield each cluster's pools: launch type, and instances in the mean hour."""
        for cell in self.cells:
            yield [
                (
                    pool.group.split("/")[0],
                    int(pool.fleet["count_milli"].sum() or 0) / (MILLI * self.window.hours),
                )
                for pool in self.pools
                if pool.cell == cell.key
            ]
