"""What was read of workloads, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Usage:
    """What was read, checked and put into our own units.

    Attributes:
        name: what the source is called in outputs (`shop`).
        workloads: `schema.WORKLOADS`, sorted by `workload_id`; the row number is the key `workload` elsewhere.
        usage: `schema.USAGE` with `workload` (UInt32) instead of `workload_id`, sorted by workload and start.
        runs: `schema.RUNS` with `workload` instead of `workload_id`, sorted; may be empty.
        instances: `schema.INSTANCES`, sorted; may be empty.
        commitments: `schema.COMMITMENTS`; may be empty.
        bill: `schema.BILL`, sorted; null where none was given.
        assumptions: what the user asked us to assume, repeated in every output.
        notes: what the reader decided or changed (delimiter guessed, duplicates merged), in words.
        rows_read, rows_rejected: rows in = rows kept + rows rejected, always.
        conflicts: duplicate points that disagreed.
        digest: sha256 of the inputs in canonical form.
    """

    name: str
    workloads: pl.DataFrame
    usage: pl.DataFrame
    runs: pl.DataFrame
    instances: pl.DataFrame
    commitments: pl.DataFrame
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rows_read: int = 0
    rows_rejected: int = 0
    conflicts: int = 0
    digest: str = ""
    bill: pl.DataFrame | None = None

    @property
    def window_end(self) -> datetime | None:
        """Start of the newest interval, null when there is none."""
        newest = self.usage["start"].max()
        return newest if isinstance(newest, datetime) else None


@dataclass(frozen=True)
class Profiles:
    """What each workload is.

    Attributes:
        table: `schema.PROFILES`.
        demand: `schema.DEMAND` at the right sizes.
        observed: `schema.DEMAND` as it was.
    """

    table: pl.DataFrame
    demand: pl.DataFrame
    observed: pl.DataFrame
