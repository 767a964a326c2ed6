"""Keep only some regions of a usage."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from advisor.errors import InputError
from advisor.model import Usage


def in_regions(usage: Usage, regions: Sequence[str]) -> Usage:
    """Return the workloads of `regions` with all that belongs to them; `all` or nothing keeps everything.

    Instances, commitments and lines of the bill that name no region are kept.

    Raises:
        InputError: a region holds no workload.
    """
    if not regions or "all" in regions:
        return usage
    there = sorted(set(usage.workloads["region"].drop_nulls().to_list()))
    missing = sorted(set(regions) - set(there))
    if missing:
        raise InputError(
            f"no workload is in region {missing[0]}",
            hint=f"the input has {', '.join(there)}"
            if there
            else "give region, or use --assume region=us-east-1",
        )
    rows = usage.workloads.with_row_index("old").filter(pl.col("region").is_in(list(regions)))
    renumbered = rows.select(pl.col("old").alias("workload")).with_row_index("new")

    def of_kept(frame: pl.DataFrame) -> pl.DataFrame:
        kept = frame.join(renumbered, on="workload", how="inner", maintain_order="left")
        return kept.with_columns(pl.col("new").alias("workload")).select(frame.columns)

    def here(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("region").is_null() | pl.col("region").is_in(list(regions)))

    named = ", ".join(sorted(set(regions)))
    return replace(
        usage,
        workloads=rows.drop("old"),
        usage=of_kept(usage.usage),
        runs=of_kept(usage.runs),
        instances=here(usage.instances),
        commitments=here(usage.commitments),
        bill=None if usage.bill is None else here(usage.bill),
        assumptions=(*usage.assumptions, f"only region {named}"),
        digest=hashlib.sha256(f"{usage.digest} {named}".encode()).hexdigest(),
    )
