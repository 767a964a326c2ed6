"""What accounts are billed and own, besides what runs there: the tables of the cost tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.together import together
from advisor.usage.live import cost_explorer, cover
from advisor.usage.live.commitments import Commitments, heads, read_commitments
from advisor.usage.live.cost_explorer import Stretch, read_bill, stretches

COST_APIS = ("ce", "savingsplans")
"""What is asked besides the basic tier's services; reservations are asked of EC2, which is one of them."""
AT_ONCE = 4
"""Accounts and regions whose bills are read together: Cost Explorer bears few requests a second."""


@dataclass(frozen=True)
class Bills:
    """What accounts own, and what their bills will be asked for.

    Attributes:
        asked: as `stretches` returns it.
        estimate: what the paid part costs.
    """

    callers: tuple[Caller, ...]
    asked: tuple[Stretch, ...]
    owned: Commitments
    estimate: Estimate


def read_owned(callers: Sequence[Caller], ledger: Ledger, days: int, now: datetime) -> Bills:
    """Return what accounts own, which costs nothing to ask, and what the rest will cost."""
    owned = read_commitments(callers, ledger)
    bills = cost_explorer.estimate(len(callers), days, now)
    used = cover.estimate(callers, owned.table)
    return Bills(tuple(callers), stretches(days, now), owned, bills + used)


def read_bills(
    planned: Bills, ledger: Ledger, tag: str | None
) -> tuple[dict[str, pl.DataFrame], tuple[str, ...]]:
    """Return the tables `bill` and `commitments`, where they have rows, and what is to be said of them.

    Args:
        tag: key of the cost allocation tag that names the cluster.
    """
    firsts = heads(planned.callers)
    parts = together(
        lambda caller: read_bill(
            caller, ledger, planned.asked, whole_account=any(caller is first for first in firsts), tag=tag
        ),
        planned.callers,
        AT_ONCE,
    )
    notes = [*planned.owned.notes, *(note for _, said in parts for note in said)]
    notes += read_cover(planned, ledger)
    tables = {"bill": pl.concat([frame for frame, _ in parts]), "commitments": planned.owned.table}
    return {kind: frame for kind, frame in tables.items() if len(frame)}, tuple(notes)


def read_cover(planned: Bills, ledger: Ledger) -> tuple[str, ...]:
    """Return how far the commitments are used, in words, over the days of the bill."""
    return cover.read_cover(planned.callers, ledger, planned.owned.table, planned.asked[-1])
