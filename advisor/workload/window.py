"""Which part of the past is looked at: the newest days of each workload, by its own clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from advisor.model import Usage

LIVE_RANK = 0.75
"""Where the source ends: the end that a quarter of its workloads reach. A few rows dated far ahead move nothing."""


def in_window(usage: Usage, days: float) -> Usage:
    """Return the usage and runs of the last `days` of every workload that is still there.

    Each workload's window ends with its own last row or run, so that no row of another can empty it. A workload that
    ended `days` before the source does is gone: nothing of it is left.
    """
    span = timedelta(days=days)
    if _length(usage) < span:
        return usage
    ends = last_seen(usage)
    live = _source_end(ends) - span
    since = ends.select(
        "workload", pl.when(pl.col("end") > live).then(pl.col("end") - span).otherwise("end").alias("since")
    )
    return replace(
        usage,
        usage=newest(usage.usage, since, "start"),
        runs=newest(usage.runs, since, "stopped_at"),
    )


def newest(rows: pl.DataFrame, since: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the rows after the moment that `since` has for their workload; the frame itself when all are."""
    first, latest = rows[column].min(), since["since"].max()
    if isinstance(first, datetime) and isinstance(latest, datetime) and first > latest:
        return rows
    return (
        rows.join(since, on="workload", how="left", maintain_order="left")
        .filter(pl.col(column) > pl.col("since"))
        .drop("since")
    )


def last_seen(usage: Usage) -> pl.DataFrame:
    """Return the last start or stop of every workload: `workload, end`."""
    seen = [
        usage.usage.group_by("workload").agg(pl.col("start").max().alias("end")),
        usage.runs.group_by("workload").agg(pl.col("stopped_at").max().alias("end")),
    ]
    return pl.concat(seen).group_by("workload").agg(pl.col("end").max()).drop_nulls().sort("workload")


def _length(usage: Usage) -> timedelta:
    """Return the time from the first to the last moment of the whole source."""
    columns = usage.usage["start"], usage.runs["stopped_at"]
    moments = [m for c in columns for m in (c.min(), c.max()) if isinstance(m, datetime)]
    return max(moments) - min(moments) if moments else timedelta(0)


def _source_end(ends: pl.DataFrame) -> datetime:
    moments = ends["end"].sort()
    end: datetime = moments[int(LIVE_RANK * (len(moments) - 1))]
    return end
