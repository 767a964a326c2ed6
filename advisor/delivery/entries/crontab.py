"""A line of a crontab."""

from __future__ import annotations

from advisor.delivery.entries.entry import Entry


def entry(entry: Entry) -> str:
    """Return the lines for `crontab -e`."""
    schedule = entry.schedule
    # cron ends a command at %, and its backslash is the only way round
    command = entry.command_line.replace("%", "\\%")
    zone = [
        f"# {schedule.name}: cronie reads the zone below; Debian's cron does not, and takes the machine's",
        f"CRON_TZ={schedule.timezone}",
    ]
    secrets = [f"# needs in its environment: {', '.join(entry.variables)}"] if entry.variables else []
    return "\n".join([*zone, *secrets, f"{schedule.occurrences.cron} {command}", ""])
