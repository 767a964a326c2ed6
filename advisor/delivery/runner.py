"""A small runner in the foreground, for those who have no scheduler: waits for the next run, catches up one that was missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from advisor.delivery.occurrences import period_of
from advisor.delivery.outbox import Outbox
from advisor.delivery.schedule import Schedule

LONGEST_WAIT_S = 300.0
"""Clocks are set and machines sleep: the time is looked at again at least so often."""
AGAIN_S = 600.0
"""A run that did not reach everybody is gone on with after this."""

Run = Callable[[Schedule, datetime], bool]
"""Runs a schedule for a moment; returns whether everybody has the report, or has been given up."""


@dataclass(frozen=True)
class Due:
    """A run that is due: its period and moment."""

    schedule: Schedule
    period: str
    moment: datetime


def due(schedule: Schedule, outbox: Outbox, now: datetime) -> Due | None:
    """Return the newest run of a schedule, if it is not done; null where it is, or was before anybody looked after it.

    Of several that were missed only the newest is caught up: the older ones tell of the past.
    """
    since = datetime.fromtimestamp(outbox.watch(schedule.name), UTC)
    moment = schedule.occurrences.last(now)
    period = period_of(schedule.occurrences, now)
    known = {d.recipient: d for d in outbox.deliveries(schedule.name, period)}
    if moment.astimezone(UTC) <= since and not known:
        return None
    if all(t.recipient in known and known[t.recipient].state.is_final for t in schedule.targets):
        return None
    return Due(schedule, period, moment)


def run_forever(
    schedules: Sequence[Schedule],
    outbox: Outbox,
    run: Run,
    *,
    now: Callable[[], datetime],
    wait: Callable[[float], bool],
    tell: Callable[[str], None],
) -> None:
    """Run schedules when they are due, until told to stop.

    Args:
        now: the time, with a zone.
        wait: waits so many seconds; returns whether it is time to stop.
    """
    not_before: dict[tuple[str, str], datetime] = {}
    while True:
        for schedule in schedules:
            moment = now()
            found = due(schedule, outbox, moment)
            if found is None or moment < not_before.get((schedule.name, found.period), moment):
                continue
            tell(f"{schedule.name}: period {found.period}")
            if not run(schedule, found.moment):
                not_before[schedule.name, found.period] = _later(now(), AGAIN_S)
            # whoever asked to stop while it ran is not kept waiting for the others
            if wait(0.0):
                return
        if wait(_pause_s(schedules, now(), not_before)):
            return


def _pause_s(
    schedules: Sequence[Schedule], now: datetime, not_before: dict[tuple[str, str], datetime]
) -> float:
    moments = [next(s.occurrences.after(now)) for s in schedules]
    moments += [m for m in not_before.values() if m > now]
    first = min((m.astimezone(UTC) - now.astimezone(UTC)).total_seconds() for m in moments)
    return min(max(first, 0.0), LONGEST_WAIT_S)


def _later(now: datetime, seconds: float) -> datetime:
    return datetime.fromtimestamp(now.timestamp() + seconds, UTC)
