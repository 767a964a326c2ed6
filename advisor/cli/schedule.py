"""`advisor schedule list|show|run`: when reports are due, entries for schedulers, and a small runner for those who have none."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.failures import whisper
from advisor.cli.options import ConfigFile, Debug
from advisor.cli.schedules import load_schedules, open_outbox, the_schedule

if TYPE_CHECKING:
    from advisor.cli.settings import Settings
    from advisor.delivery.schedule import Schedule

schedule = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
NEXT = 3
"""So many runs to come are shown."""


class Kind(StrEnum):
    """Whose entry; the names of `delivery.entries.ENTRIES`."""

    CRON = "cron"
    SYSTEMD = "systemd"
    EVENTBRIDGE = "eventbridge"
    CLOUDFORMATION = "cloudformation"
    GITHUB = "github"


@schedule.callback()
def _group() -> None:
    """Say when the reports of advisor.toml are due, and hand them to a scheduler.

    \b
    A schedule is a table of advisor.toml:
      [schedule.weekly-finops]
      source = "usage"                     # or profile and regions of an account
      formats = ["md", "json"]
      recipients = ["mailto:finops@example.com", "slack:finops", "s3://reports/ecs", "file:reports"]
      cron = "0 7 * * mon"
      timezone = "Europe/Berlin"
      fail_on = ["savings>500"]            # exit code 10

    \b
    Example:
      advisor schedule list
    """


@schedule.command("list", short_help="All schedules, and when they run next.")
def list_(config_file: ConfigFile = None, debug: Debug = False) -> None:
    """List all schedules: what, to how many, and the next runs in each one's zone; every setting is checked.

    \b
    Example:
      advisor schedule list
    """
    del debug  # read from the command line when something fails
    _, schedules = load_schedules(config_file)
    if not schedules:
        typer.echo("advisor.toml has no [schedule.NAME]; advisor schedule --help shows one", err=True)
        return
    now = datetime.now(UTC)
    for name, found in schedules.items():
        runs = ", ".join(f"{moment:%a %Y-%m-%d %H:%M}" for moment in found.occurrences.next(now, NEXT))
        print(
            f"{name}  {found.report}  {', '.join(found.formats)}  {found.occurrences.cron}  {found.timezone}"
        )
        print(f"  next: {runs}")
        for target in found.targets:
            print(f"  to:   {target.recipient}")


@schedule.command(short_help="A ready entry for cron, systemd, EventBridge or GitHub.")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of [schedule.NAME] in advisor.toml.")],
    kind: Annotated[
        Kind,
        typer.Option(
            "--as",
            help="eventbridge: EventBridge Scheduler starts a Fargate task, with its roles, as Terraform; "
            "cloudformation: the same.",
        ),
    ] = Kind.CRON,
    program: Annotated[
        str | None,
        typer.Option(
            "--program", metavar="PATH", help="How advisor is started.  [default: the one of this machine]"
        ),
    ] = None,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Print a schedule as an entry for a scheduler: text to look at and to put where it belongs; nothing is installed.

    \b
    Examples:
      advisor schedule show weekly-finops --as systemd
      advisor schedule show weekly-finops --as cloudformation > weekly-finops.json
    """
    del debug  # read from the command line when something fails
    from advisor.cli.settings import FILE_NAME
    from advisor.delivery.entries import ENTRIES
    from advisor.delivery.entries.entry import Entry

    settings, schedules = load_schedules(config_file)
    found = the_schedule(name, schedules, "NAME")
    path = (config_file or Path(FILE_NAME)).absolute()
    entry = Entry(
        found,
        program or shutil.which("advisor") or "advisor",
        path,
        _policy(found, settings),
        _variables(found, settings),
    )
    print(ENTRIES[kind.value](entry), end="")


@schedule.command(short_help="Run schedules when they are due, in the foreground.")
def run(
    only: Annotated[
        list[str] | None, typer.Option("--schedule", metavar="NAME", help="Only this one; repeatable.")
    ] = None,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Run schedules when they are due, until interrupted or told to end (SIGTERM): for machines without a scheduler.

    The newest run that was missed while it was down is caught up once, if the runner looked after the schedule before. A second
    runner beside it does no harm: every report is made and sent once.

    \b
    Example:
      advisor schedule run --schedule weekly-finops
    """
    del debug  # read from the command line when something fails
    from advisor.delivery.runner import run_forever

    settings, schedules = load_schedules(config_file)
    chosen = (
        [the_schedule(name, schedules, "--schedule") for name in only] if only else list(schedules.values())
    )
    if not chosen:
        raise typer.BadParameter("advisor.toml has no [schedule.NAME]", param_hint="--config")
    over = Event()
    child: list[subprocess.Popen[bytes]] = []

    def end(*_: object) -> None:
        over.set()
        for process in child:
            process.terminate()

    def report(due: Schedule, moment: datetime) -> bool:
        # a process of its own: its memory goes with it, and nothing that happens there ends the runner
        config = ["--config", str(config_file)] if config_file else []
        arguments = [
            "report",
            "run",
            "--schedule",
            due.name,
            "--as-of",
            moment.isoformat(),
            "--quiet",
            *config,
        ]
        process = subprocess.Popen([sys.executable, "-m", "advisor", *arguments])
        child.append(process)
        if over.is_set():
            process.terminate()
        code = process.wait()
        child.remove(process)
        whisper(f"{due.name}: exit code {code}")
        return code in (0, 3, 10)

    # an event's wait ends with the signal's handler; a sleep would go on
    signal.signal(signal.SIGTERM, end)
    whisper(f"running {', '.join(s.name for s in chosen)}")
    run_forever(
        chosen,
        open_outbox(settings.config.store),
        report,
        now=lambda: datetime.now(UTC),
        wait=over.wait,
        tell=whisper,
    )
    whisper("ended")


def _policy(found: Schedule, settings: Settings) -> dict[str, object]:
    from advisor.aws.operations import Tier
    from advisor.aws.policy import policy
    from advisor.cli.policy import sending

    reading = [] if found.source else policy(Tier.COST)["Statement"]
    return {"Version": "2012-10-17", "Statement": [*reading, *sending([found], settings.config)["Statement"]]}


def _variables(found: Schedule, settings: Settings) -> tuple[str, ...]:
    """Return the environment variables that hold what the schedule's recipients need."""
    from advisor.delivery.targets import MailTarget, SlackTarget

    config, names = settings.config, []
    for target in found.targets:
        if isinstance(target, SlackTarget) and target.name in config.slack.webhooks:
            names.append(config.slack.webhooks[target.name])
        if isinstance(target, MailTarget) and config.mail.via == "smtp" and "@" in (config.smtp.url or ""):
            names.append(config.smtp.password_env)
    if config.store.url:
        names.append("PGPASSWORD")
    return tuple(dict.fromkeys(names))
