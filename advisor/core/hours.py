"""Many hours of the same sizes and bins: packings, pools, and prices of task room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from advisor.core import door
from advisor.core.door import ArrowFrame
from advisor.errors import InputError


@dataclass(frozen=True)
class HoursResult:
    """Packings of many hours; `bin` and `size` are row numbers of the frames given.

    Attributes:
        hours: `hour, cost_usd_per_hour, lower_bound_usd_per_hour`.
        bins: `hour, bin, count`: how many bins of a kind are open.
        alone: `hour, size, count`: tasks that run outside every bin.
        patterns: `pattern_id, bin, size, count_per_bin`: every way of filling a bin that any hour uses.
        hour_patterns: `hour, pattern_id, bins`.
        shadow_prices: `hour, size, usd_per_hour`: for the sizes wanted in that hour.

    With `bound_only`, cost is 0 and the frames on bins, patterns and lone tasks are empty.
    """

    hours: pl.DataFrame
    bins: pl.DataFrame
    alone: pl.DataFrame
    patterns: pl.DataFrame
    hour_patterns: pl.DataFrame
    shadow_prices: pl.DataFrame


def pack_hours(
    tasks: ArrowFrame,
    bins: ArrowFrame,
    demand: ArrowFrame,
    *,
    min_bins: int = 0,
    bound_only: bool = False,
    rough: bool = False,
    threads: int = 0,
) -> HoursResult:
    """Pack the same sizes and bins for many hours; equal hours are solved once, different ones in parallel.

    Args:
        tasks: as for `pack`, without `count` and `alone_usd_per_hour`.
        bins: as for `pack`.
        demand: `hour` (int), `size` (row of `tasks`), `count` (> 0), optional `alone_usd_per_hour` (null: cannot); a
            size appears at most once in an hour.
        min_bins: bins open at least in every hour with a task in a bin, capped by the number of such tasks.
        bound_only: bounds and shadow prices only, no packing.
        rough: fewer runs: good enough to compare packings, not to run one.
        threads: 0 for all cores; the result does not depend on it.

    Raises:
        InputError: a column is missing or holds what it must not, or a size has no place.
        SolverError: the core failed.
    """
    given = door.packing(tasks, bins)
    wanted = door.hourly(demand, with_alone=True)
    found = door.call(
        lambda: door.core.pack_hours(
            given.sizes,
            given.kinds,
            wanted,
            len(given.resources),
            min_bins=max(int(min_bins), 0),
            bound_only=bound_only,
            rough=rough,
            threads=door.threads(threads),
        ),
        given.resources,
        given.names,
    )
    return HoursResult(**{name: pl.DataFrame(frame) for name, frame in found.items()})


class Estate:
    """A cluster's sizes, bins and hours, kept in the core so that many pools can be judged quickly."""

    def __init__(
        self,
        tasks: ArrowFrame,
        bins: ArrowFrame,
        demand: ArrowFrame,
        weights: Sequence[float],
    ) -> None:
        """Take the tables over.

        Args:
            tasks: as for `pack_hours`, and `spread`: bins open at least in an hour in which a task of the size runs.
            bins: as for `pack`, `group` given.
            demand: `hour` (index into `weights`), `size` (row of `tasks`), `count` (> 0).
            weights: how many hours each hour stands for.

        Raises:
            InputError: a column is missing or holds what it must not.
        """
        task_frame, bin_frame, rows = (
            door.frame(tasks, "tasks"),
            door.frame(bins, "bins"),
            door.frame(demand, "demand"),
        )
        resources = door.resources(task_frame, bin_frame)
        names = bin_frame["group"].unique().sort().to_list()
        if len(names) > door.MAX_GROUPS:
            raise InputError(f"bins: more than {door.MAX_GROUPS} groups")
        self._groups = {name: number for number, name in enumerate(names)}
        open_to_all = pl.Series([1] * task_frame.height, dtype=pl.UInt64)
        sizes = door.sizes(task_frame, resources, open_to_all).with_columns(
            door.count(task_frame, "tasks", "spread")
        )
        group = bin_frame["group"].replace_strict(self._groups, return_dtype=pl.UInt32)
        kinds = door.kinds(bin_frame, resources, group)
        wanted = rows.select(
            pl.col("hour").cast(pl.UInt32),
            pl.col("size").cast(pl.UInt32),
            door.count(rows, "demand", "count"),
        )
        self._core = door.call(
            lambda: door.core.Estate(sizes, kinds, wanted, list(weights), len(resources)),
            resources,
            door.NO_NAMES,
        )

    def portfolio(
        self,
        group: str,
        members: Sequence[int],
        most: int,
        keep: Sequence[int] = (),
        *,
        exchanges: int = 0,
        threads: int = 0,
    ) -> tuple[list[int], list[float]] | None:
        """Return rows of the bins and dollars by hour of the cheapest small pool, null when none holds every task.

        Args:
            group: whose bins may be used.
            members: rows of the sizes in the pool.
            most: how many kinds of bin it may have.
            keep: rows of bins to stay with while they hold every task.
            exchanges: most exchanges of one kind for another tried on the pool first found; each packs some hours with every
                kind that is open.
            threads: 0 for all cores; the result does not depend on it.

        Raises:
            SolverError: the core failed.
        """
        number = self._groups.get(group)
        if number is None:
            return None
        return door.call(
            lambda: self._core.portfolio(
                number, list(members), list(keep), (most, exchanges), threads=door.threads(threads)
            ),
            [],
            door.NO_NAMES,
        )
