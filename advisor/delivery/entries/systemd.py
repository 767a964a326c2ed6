"""A service and a timer of systemd: a run that was missed while the machine was off is caught up once."""

from __future__ import annotations

from advisor.delivery.entries.entry import Calendar, Entry, calendars, listed

NAMES = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
FOLDER = "/etc/systemd/system"
SECRETS = "/etc/advisor/environment"


def entry(entry: Entry) -> str:
    """Return the two unit files, one after the other, and what to do with them."""
    unit = f"advisor-{entry.schedule.name}"
    return "\n".join(
        [
            f"# {FOLDER}/{unit}.service",
            service(entry),
            f"# {FOLDER}/{unit}.timer",
            timer(entry),
            "# then: systemctl daemon-reload && systemctl enable --now " + f"{unit}.timer",
            "",
        ]
    )


def service(entry: Entry) -> str:
    """Return the service."""
    secrets = (
        [f"# holds {', '.join(entry.variables)}; chmod 600", f"EnvironmentFile={SECRETS}"]
        if entry.variables
        else []
    )
    return "\n".join(
        [
            "[Unit]",
            f"Description=advisor report {entry.schedule.name}",
            "Wants=network-online.target",
            "After=network-online.target",
            "",
            "[Service]",
            "Type=oneshot",
            *secrets,
            # 10: a threshold was hit, and everybody has the report
            "SuccessExitStatus=10",
            f"ExecStart={' '.join(_quoted(part) for part in entry.command)}",
            "",
        ]
    )


def timer(entry: Entry) -> str:
    """Return the timer."""
    return "\n".join(
        [
            "[Unit]",
            f"Description=When advisor report {entry.schedule.name} is due",
            "",
            "[Timer]",
            *(
                f"OnCalendar={on_calendar(when, entry.schedule.timezone)}"
                for when in calendars(entry.schedule)
            ),
            "Persistent=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )


def on_calendar(when: Calendar, zone: str) -> str:
    """Return systemd's words for it: `Mon *-*-* 07:00:00 Europe/Berlin`."""
    week = "" if when.weekdays is None else ",".join(NAMES[d] for d in when.weekdays) + " "
    hours, minutes = _two(when.hours, 24), _two(when.minutes, 60)
    return f"{week}*-{listed(when.months)}-{listed(when.days)} {hours}:{minutes}:00 {zone}"


def _two(numbers: tuple[int, ...], of: int) -> str:
    return "*" if len(numbers) == of else ",".join(f"{number:02d}" for number in numbers)


def _quoted(part: str) -> str:
    text = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if text != part or " " in part or not part else part
