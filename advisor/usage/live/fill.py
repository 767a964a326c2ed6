"""Errands run: metrics asked for, final days put down in the store, the rest handed back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.usage.live.cloudwatch import Answer, read_series
from advisor.usage.live.pieces import joined
from advisor.usage.live.spans import Span
from advisor.usage.live.wanted import Errand, Wanted
from advisor.usage.store.segments import KEY, Partition, usage_kind
from advisor.usage.store.store import Held, Store


@dataclass(frozen=True)
class Loose:
    """Rows that are not in the store: of a day that is not final, or of an answer with holes.

    Attributes:
        rows: as in a segment.
        period_s: of their intervals.
    """

    rows: pl.DataFrame
    period_s: int


def run(caller: Caller, ledger: Ledger, errand: Errand, store: Store | None) -> Iterator[Held | Loose]:
    """Yield what was put down, and what was read and could not be, as it comes.

    Raises:
        StoreError: the store cannot be written.
    """
    for span in joined(errand.pieces):
        answers = read_series(caller, ledger, errand.series, span)
        whole, rows = _by_workload(errand.workloads, answers, span)
        for piece in errand.pieces:
            if not _covers(span, piece.asked):
                continue
            final = whole if store is not None and piece.day is not None else {}
            if store is not None and final:
                partition = Partition(caller.account_id, caller.region, usage_kind(span.period_s), piece.date)
                day = _within(rows, piece.asked).filter(pl.col(KEY).is_in(list(final)))
                yield store.add(partition, _tight(day), final)
            rest = _within(rows, piece.part).filter(~pl.col(KEY).is_in(list(final)))
            if len(rest):
                yield Loose(_tight(rest), span.period_s)


def _by_workload(
    workloads: Sequence[Wanted], answers: Sequence[Answer], span: Span
) -> tuple[Mapping[str, frozenset[str]], pl.DataFrame]:
    """Return the workloads of which all came, with their columns, and the rows of all workloads."""
    whole: dict[str, frozenset[str]] = {}
    parts = []
    rest = iter(answers)
    start = pl.Series("start", span.grid, dtype=pl.Int64)
    for workload in workloads:
        own = [next(rest) for _ in workload.series]
        if all(a.whole for a in own):
            whole[workload.key] = workload.columns
        columns = [a.values.alias(s.column) for a, s in zip(own, workload.series, strict=True)]
        seen = pl.DataFrame([start, *columns]).filter(pl.any_horizontal(pl.exclude("start").is_not_null()))
        parts.append(seen.insert_column(0, pl.lit(workload.key).alias(KEY)))
    return whole, pl.concat(parts, how="diagonal")


def _covers(span: Span, asked: Span) -> bool:
    return span.period_s == asked.period_s and span.start <= asked.start and asked.end <= span.end


def _within(rows: pl.DataFrame, span: Span) -> pl.DataFrame:
    grid = span.grid
    return rows.filter(pl.col("start").is_between(grid.start, grid.stop, closed="left"))


def _tight(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows without columns that nobody filled, by workload and time: the same rows make the same bytes."""
    filled = [c for c in rows.columns if rows[c].null_count() < len(rows) or c in (KEY, "start")]
    return rows.select(KEY, "start", *sorted(set(filled) - {KEY, "start"})).sort(KEY, "start").rechunk()
