"""Looking after the store: what is there, what is damaged, what may go."""

from __future__ import annotations

from collections.abc import Iterable
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


def damaged(store: Store) -> list[Segment]:
    """Return the files that are not what was written, all checked."""
    return [s for s in store.segments() if _is_damaged(s, store)]


def remove(store: Store, segments: Iterable[Segment]) -> None:
    """Remove files, one account and region after the other.

    Raises:
        StoreError: another process is filling one of them.
    """
    for (account_id, region, _), group in groupby(sorted(segments), _place):
        with store.filling(account_id, region):
            for segment in group:
                segment.path(store.root).unlink(missing_ok=True)


def _place(segment: Segment) -> tuple[str, str, str]:
    return segment.partition.account_id, segment.partition.region, segment.partition.kind


def _is_damaged(segment: Segment, store: Store) -> bool:
    try:
        segment.content(store.root)
    except DamagedError:
        return True
    return False
