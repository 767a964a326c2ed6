"""Metrics of one account and region: from the store where they are kept, from AWS where not, as rows of usage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import polars as pl

from advisor.aws.failures import Ledger
from advisor.schema import USAGE, USAGE_PERCENT, UTC_DATETIME
from advisor.usage.live.fill import Loose, run
from advisor.usage.live.inventory import Inventory
from advisor.usage.live.pieces import Piece
from advisor.usage.live.series import SAMPLES, WATCHED
from advisor.usage.live.wanted import Split, Wanted, split, wanted
from advisor.usage.store.segments import KEY
from advisor.usage.store.store import Held, Store

REPORT_S = 60
"""A task reports once a minute, so that samples over minutes are tasks (ecs-semantics D.1)."""
MEASURES = [c.name for c in (*USAGE[3:], *USAGE_PERCENT)]


@dataclass(frozen=True)
class Reading:
    """The metrics of one account and region, about to be read.

    Attributes:
        held: what the store has of these days.
        split: what is taken from there, and what is asked for.
    """

    inventory: Inventory
    workloads: tuple[Wanted, ...]
    pieces: tuple[Piece, ...]
    held: tuple[Held, ...]
    split: Split


@contextmanager
def readings(
    inventories: Sequence[Inventory], pieces: Sequence[Piece], store: Store | None
) -> Iterator[list[Reading]]:
    """Give what is there and what is not; inside, no other process adds to these accounts and regions.

    Raises:
        StoreError: another process holds one of them for too long.
    """
    with ExitStack() as locks:
        if store is not None:
            # in one order everywhere, so that two processes never wait for each other
            for place in sorted({(i.caller.account_id, i.caller.region) for i in inventories}):
                locks.enter_context(store.filling(*place))
        yield [reading_of(inventory, pieces, store) for inventory in inventories]


def reading_of(inventory: Inventory, pieces: Sequence[Piece], store: Store | None) -> Reading:
    """Return what the store has of an account and region and what is to be asked for; only inside `readings`."""
    workloads = tuple(wanted(inventory))
    days = [p.date for p in pieces]
    caller = inventory.caller
    held = tuple(store.held(caller.account_id, caller.region, days)) if store and workloads else ()
    return Reading(inventory, workloads, tuple(pieces), held, split(workloads, pieces, held))


def fetch(reading: Reading, ledger: Ledger, store: Store | None) -> Iterator[Held | Loose]:
    """Run all errands; yield what `fill.run` does."""
    for errand in reading.split.errands:
        yield from run(reading.inventory.caller, ledger, errand, store)


def read_points(reading: Reading, ledger: Ledger, store: Store | None, ids: Sequence[str]) -> pl.DataFrame:
    """Return what the workloads used: the columns of `schema.USAGE` and `schema.USAGE_PERCENT` that were measured.

    Args:
        ids: `workload_id` of each workload of the inventory.
    """
    known = {w.key: ids[w.series[0].workload] for w in reading.workloads}
    kept: list[Held] = []
    parts = []
    for found in fetch(reading, ledger, store):
        if isinstance(found, Held):
            kept.append(found)
        else:
            parts.append(_usage(found.rows, found.period_s, known))
    if store is not None:
        there = split(reading.workloads, reading.pieces, [*reading.held, *kept]).there
        for piece, segments in there.items():
            for segment, keys in segments.items():
                rows = _part(store.rows(segment), piece, keys)
                parts.append(_usage(rows, segment.partition.period_s, known))
    return pl.concat(parts, how="diagonal") if parts else pl.DataFrame()


def _part(rows: pl.DataFrame, piece: Piece, keys: Sequence[str]) -> pl.DataFrame:
    grid = piece.part.grid
    return rows.filter(
        pl.col("start").is_between(grid.start, grid.stop, closed="left"), pl.col(KEY).is_in(list(keys))
    )


def _usage(rows: pl.DataFrame, period_s: int, ids: Mapping[str, str]) -> pl.DataFrame:
    """Return the intervals in which workloads were measured, with the measures that there are and their tasks."""
    absent = [c for c in ("tasks", SAMPLES, WATCHED) if c not in rows.columns]
    measures = [c for c in MEASURES if c in rows.columns or c == "tasks"]
    counted = pl.col(SAMPLES) * REPORT_S / period_s
    silent = pl.when(pl.col(WATCHED).is_not_null()).then(0.0)
    return (
        rows.with_columns(pl.lit(None, pl.Float64).alias(c) for c in absent)
        .with_columns(pl.coalesce("tasks", counted, silent).alias("tasks"))
        .filter(pl.any_horizontal(pl.col(measures).is_not_null()))
        .select(
            pl.col(KEY).replace_strict(ids, return_dtype=pl.String).alias("workload_id"),
            pl.from_epoch("start", time_unit="s").cast(UTC_DATETIME),
            pl.lit(period_s, pl.Int64).alias("interval_s"),
            *measures,
        )
    )
