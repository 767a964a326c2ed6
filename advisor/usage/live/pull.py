"""`pull_live`: final days of metrics into the store, before CloudWatch forgets them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.together import together
from advisor.usage.live.pieces import Piece, pieces
from advisor.usage.live.points import fetch, readings
from advisor.usage.live.read import AT_ONCE, apis, no_workload, read_inventories
from advisor.usage.live.spans import HOUR, spans
from advisor.usage.live.wanted import price
from advisor.usage.store.store import Held, Store


@dataclass(frozen=True)
class Pulled:
    """What the store has after a pull.

    Attributes:
        days: of the window, final and within CloudWatch's memory.
        workloads: with metrics, in all accounts and regions.
        workload_days: days of workloads that were read now.
        missing: days of workloads that came with holes or not at all, and are asked for the next time.
    """

    days: int
    workloads: int
    workload_days: int
    missing: int


def pull_live(
    callers: Sequence[Caller],
    ledger: Ledger,
    store: Store,
    *,
    name: str,
    days: int,
    now: datetime,
    final_after: timedelta,
    before_paying: Callable[[Estimate], None] = lambda _: None,
) -> Pulled:
    """Read the final days that the store does not have, each at the finest period that CloudWatch keeps.

    Args:
        callers: one for each account and region.
        ledger: where it is written down what became of each account × region × API.
        name: what the source is called in messages.
        days: how far to look back.
        now: UTC.
        final_after: how long after its end a day is final.
        before_paying: is told what the paid calls will cost; it may raise to stop there.

    Raises:
        InputError: no workload was found.
        StoreError: the store cannot be written, or another process holds it.
    """
    window = spans(days, now)
    inventories = read_inventories(callers, ledger, apis(deep=False, bill=False), window[-1].end - HOUR)
    if not any(inventory.workloads for inventory in inventories):
        raise no_workload(name, ledger)
    final = [Piece(p.day, p.day) for p in pieces(window, now, final_after) if p.day]
    with readings(inventories, final, store) as found:
        before_paying(price([errand for reading in found for errand in reading.split.errands]))
        kept = together(
            lambda reading: [f for f in fetch(reading, ledger, store) if isinstance(f, Held)], found, AT_ONCE
        )
    asked = sum(len(e.workloads) * len(e.pieces) for reading in found for e in reading.split.errands)
    read = sum(len(held.asked) for part in kept for held in part)
    return Pulled(len({p.date for p in final}), sum(len(r.workloads) for r in found), read, asked - read)
