"""Points of metrics into rows of the usage table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from advisor.aws.failures import Ledger
from advisor.schema import USAGE, USAGE_PERCENT, UTC_DATETIME
from advisor.usage.live.cloudwatch import read_series
from advisor.usage.live.inventory import Inventory
from advisor.usage.live.series import SAMPLES, WATCHED, Series, series_of
from advisor.usage.live.spans import Span

REPORT_S = 60
"""A task reports once a minute, so that samples over minutes are tasks (ecs-semantics D.1)."""
MEASURES = [c.name for c in (*USAGE[3:], *USAGE_PERCENT)]


def series(inventory: Inventory) -> list[Series]:
    """Return what to ask for, workload by workload."""
    return [s for row, found in enumerate(inventory.workloads) for s in series_of(row, found)]


def read_points(
    ledger: Ledger, inventory: Inventory, spans: Sequence[Span], ids: Sequence[str]
) -> pl.DataFrame:
    """Return what the workloads used: `schema.USAGE` with the columns of `schema.USAGE_PERCENT`.

    Args:
        ids: `workload_id` of each workload of the inventory.
    """
    wanted = series(inventory)
    if not wanted:
        return pl.DataFrame()
    parts = []
    for span in spans:
        by_workload: dict[int, dict[str, pl.Series]] = {}
        for one, values in zip(wanted, read_series(inventory.caller, ledger, wanted, span), strict=True):
            by_workload.setdefault(one.workload, {})[one.column] = values
        parts += [_rows(ids[row], columns, span) for row, columns in by_workload.items()]
    return pl.concat(parts)


def _rows(workload_id: str, columns: Mapping[str, pl.Series], span: Span) -> pl.DataFrame:
    """Return the intervals of a span in which a workload was measured."""
    nothing = pl.Series([None], dtype=pl.Float64).new_from_index(0, span.points)
    values = [columns.get(name, nothing).alias(name) for name in (*MEASURES, SAMPLES, WATCHED)]
    counted = pl.col(SAMPLES) * REPORT_S / span.period_s
    silent = pl.when(pl.col(WATCHED).is_not_null()).then(0.0)
    return (
        pl.DataFrame([pl.Series("start", span.grid, dtype=pl.Int64), *values])
        .with_columns(pl.coalesce("tasks", counted, silent).alias("tasks"))
        .filter(pl.any_horizontal(pl.col(MEASURES).is_not_null()))
        .select(
            pl.lit(workload_id).alias("workload_id"),
            pl.from_epoch("start", time_unit="s").cast(UTC_DATETIME),
            pl.lit(span.period_s, pl.Int64).alias("interval_s"),
            *MEASURES,
        )
    )
