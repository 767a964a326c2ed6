"""What became of every account × region × API: no hole is silent, and none costs another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from advisor.aws.calls import Caller
from advisor.errors import AwsError, DeniedError, ThrottledError, UnreachableError


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
    def reading(self, caller: Caller, api: str) -> Iterator[None]:
        """Read a part of a cell inside; what AWS refuses is written down and ends only this part."""
        try:
            yield
        except AwsError as error:
            self._write(caller, api, _status(error), error.message, error.hint or "")
        else:
            self._write(caller, api, Status.COMPLETE)

    def partial(self, caller: Caller, api: str, reason: str) -> None:
        """Write down that a part of a cell is missing."""
        self._write(caller, api, Status.PARTIAL, reason)

    def skip(self, caller: Caller, api: str, reason: str) -> None:
        """Write down that a cell, or a part of it, was left out on purpose."""
        self._write(caller, api, Status.SKIPPED, reason)

    def cells(self) -> tuple[Cell, ...]:
        """Return all cells in order."""
        with self._lock:
            return tuple(sorted(self._cells.values()))

    def _write(self, caller: Caller, api: str, status: Status, reason: str = "", hint: str = "") -> None:
        key = (caller.account_id, caller.region, api)
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
