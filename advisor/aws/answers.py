"""Answers that must be whole by some time: an answer that drips in byte by byte never times out by itself."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import TypeVar

from advisor.errors import UnreachableError

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T], what: str) -> T:
    """Return what `work` makes, or raises, if it is there in time; else it is left behind and ends with the process.

    Args:
        seconds: of the wall, however fast the clock of a caller goes: a server takes what it takes.
        what: is awaited, in words.

    Raises:
        UnreachableError: it is not there.
    """
    done, made, raised = Event(), [], []

    def run() -> None:
        try:
            made.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            raised.append(error)
        done.set()

    Thread(target=run, daemon=True).start()
    if not done.wait(seconds):
        raise UnreachableError(f"{what}: an answer began and did not end in time")
    if raised:
        raise raised[0]
    return made[0]
