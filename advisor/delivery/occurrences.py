"""When a schedule runs: cron's five fields in a time zone, and which of its runs a moment belongs to.

cronsim evaluates the fields as Debian's cron does. A time of day that the clock skips in spring is run at the change; one that
it shows twice in autumn is run at the first. Jobs of every hour or minute follow the hours that really pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from cronsim.cronsim import SYMBOLIC_DAYS, SYMBOLIC_MONTHS

from advisor.errors import ConfigError

FIELDS = re.compile(r"[0-9A-Za-z*,/-]+")
NAMES = frozenset((*SYMBOLIC_DAYS, *SYMBOLIC_MONTHS))
LOOK_BACK_DAYS = (2, 10, 70, 400, 3000)
"""Where the run before a moment is looked for; 29 February comes back after eight years at the most."""


class Occurrences:
    """The moments at which a schedule runs.

    Args:
        cron: minute, hour, day of month, month, day of week.
        timezone: an IANA name, `Europe/Berlin`.

    Raises:
        ConfigError: one of the two cannot be read, or it never runs.
    """

    def __init__(self, cron: str, timezone: str) -> None:
        self.cron, self.zone = " ".join(cron.split()), _zone(timezone)
        parts = self.cron.split(" ")
        words = set(re.findall(r"[A-Za-z]+", self.cron.upper()))
        # longer forms are cronsim's own; no other scheduler shares them
        if len(parts) != 5 or not all(FIELDS.fullmatch(p) for p in parts) or not words <= NAMES:
            raise ConfigError(
                f"{cron!r} is no cron expression: write minute, hour, day of month, month and day of week, as 0 7 * * mon"
            )
        try:
            self.fields = CronSim(self.cron, datetime(2026, 1, 1, tzinfo=self.zone))
            next(self.fields)
        except CronSimError as fault:
            raise ConfigError(f"{cron!r} is no cron expression: {str(fault).lower()}") from fault
        except StopIteration:
            raise ConfigError(f"{cron!r} never runs: there is no such day") from None

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the moments after one, in the schedule's zone."""
        # in UTC: times of one zone are compared by what the clock shows, and in autumn it shows an hour twice
        start = moment.astimezone(UTC)
        for found in CronSim(self.cron, moment.astimezone(self.zone)):
            if found > start:
                yield found

    def next(self, moment: datetime, count: int) -> list[datetime]:
        """Return so many moments after one."""
        return list(islice(self.after(moment), count))

    def last(self, moment: datetime) -> datetime:
        """Return the newest moment that is not after `moment`.

        Raises:
            ConfigError: there was none in eight years.
        """
        end = moment.astimezone(UTC)
        for days in LOOK_BACK_DAYS:
            newest = None
            for found in self.after(end - timedelta(days=days)):
                if found > end:
                    break
                newest = found
            if newest is not None:
                return newest
        raise ConfigError(f"{self.cron!r} has not run for years before {moment:%Y-%m-%d}")

    @property
    def is_daily_at_most(self) -> bool:
        """Whether no day has two runs, so that the day names the run."""
        return len(self.fields.minutes) == len(self.fields.hours) == 1


def period_of(occurrences: Occurrences, as_of: datetime) -> str:
    """Return the name of the run that a moment belongs to: the day of the newest run until then, in the schedule's zone.

    Where a day has several runs the time stands with it, and the offset, for an hour in autumn comes twice.
    """
    moment = occurrences.last(as_of)
    return moment.strftime("%Y-%m-%d" if occurrences.is_daily_at_most else "%Y-%m-%dT%H%M%z")


def end_of(day: date, occurrences: Occurrences) -> datetime:
    """Return the last moment of a day in the schedule's zone: "as of Monday" takes Monday's run in."""
    return datetime.combine(day, time.max, tzinfo=occurrences.zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise ConfigError(
            f"{name!r} is no time zone: write an IANA name such as Europe/Berlin or UTC"
        ) from fault
