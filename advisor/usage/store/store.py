"""The store as readers see it: which days are there, checked, and a way to add some."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from advisor.aws.clock import Clock
from advisor.errors import StoreError
from advisor.files import flush_folder, replace_file
from advisor.usage.store.lock import LOCK, locked
from advisor.usage.store.segments import (
    DamagedError,
    Partition,
    Segment,
    asked_in,
    cell_folder,
    decode,
    encode,
)

FORMAT = "v1"
"""What is written otherwise gets a folder of its own, so that no version reads another's files."""


@dataclass(frozen=True)
class Held:
    """A segment that is there and whole.

    Attributes:
        asked: workload → columns that it answers for.
    """

    segment: Segment
    asked: Mapping[str, frozenset[str]]


class Store:
    """Days of accounts and regions on this machine.

    Args:
        folder: of the user's data.
        say: is told of damage, and of what we wait for.
    """

    def __init__(
        self, folder: Path, say: Callable[[str], None] = lambda _: None, clock: Clock | None = None
    ) -> None:
        self.root = folder / "store" / FORMAT
        self._say, self._clock = say, clock or Clock()

    def segments(self) -> list[Segment]:
        """Return all files in order, not checked."""
        found = (Segment.at(path, self.root) for path in self.root.glob("*/*/*/*.parquet"))
        return sorted(s for s in found if s is not None)

    @contextmanager
    def filling(self, account_id: str, region: str) -> Iterator[None]:
        """Be the only process that adds to or removes from an account and region.

        Raises:
            StoreError: another one does, for too long, or the folder cannot be written.
        """
        folder = cell_folder(self.root, account_id, region)
        with _writing(folder):
            _make(folder)
            (folder / LOCK).touch()
        with locked(folder, self._say, self._clock):
            # what a killed writer left behind was never acknowledged
            for left in folder.glob("*/.*.tmp"):
                left.unlink(missing_ok=True)
            yield

    def held(self, account_id: str, region: str, days: Iterable[date]) -> list[Held]:
        """Return what is there of some days; what is damaged is said and left out, so that it is read again."""
        wanted = set(days)
        cell = cell_folder(self.root, account_id, region)
        found = sorted(
            s for path in cell.glob("*/*.parquet") if (s := Segment.at(path, self.root)) is not None
        )
        return [held for s in found if s.partition.day in wanted and (held := self._checked(s)) is not None]

    def _checked(self, segment: Segment) -> Held | None:
        try:
            return Held(segment, asked_in(segment.content(self.root)))
        except DamagedError as damage:
            self._say(f"{damage.message} and its day is read again; {damage.hint}")
            return None

    def rows(self, segment: Segment) -> pl.DataFrame:
        """Return the rows of a segment.

        Raises:
            StoreError: it is damaged, or gone.
        """
        return decode(segment.content(self.root))

    def add(self, partition: Partition, rows: pl.DataFrame, asked: Mapping[str, frozenset[str]]) -> Held:
        """Keep some workloads of a closed day; when this returns they outlive the process and the machine.

        Raises:
            StoreError: the disk is full, or the folder cannot be written.
        """
        content = encode(rows, asked)
        segment = Segment(partition, hashlib.sha256(content).hexdigest())
        path = segment.path(self.root)
        with _writing(path):
            _make(path.parent)
            replace_file(path, content)
        return Held(segment, asked)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise StoreError(
            f"{path} cannot be written: {fault.strerror}",
            hint="make room there or set ADVISOR_DATA_DIR; recommend --no-cache does without the store",
        ) from fault


def _make(folder: Path) -> None:
    """Make a folder and those above it, each on disk before something is put in it."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)
        flush_folder(folder.parent)
