"""What is wanted of workloads, what the store has of it, and what is left to ask AWS for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from advisor.aws.batches import batched
from advisor.aws.budget import FREE, Estimate
from advisor.usage.live.cloudwatch import estimate
from advisor.usage.live.inventory import Inventory
from advisor.usage.live.pieces import Piece, joined, points_of
from advisor.usage.live.series import Series, series_of
from advisor.usage.store.segments import Segment
from advisor.usage.store.store import Held

MOST_VALUES = 4_000_000
"""So many values are read before they are put down: 32 MB, and some times that while they are sorted into days."""


@dataclass(frozen=True)
class Wanted:
    """The metrics of one workload.

    Attributes:
        key: its name in the store, the same whatever else runs: `service/web/checkout`.
    """

    key: str
    series: tuple[Series, ...]

    @property
    def columns(self) -> frozenset[str]:
        """What they fill."""
        return frozenset(s.column for s in self.series)


@dataclass(frozen=True)
class Errand:
    """Workloads that the same pieces are missing of; few enough to be held in memory."""

    workloads: tuple[Wanted, ...]
    pieces: tuple[Piece, ...]

    @property
    def series(self) -> list[Series]:
        """All series, workload by workload."""
        return [s for w in self.workloads for s in w.series]


@dataclass(frozen=True)
class Split:
    """What is there and what is not.

    Attributes:
        there: piece → segment → workloads to be taken from it.
        errands: what is to be asked for.
    """

    there: Mapping[Piece, Mapping[Segment, list[str]]]
    errands: tuple[Errand, ...] = field(default=())


def wanted(inventory: Inventory) -> list[Wanted]:
    """Return what to ask for, in the order of the workloads; those without metrics are left out."""
    found = []
    for row, workload in enumerate(inventory.workloads):
        kind = "service" if workload.service else "family"
        key = f"{kind}/{workload.row['cluster']}/{workload.row['name']}"
        if series := tuple(series_of(row, workload)):
            found.append(Wanted(key, series))
    return found


def split(workloads: Sequence[Wanted], pieces: Sequence[Piece], held: Sequence[Held]) -> Split:
    """Return which pieces of which workloads are in the store, at their period or a finer one, and which are not."""
    by_place: dict[tuple[date, str], list[Held]] = defaultdict(list)
    for one in held:
        for key in one.asked:
            by_place[one.segment.partition.day, key].append(one)
    there: dict[Piece, dict[Segment, list[str]]] = {piece: {} for piece in pieces}
    missing: dict[tuple[Piece, ...], list[Wanted]] = defaultdict(list)
    for workload in workloads:
        gaps = []
        for piece in pieces:
            found = _best(workload, piece, by_place[piece.date, workload.key])
            if found is None:
                gaps.append(piece)
            else:
                there[piece].setdefault(found, []).append(workload.key)
        if gaps:
            missing[tuple(gaps)].append(workload)
    return Split(there, tuple(_errands(missing)))


def price(errands: Sequence[Errand]) -> Estimate:
    """Return what errands will cost."""
    parts = (estimate(len(e.series), joined(e.pieces)) for e in errands)
    return sum(parts, start=FREE)


def _best(workload: Wanted, piece: Piece, held: Sequence[Held]) -> Segment | None:
    fit = [
        one.segment
        for one in held
        if one.segment.partition.period_s <= piece.part.period_s
        and one.asked[workload.key] >= workload.columns
    ]
    return min(fit, key=lambda s: (s.partition.period_s, s.sha256), default=None)


def _errands(missing: Mapping[tuple[Piece, ...], Sequence[Wanted]]) -> Iterator[Errand]:
    for gaps, workloads in missing.items():
        most_series = max(len(w.series) for w in workloads)
        at_once = max(1, MOST_VALUES // (most_series * points_of(gaps)))
        for batch in batched(workloads, at_once):
            yield Errand(tuple(batch), gaps)
