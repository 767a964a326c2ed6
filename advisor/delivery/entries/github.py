"""A workflow of GitHub Actions. Its clock knows UTC only, so a zone with summer time has a line for each of its offsets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import takewhile

from advisor.delivery.entries.entry import Calendar, Entry, calendars, listed
from advisor.errors import ConfigError

TEXT = """\
# .github/workflows/advisor-{name}.yml
# GitHub's clock knows UTC only and may be minutes late; {note}
name: advisor report {name}
on:
  schedule:
{lines}
  workflow_dispatch: {{}}
permissions:
  contents: read
  id-token: write
concurrency:
  group: advisor-{name}
jobs:
  report:
    runs-on: ubuntu-latest
    env:
      ADVISOR_DATA_DIR: ${{{{ github.workspace }}}}/.advisor-data{secrets}
    steps:
      - id: due
        env:
          CRON: ${{{{ github.event.schedule }}}}
        run: |
          case "$CRON" in
{cases}
            *) due=true ;;
          esac
          echo "due=$due" >> "$GITHUB_OUTPUT"
      - if: steps.due.outputs.due == 'true'
        uses: actions/checkout@v4  # pin by commit
      - if: steps.due.outputs.due == 'true'
        uses: aws-actions/configure-aws-credentials@v4  # pin by commit
        with:
          role-to-assume: ${{{{ vars.ADVISOR_ROLE_ARN }}}}
          aws-region: ${{{{ vars.AWS_REGION }}}}
      # the outbox remembers who has the report: without it a second start of one period mails again
      - if: steps.due.outputs.due == 'true'
        uses: actions/cache@v4  # pin by commit
        with:
          path: .advisor-data
          key: advisor-{name}-${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}
          restore-keys: advisor-{name}-
      - if: steps.due.outputs.due == 'true'
        run: {command}
"""


def entry(entry: Entry) -> str:
    """Return the workflow.

    Raises:
        ConfigError: in UTC it would run on other days, in a way that cron's fields cannot say.
    """
    schedule = entry.schedule
    offsets = _offsets(entry)
    lines, cases = [], []
    for offset in offsets:
        for when in calendars(schedule):
            words = _utc(when, offset, schedule.name)
            lines.append(f'    - cron: "{words}"')
            if len(offsets) > 1:
                mark = f"{'-' if offset < timedelta(0) else '+'}{_clock(abs(offset))}"
                test = f'[ "$(TZ={schedule.timezone} date +%z)" = "{mark}" ] && due=true || due=false'
                cases.append(f'            "{words}") {test} ;;')
    note = "only the line whose offset is in force goes on" if cases else "the times below are so"
    return TEXT.format(
        name=schedule.name,
        note=note,
        lines="\n".join(lines),
        cases="\n".join(cases) or "            none) due=false ;;",
        secrets="".join(f"\n      {v}: ${{{{ secrets.{v} }}}}" for v in entry.variables),
        command=" ".join(["advisor", *entry.arguments]),
    )


def _offsets(entry: Entry) -> list[timedelta]:
    """Return the offsets from UTC of two years' runs, each once."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    end = start + timedelta(days=730)
    runs = takewhile(lambda moment: moment < end, entry.schedule.occurrences.after(start))
    found = dict.fromkeys(moment.utcoffset() for moment in runs)
    return sorted(offset for offset in found if offset is not None)


def _utc(when: Calendar, offset: timedelta, name: str) -> str:
    minutes = int(offset.total_seconds()) // 60
    shifted = {(h * 60 + m - minutes) for h in when.hours for m in when.minutes}
    days = {total // 1440 for total in shifted}
    hours, marks = {total % 1440 // 60 for total in shifted}, {total % 60 for total in shifted}
    is_grid = len(shifted) == len(hours) * len(marks)
    moves = days != {0} and (when.days, when.months, when.weekdays) != (None, None, None)
    if not is_grid or (moves and (len(days) > 1 or when.days is not None or when.months is not None)):
        raise ConfigError(
            f"schedule.{name}: GitHub's clock knows UTC only, and this schedule cannot be said in it",
            hint='choose an hour that is on the same day in UTC, or timezone = "UTC"',
        )
    week = when.weekdays
    if week is not None and moves:
        by = next(iter(days))
        week = tuple(sorted((day + by) % 7 for day in week))
    hour, minute = listed(sorted(hours), range(24)), listed(sorted(marks), range(60))
    return f"{minute} {hour} {listed(when.days)} {listed(when.months)} {listed(week)}"


def _clock(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{minutes // 60:02d}{minutes % 60:02d}"
