"""Which stretches of time to ask for, each at the finest period that CloudWatch still keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from advisor.units import SECONDS_PER_DAY, SECONDS_PER_HOUR

KEPT_DAYS = ((3600, 455), (300, 63), (60, 15))
"""Period in seconds → days for which it is kept (ecs-semantics D.3). Asked for too finely, no data comes at all."""
HOUR = timedelta(hours=1)
SETTLES = timedelta(minutes=5)
"""The newest points may still change."""
READING = HOUR
"""So long may the reading itself last: what is about to fall out of a period is asked for at the next."""


@dataclass(frozen=True)
class Span:
    """A stretch of whole hours, read at one period."""

    start: datetime
    end: datetime
    period_s: int

    @property
    def points(self) -> int:
        """How many points a series without gaps has."""
        return len(self.grid)

    @property
    def grid(self) -> range:
        """When its intervals start, in seconds since 1970."""
        return range(int(self.start.timestamp()), int(self.end.timestamp()), self.period_s)


def spans(days: int, now: datetime) -> tuple[Span, ...]:
    """Return the spans of the last so many days, the oldest first.

    Args:
        days: how far to look back; what is older than CloudWatch's memory is left out.
        now: UTC.
    """
    end = _floor(now - SETTLES)
    start = end - timedelta(seconds=days * SECONDS_PER_DAY)
    found = []
    for (period_s, kept), (_, finer) in zip(KEPT_DAYS, (*KEPT_DAYS[1:], (0, 0)), strict=True):
        newest = _oldest(finer, now) if finer else end
        first, last = max(start, _oldest(kept, now)), min(newest, end)
        if first < last:
            found.append(Span(first, last, period_s))
    return tuple(found)


def is_kept(span: Span, now: datetime) -> bool:
    """Return whether CloudWatch still has all of a span at its period, and will while it is read."""
    return span.start >= _oldest(dict(KEPT_DAYS)[span.period_s], now)


def _oldest(kept_days: int, now: datetime) -> datetime:
    return _floor(now - timedelta(days=kept_days) + READING) + HOUR


def _floor(moment: datetime) -> datetime:
    return moment - timedelta(seconds=moment.timestamp() % SECONDS_PER_HOUR)
