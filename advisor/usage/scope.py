"""Keep only some workloads of a usage: of some accounts, or with some tags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from advisor.errors import InputError
from advisor.model import Usage

CLUSTER = ("account_id", "region", "cluster")


def in_scope(usage: Usage, accounts: Sequence[str], tags: Mapping[str, str]) -> Usage:
    """Return the workloads of some accounts that have all of these tags, with what belongs to them alone.

    What others share is left out, for a part of a team's cost would else be all of everybody's: instances of clusters that
    others run on too (today's cost is estimated there), and the commitments and the bill.

    Raises:
        InputError: no workload is left.
    """
    if not accounts and not tags:
        return usage
    frame = usage.workloads.with_row_index("old")
    wanted = [
        (not accounts or account in accounts) and _has(text, tags)
        for account, text in zip(frame["account_id"].to_list(), frame["tags"].to_list(), strict=True)
    ]
    kept = frame.filter(pl.Series(wanted, dtype=pl.Boolean))
    named = ", ".join([*accounts, *(f"{key}={value}" for key, value in sorted(tags.items()))])
    if kept.is_empty():
        raise InputError(
            f"no workload is in scope: {named}", hint="look at only_accounts and only_tags of the schedule"
        )
    if kept.height == frame.height:
        return usage
    renumbered = kept.select(pl.col("old").alias("workload")).with_row_index("new")
    left = frame.filter(~pl.Series(wanted, dtype=pl.Boolean)).select(CLUSTER).unique(maintain_order=True)

    def of_kept(part: pl.DataFrame) -> pl.DataFrame:
        rows = part.join(renumbered, on="workload", how="inner", maintain_order="left")
        return rows.with_columns(pl.col("new").alias("workload")).select(part.columns)

    own = usage.instances.join(left, on=CLUSTER, how="anti", nulls_equal=True, maintain_order="left")
    clusters = kept.select(CLUSTER).unique(maintain_order=True)
    return replace(
        usage,
        workloads=kept.drop("old"),
        usage=of_kept(usage.usage),
        runs=of_kept(usage.runs),
        instances=own.join(clusters, on=CLUSTER, how="semi", nulls_equal=True, maintain_order="left"),
        commitments=usage.commitments.clear(),
        bill=None,
        assumptions=(
            *usage.assumptions,
            f"only {named}: {kept.height:,} of {frame.height:,} workloads, without commitments, the bill and shared instances",
        ),
        digest=hashlib.sha256(f"{usage.digest} {named}".encode()).hexdigest(),
    )


def _has(text: str | None, tags: Mapping[str, str]) -> bool:
    if not tags:
        return True
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return False
    return isinstance(found, dict) and all(found.get(key) == value for key, value in tags.items())
