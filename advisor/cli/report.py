"""`advisor report run|outbox`: a schedule's report, made once for its period and sent once to everybody."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.failures import ExitCode, printable, warn, whisper
from advisor.cli.options import ConfigFile, Debug, Many, Quiet
from advisor.cli.report_page import report_page
from advisor.cli.schedules import load_schedules, open_outbox, the_schedule
from advisor.cli.thresholds import tell, thresholds

if TYPE_CHECKING:
    from advisor.delivery.channels.aws import Writer
    from advisor.delivery.parcel import Parcel
    from advisor.delivery.report_run import Order, Outcome
    from advisor.delivery.schedule import Schedule

report = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
report.command("make", short_help="A run as the report that somebody decides by.")(report_page)


@report.callback()
def _group() -> None:
    """Make reports of a run; make those of advisor.toml's schedules and send each to everybody once.

    \b
    Examples:
      advisor report make --kind executive -o summary.pdf
      advisor report run --schedule weekly-finops
    """


@report.command(short_help="Make and send a schedule's report, once.")
def run(
    schedule: Annotated[
        str, typer.Option("--schedule", metavar="NAME", help="Of [schedule.NAME] in advisor.toml.")
    ],
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="The period of this day, or moment with its zone; it turns back no usage.  [default: now]",
        ),
    ] = None,
    fail_on: Annotated[
        Many,
        typer.Option(
            "--fail-on",
            metavar="FIGURE>NUMBER",
            help="End with exit code 10 if so, beside the schedule's own: savings>500, gap_share>=10%; repeatable.",
        ),
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try those again who were given up.")] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Make the report, say to whom it would go, and send and keep nothing."
        ),
    ] = False,
    quiet: Quiet = False,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Make the report of a schedule's current period and send it to all of its recipients who have not got it.

    For any scheduler: run it as often as you like, and after any crash. The report of a period is made once and kept; each
    recipient gets it once. Failures are tried again for 15 minutes (delivery.try_for_s), by the next run, and given up after a
    day.

    What is sent is the plan: its table as the text, and the schedule's formats (txt, md, json, csv, parquet) as files. All
    three kinds of report (executive, finops, team) send the same until they are written.

    Figures for --fail-on: cost, today, savings, bound, change (USD a month), savings_share, gap_share, change_share, actions,
    rejected, holes. Exit codes: 0 everybody has it; 1 somebody has not, all are listed; 3 the accounts could not be read whole;
    10 a threshold was hit.

    \b
    Examples:
      advisor report run --schedule weekly-finops
      advisor report run --schedule weekly-finops --as-of 2026-11-23 --fail-on 'savings>500'
    """
    del debug  # read from the command line when something fails
    from advisor.cli.progress import progress
    from advisor.cli.report_parcel import keep_run, plan_parcel
    from advisor.delivery.channels import channels_of
    from advisor.delivery.report_run import report_run
    from advisor.delivery.wall import Ending

    settings, schedules = load_schedules(config_file)
    chosen = the_schedule(schedule, schedules, "--schedule")
    stop_at = [*chosen.thresholds, *thresholds(fail_on or ())]
    moment = _moment(as_of, chosen)
    channels = channels_of(chosen.targets, settings.config, os.environ, _writer())
    ending = Ending()
    with ending.listening(), progress(quiet or not sys.stderr.isatty()) as show:

        def make(order: Order) -> Parcel:
            return plan_parcel(order, settings.config, show)

        if dry_run:
            _show(chosen, moment, make)
            return
        outbox = open_outbox(settings.config.store)
        outcome = report_run(
            chosen,
            moment,
            make,
            outbox,
            channels,
            settings.config,
            made=lambda parcel: keep_run(parcel, settings.config),
            tell=warn,
            holding=ending.held,
            retry=retry,
        )
    _tell(chosen, outcome)
    hits = tell(stop_at, outcome.parcel.figures)
    if outcome.missing:
        raise typer.Exit(ExitCode.ERROR)
    if hits:
        raise typer.Exit(ExitCode.THRESHOLD)
    if outcome.parcel.figures.get("holes"):
        warn("the report says which APIs could not be read whole")
        raise typer.Exit(ExitCode.PARTIAL)


@report.command(short_help="What became of every delivery.")
def outbox(
    schedule: Annotated[
        str | None, typer.Option("--schedule", metavar="NAME", help="Only of this schedule.")
    ] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only what did not arrive.")] = False,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """List every delivery: schedule, period, recipient, state, tries, tries in doubt, and what the other side said.

    In doubt are tries after which nobody knows whether the message was taken, such as those that were killed: each may
    have been one too many. Such duplicates have the same Message-ID.

    \b
    Example:
      advisor report outbox --open
    """
    del debug  # read from the command line when something fails
    from advisor.cli.settings import load_settings
    from advisor.delivery.outbox import State

    rows = [
        (d.schedule, d.period, d.recipient, str(d.state), str(d.tries), str(d.in_doubt), d.said)
        for d in open_outbox(load_settings((), config_file).config.store).deliveries(schedule)
        if not open_only or d.state is not State.SENT
    ]
    if not rows:
        typer.echo("nothing was delivered yet" if not open_only else "everything has arrived", err=True)
        return
    lines = [("Schedule", "Period", "Recipient", "State", "Tries", "In doubt", "Said"), *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print(printable("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip()))


def _moment(as_of: str | None, schedule: Schedule) -> datetime:
    from advisor.delivery.occurrences import end_of

    if as_of is None:
        return datetime.now(UTC)
    try:
        if len(as_of) == len("2026-11-23"):
            return end_of(date.fromisoformat(as_of), schedule.occurrences)
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise typer.BadParameter(
            f"{as_of!r} is neither a day such as 2026-11-23 nor a moment such as 2026-11-23T07:00+01:00",
            param_hint="--as-of",
        )
    return moment


def _writer() -> Callable[[], Writer]:
    """Return a function that opens AWS for writing when something is to be written there, and not before."""
    opened: list[Writer] = []

    def writer() -> Writer:
        if not opened:
            from advisor.aws import writer as aws

            opened.append(aws.Writer())
        return opened[0]

    return writer


def _show(schedule: Schedule, moment: datetime, make: Callable[[Order], Parcel]) -> None:
    from advisor.delivery.occurrences import period_of
    from advisor.delivery.report_run import Order

    period = period_of(schedule.occurrences, moment)
    parcel = make(Order(schedule, period, moment, None))
    whisper(parcel.subject)
    for file in parcel.attachments:
        whisper(f"file: {file.name}, {len(file.content):,} bytes")
    for target in schedule.targets:
        print(f"would go to {target.recipient}")


def _tell(schedule: Schedule, outcome: Outcome) -> None:
    sent = len(outcome.deliveries) - len(outcome.missing)
    before = f", {outcome.sent_before} of them before" if outcome.sent_before else ""
    whisper(f"{schedule.name}, period {outcome.period}: {sent} of {len(outcome.deliveries)} have it{before}")
    for missing in outcome.missing:
        warn(f"{missing.recipient}: {missing.state}: {missing.said or 'not tried yet'}")
    doubt = sum(d.in_doubt for d in outcome.deliveries)
    if doubt:
        whisper(f"{doubt} tries are in doubt: so many may have arrived twice, with the same Message-ID")
