"""Small usages for the workload tests: one series or run at a time, everything else absent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from advisor.model import Usage
from advisor.schema import COMMITMENTS, INSTANCES, RUNS, USAGE, WORKLOADS, conform, dtypes

START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday, midnight UTC."""
MEASURES = ("tasks", "vcpu_used_mean", "vcpu_used_max", "memory_used_mib_mean", "memory_used_mib_max")


def series(
    interval_s: int = 300, start: datetime = START, **measures: Sequence[float | None]
) -> pl.DataFrame:
    """Return the rows of one workload, one after the other, without its number."""
    n = max(len(v) for v in measures.values())
    return pl.DataFrame(
        {
            "start": [start + timedelta(seconds=interval_s * i) for i in range(n)],
            "interval_s": [interval_s] * n,
            **{m: pl.Series(measures.get(m, [None] * n), dtype=pl.Float64) for m in MEASURES},
        },
        schema_overrides={"start": dtypes(USAGE)["start"]},
    )


def usage(
    *rows: pl.DataFrame,
    facts: Sequence[dict[str, Any]] | None = None,
    runs: Iterable[tuple[int, datetime | None, datetime | None, datetime | None, datetime]] = (),
) -> Usage:
    """Return the usage of as many workloads as there are facts (else frames of rows).

    Args:
        rows: `series` of workload 0, 1, …
        facts: columns of the workloads table.
        runs: workload, created, pull started, started, stopped.
    """
    facts = list(facts or [{} for _ in rows])
    table = [{"workload_id": f"w{i}", "operating_system": "LINUX"} | f for i, f in enumerate(facts)]
    parts = [
        r.insert_column(0, pl.Series("workload", [i] * len(r), dtype=pl.UInt32)) for i, r in enumerate(rows)
    ]
    empty = {"workload": pl.UInt32} | {c.name: c.dtype for c in USAGE[1:]}
    times = {c.name: c.dtype for c in RUNS[1:]}
    return Usage(
        name="test",
        workloads=conform(pl.DataFrame(table, infer_schema_length=None), WORKLOADS),
        usage=pl.concat([p.select(list(empty)) for p in parts]) if parts else pl.DataFrame(schema=empty),
        runs=pl.DataFrame([(*r, None) for r in runs], schema={"workload": pl.UInt32} | times, orient="row"),
        instances=pl.DataFrame(schema=dtypes(INSTANCES)),
        commitments=pl.DataFrame(schema=dtypes(COMMITMENTS)),
    )
