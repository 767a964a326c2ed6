"""Prices of task room for whole windows, and the check that they are lawful."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from advisor.core import door
from advisor.core.door import ArrowFrame


@dataclass(frozen=True)
class PriceSet:
    """What bins and tasks outside them cost.

    Attributes:
        bins_usd_per_hour: by row of the bins.
        alone_usd_per_hour: one task outside every bin, by row of the demand; infinite where that is not possible.
    """

    bins_usd_per_hour: Sequence[float]
    alone_usd_per_hour: Sequence[float]


def room_prices(
    tasks: ArrowFrame,
    bins: ArrowFrame,
    demand: ArrowFrame,
    peak: Sequence[int],
    prices: Sequence[PriceSet],
    *,
    threads: int = 0,
) -> list[pl.DataFrame]:
    """Price the room of one task in every hour: no lawful bin holds tasks worth more than it costs.

    Args:
        tasks: as for `pack_hours`.
        bins: as for `pack`.
        demand: `hour` (int), `size` (row of `tasks`), `count` (> 0).
        peak: by row of `tasks`, the most tasks in any hour that the prices are to be good for, also one not in `demand`.
        prices: sets of prices, which replace those in `bins`.
        threads: 0 for all cores; the result does not depend on it.

    Returns:
        `hour, size, usd_per_hour` for each set of prices.

    Raises:
        InputError: a column is missing or holds what it must not, or a size has no place.
        SolverError: the core failed.
    """
    given = door.packing(tasks, bins)
    wanted = door.hourly(demand, with_alone=False)
    found = door.call(
        lambda: door.core.room_prices(
            given.sizes,
            given.kinds,
            wanted,
            len(given.resources),
            peak=list(peak),
            prices=[(list(p.bins_usd_per_hour), list(p.alone_usd_per_hour)) for p in prices],
            threads=door.threads(threads),
        ),
        given.resources,
        given.names,
    )
    return [pl.DataFrame(frame) for frame in found]


def verify_prices(
    tasks: ArrowFrame,
    bins: ArrowFrame,
    most: Sequence[int],
    prices: Sequence[Sequence[int]],
    scale: int,
    *,
    states: int = 5_000,
    threads: int = 0,
) -> list[tuple[str, str]]:
    """Check lists of task prices anew, in whole numbers, over every kind of bin, by code that no solver uses.

    Args:
        tasks: as for `pack_hours`.
        bins: as for `pack`.
        most: by row of `tasks`, the most tasks of a size that a bin can hold.
        prices: lists of prices by row of `tasks`, in 1/`scale` USD per hour.
        scale: units per USD.
        states: most partial fillings looked at for one kind of bin.
        threads: 0 for all cores.

    Returns:
        For each list a word and the bin that it speaks of: "holds"; "bin" where a bin can hold tasks worth more than it
        costs; "undecided" where that was too hard to tell.
    """
    given = door.packing(tasks, bins)
    names = given.bins["bin_id"].cast(pl.String)
    found = door.call(
        lambda: door.core.lawful(
            given.sizes,
            given.kinds,
            len(given.resources),
            list(most),
            [list(p) for p in prices],
            scale=scale,
            states=states,
            threads=door.threads(threads),
        ),
        given.resources,
        given.names,
    )
    return [(word, "" if word == "holds" else names[row]) for word, row in found]
