"""What became of every account × region × API: no hole is silent, and none costs another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Protocol

from advisor.errors import AwsError, DeniedError, ThrottledError, UnreachableError


class Where(Protocol):
    """An account and region; a `Caller` is one."""

    @property
    def account_id(self) -> str:
        """The account, leading zeros kept."""
        ...

    @property
    def region(self) -> str:
        """The region."""
        ...


@dataclass(frozen=True)
class Place:
    """An account and region that nobody can ask in."""

    account_id: str
    region: str


class Status(StrEnum):
    """How the reading of a cell ended, the worst last."""

    SKIPPED = "skipped"
    COMPLETE = "complete"
    PARTIAL = "partial"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    DENIED = "denied"


@dataclass(frozen=True, order=True)
class Cell:
    """One account × region × API.

    Attributes:
        api: the service, `ecs`.
        reason: the first thing that went wrong, in words; empty where nothing did.
        hint: what to do about it.
    """

    account_id: str
    region: str
    api: str
    status: Status
    reason: str = ""
    hint: str = ""

    @property
    def is_hole(self) -> bool:
        """Whether something is missing that was asked for."""
        return self.status not in (Status.COMPLETE, Status.SKIPPED)

    def __str__(self) -> str:
        told = f"{self.account_id} {self.region} {self.api}: {self.status}"
        return told + (f", {self.reason}" if self.reason else "") + (f" ({self.hint})" if self.hint else "")


class Ledger:
    """Collects what became of cells; safe between threads.

    A cell that is read in several goes ends as the worst of them did.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._cells: dict[tuple[str, str, str], Cell] = {}

    @contextmanager
    def reading(self, where: Where, api: str) -> Iterator[None]:
        """Read a part of a cell inside; what AWS refuses is written down and ends only this part."""
        try:
            yield
        except AwsError as error:
            self._write(where, api, _status(error), error.message, error.hint or "")
        else:
            self._write(where, api, Status.COMPLETE)

    def partial(self, where: Where, api: str, reason: str) -> None:
        """Write down that a part of a cell is missing."""
        self._write(where, api, Status.PARTIAL, reason)

    def skip(self, where: Where, api: str, reason: str) -> None:
        """Write down that a cell, or a part of it, was left out on purpose."""
        self._write(where, api, Status.SKIPPED, reason)

    def shut(self, where: Where, apis: Iterable[str], error: AwsError) -> None:
        """Write down that none of these can be asked: nobody gets in, so nothing of them is there even in part."""
        status = _status(error)
        for api in apis:
            ended = Status.DENIED if status is Status.PARTIAL else status
            self._write(where, api, ended, error.message, error.hint or "")

    def cells(self) -> tuple[Cell, ...]:
        """Return all cells in order."""
        with self._lock:
            return tuple(sorted(self._cells.values()))

    def _write(self, where: Where, api: str, status: Status, reason: str = "", hint: str = "") -> None:
        key = (where.account_id, where.region, api)
        worst_last = list(Status)
        with self._lock:
            known = self._cells.get(key)
            if known is None or worst_last.index(status) > worst_last.index(known.status):
                self._cells[key] = Cell(*key, status, reason, hint)


def _status(error: AwsError) -> Status:
    if isinstance(error, DeniedError):
        return Status.DENIED
    if isinstance(error, UnreachableError):
        return Status.UNREACHABLE
    return Status.THROTTLED if isinstance(error, ThrottledError) else Status.PARTIAL
