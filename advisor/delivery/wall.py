"""The wall clock as it is handed in, and an end that waits for what is being handed over."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

ENDED = 128 + signal.SIGTERM


@dataclass(frozen=True)
class Wall:
    """What dates and waiting need.

    Attributes:
        now_s: seconds since 1970, the same for all processes of a machine.
        sleep: waits so many seconds.
    """

    now_s: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class Ending:
    """Ends the process on SIGTERM, but never between a message and its receipt."""

    def __init__(self) -> None:
        self._is_held = self._is_asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for SIGTERM inside."""
        before = signal.signal(signal.SIGTERM, self._asked)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Finish what is inside first; it ends by itself, for every server is waited for with a limit."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self._is_asked:
            raise SystemExit(ENDED)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._is_asked = True
        if not self._is_held:
            raise SystemExit(ENDED)
