"""When a schedule runs in the words of EventBridge Scheduler, and what it starts."""

from __future__ import annotations

from typing import Any

from advisor.delivery.entries.entry import Calendar, Entry, calendars, listed
from advisor.errors import ConfigError

NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
CPU, MEMORY = "1024", "4096"
"""A plan of 2,000 workloads fits; Fargate bills the minutes that it takes."""
TRIES = 2
"""How often the scheduler starts the task again when it could not be started at all."""
NOTES = (
    "The task's disk ends with it: without [store] url (PostgreSQL) a second start of one period mails again.",
    "Objects in S3 are put once whatever happens. Secrets come from Secrets Manager: name them below.",
)


def expressions(entry: Entry) -> list[str]:
    """Return `cron(…)` of the schedule, two where it runs on days of the month and on days of the week.

    Raises:
        ConfigError: it runs on days that must fit both, which these words cannot say.
    """
    return [_expression(when, entry) for when in calendars(entry.schedule)]


def _expression(when: Calendar, entry: Entry) -> str:
    if when.days is not None and when.weekdays is not None:
        raise ConfigError(
            f"schedule.{entry.schedule.name}: EventBridge takes days of the month or days of the week, not both at once",
            hint="write one of the two as *",
        )
    days = "?" if when.weekdays is not None else listed(when.days)
    week = "?" if when.weekdays is None else ",".join(NAMES[d] for d in when.weekdays)
    minutes, hours = listed(when.minutes, range(60)), listed(when.hours, range(24))
    return f"cron({minutes} {hours} {days} {listed(when.months)} {week} *)"


def trust(service: str) -> dict[str, Any]:
    """Return the trust policy that lets a service of AWS take a role."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def task_arguments(entry: Entry) -> list[str]:
    """Return the command inside the image, which holds the settings file in its working folder."""
    return ["advisor", *entry.arguments]
