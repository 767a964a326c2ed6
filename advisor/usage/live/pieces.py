"""The window cut at midnights: whole days that can be kept, and edges that are read anew each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from advisor.usage.live.spans import Span, is_kept

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Piece:
    """What the window takes of one UTC day at one period.

    Attributes:
        part: what is wanted.
        day: the whole day at that period, where it is final and CloudWatch still has all of it.
    """

    part: Span
    day: Span | None

    @property
    def date(self) -> date:
        """The day it is of."""
        return self.part.start.date()

    @property
    def asked(self) -> Span:
        """What AWS is asked for: a metric costs the same for an hour and a day."""
        return self.day or self.part


def pieces(window: Sequence[Span], now: datetime, final_after: timedelta | None) -> tuple[Piece, ...]:
    """Return the pieces of a window, the oldest first.

    Args:
        window: whole hours; `spans`.
        now: UTC.
        final_after: how long after its end a day is final; null where nothing is to be kept.
    """
    found = []
    for span in window:
        for part in _days(span):
            midnight = part.start.replace(hour=0)
            day = Span(midnight, midnight + DAY, part.period_s)
            final = final_after is not None and day.end + final_after <= now and is_kept(day, now)
            found.append(Piece(part, day if final else None))
    return tuple(found)


def joined(pieces: Iterable[Piece]) -> list[Span]:
    """Return what to ask for, as few stretches as can be: each costs what a metric costs."""
    found: list[Span] = []
    for span in sorted((p.asked for p in pieces), key=lambda s: (s.start, -s.period_s)):
        last = found[-1] if found else None
        if last and last.end == span.start and last.period_s == span.period_s:
            found[-1] = Span(last.start, span.end, span.period_s)
        else:
            found.append(span)
    return found


def _days(span: Span) -> Iterator[Span]:
    start = span.start
    while start < span.end:
        end = min(span.end, start.replace(hour=0) + DAY)
        yield Span(start, end, span.period_s)
        start = end


def points_of(pieces: Iterable[Piece]) -> int:
    """Return how many points a series without gaps has in all of them."""
    return sum((s.end - s.start) // timedelta(seconds=s.period_s) for s in joined(pieces))
