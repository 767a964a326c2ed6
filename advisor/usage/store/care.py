"""Looking after the store: what is there, what is damaged, what may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from advisor.usage.store.segments import DamagedError, Segment
from advisor.usage.store.store import Store


@dataclass(frozen=True)
class Holding:
    """What is there of an account × region × kind."""

    account_id: str
    region: str
    kind: str
    days: int
    first: date
    last: date
    files: int
    size_bytes: int


def holdings(store: Store) -> list[Holding]:
    """Return what is there, in order."""
    found = []
    for (account_id, region, kind), group in groupby(store.segments(), _place):
        segments = list(group)
        days = {s.partition.day for s in segments}
        size_bytes = sum(s.path(store.root).stat().st_size for s in segments)
        found.append(
            Holding(account_id, region, kind, len(days), min(days), max(days), len(segments), size_bytes)
        )
    return found


def is_damaged(store: Store, segment: Segment) -> bool:
    """Return whether a file is not what was written.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        segment.content(store.root)
    except DamagedError:
        return True
    return False


def remove(store: Store, unwanted: Callable[[Segment], bool]) -> list[Segment]:
    """Remove files, one account and region after the other, and return them.

    Args:
        unwanted: asked while nobody else writes there: a damaged file may have been mended meanwhile.

    Raises:
        StoreError: another process is filling one of them.
    """
    gone = []
    for (account_id, region), group in groupby(store.segments(), lambda s: _place(s)[:2]):
        if not any(map(unwanted, segments := list(group))):
            continue
        with store.filling(account_id, region):
            for segment in filter(unwanted, segments):
                segment.path(store.root).unlink(missing_ok=True)
                gone.append(segment)
    return gone


def _place(segment: Segment) -> tuple[str, str, str]:
    return segment.partition.account_id, segment.partition.region, segment.partition.kind
