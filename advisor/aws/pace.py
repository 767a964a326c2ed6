"""How fast one operation is asked: steadily, slower after a refusal, then gently faster again."""

from __future__ import annotations

from threading import Lock

from advisor.aws.clock import Clock

BURST_S = 1.0
"""So many seconds' worth of calls may go at once after a rest."""
SLOWED_AT_MOST_EVERY_S = 1.0
"""Refusals of calls that were on their way together count as one."""
SLOWEST_SHARE = 0.02
FASTER_SHARE = 0.02
"""Of the first rate: the slowest we go, and what each success adds."""


class Pace:
    """A token bucket for one operation of one account and region; safe between threads."""

    def __init__(self, calls_per_s: float, clock: Clock) -> None:
        self._most = self._rate = calls_per_s
        self._clock = clock
        self._lock = Lock()
        self._next_s = self._slowed_s = float("-inf")

    @property
    def calls_per_s(self) -> float:
        """The rate at which it goes now."""
        return self._rate

    def wait(self) -> None:
        """Take a turn, and wait for it."""
        with self._lock:
            now = self._clock.now_s()
            turn = max(self._next_s, now - BURST_S)
            self._next_s = turn + 1 / self._rate
        if turn > now:
            self._clock.sleep(turn - now)

    def slower(self) -> None:
        """Halve the rate after a refusal."""
        with self._lock:
            now = self._clock.now_s()
            if now - self._slowed_s >= SLOWED_AT_MOST_EVERY_S:
                self._slowed_s = now
                self._rate = max(self._rate / 2, self._most * SLOWEST_SHARE)

    def faster(self) -> None:
        """Add a little after a success."""
        with self._lock:
            self._rate = min(self._rate + self._most * FASTER_SHARE, self._most)
