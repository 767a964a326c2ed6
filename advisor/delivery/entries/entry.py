"""What all entries are made of: the command, and when it runs, as sets of minutes, hours and days."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.delivery.schedule import Schedule

MONTHS, DAYS, WEEKDAYS = range(1, 13), range(1, 32), range(7)


@dataclass(frozen=True)
class Entry:
    """A schedule to be written down.

    Attributes:
        program: the command `advisor`, as it is started on this machine.
        settings: the settings file.
        policy: the IAM policy of the task that AWS runs: what it reads, and what it sends.
        variables: names of the environment variables that hold secrets which its recipients need.
    """

    schedule: Schedule
    program: str
    settings: Path
    policy: dict[str, Any]
    variables: tuple[str, ...] = ()

    @property
    def arguments(self) -> list[str]:
        """What follows the program's name, wherever it runs."""
        return ["report", "run", "--schedule", self.schedule.name, "--quiet"]

    @property
    def command(self) -> list[str]:
        """The whole command on this machine."""
        return [self.program, *self.arguments, "--config", str(self.settings)]

    @property
    def command_line(self) -> str:
        """The same as a shell reads it."""
        return shlex.join(self.command)


@dataclass(frozen=True)
class Calendar:
    """When: each of these, on days that fit both; null days, months and weekdays are all of them. Sunday is 0."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...] | None
    months: tuple[int, ...] | None
    weekdays: tuple[int, ...] | None


def calendars(schedule: Schedule) -> list[Calendar]:
    """Return when a schedule runs; two where cron means "on these days of the month, and on these of the week too"."""
    fields = schedule.occurrences.fields
    days = _some(fields.days, DAYS)
    weekdays = _some({int(day) % 7 for day in fields.weekdays if isinstance(day, int)}, WEEKDAYS)
    months = _some(fields.months, MONTHS)
    when = (tuple(sorted(fields.minutes)), tuple(sorted(fields.hours)))
    if fields.day_and or days is None or weekdays is None:
        return [Calendar(*when, days, months, weekdays)]
    return [Calendar(*when, days, months, None), Calendar(*when, None, months, weekdays)]


def listed(numbers: Iterable[int] | None, everything: range | None = None) -> str:
    """Return `1,5`, or `*` for all."""
    if numbers is None:
        return "*"
    found = list(numbers)
    return "*" if everything is not None and found == list(everything) else ",".join(map(str, found))


def _some(found: Iterable[int], everything: range) -> tuple[int, ...] | None:
    numbers = tuple(sorted(found))
    return None if numbers == tuple(everything) else numbers
