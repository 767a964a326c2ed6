"""`advisor recommend`: the main job, usage in, plan out."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.failures import ExitCode, warn, whisper
from advisor.cli.groups import grouped
from advisor.cli.options import ConfigFile, Debug, FailOn, Many, NoColor, Quiet
from advisor.cli.paper import chosen_format, hand_over, print_report, terminal_width
from advisor.cli.policy_flags import PolicyFlags
from advisor.cli.reading import Readable, Reading, end_partial
from advisor.cli.stale import warn_of_old_prices

if TYPE_CHECKING:
    from advisor.aws.failures import Cell
    from advisor.config import Config
    from advisor.model import Plan


class ReportFormat(StrEnum):
    """How a plan is written; the names of `report.RENDERERS`."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    MD = "md"


@grouped
def recommend(
    *,
    form: Annotated[
        ReportFormat | None, typer.Option("--format", "-f", help="How to write the plan.  [default: table]")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to a file, in the format of its suffix: .txt .json .csv .parquet .md.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every workload, not only the largest savings.")
    ] = False,
    reading: Reading,
    policy: PolicyFlags,
    settings: Annotated[
        Many,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Any setting of advisor.toml, such as plan.min_savings_usd=5; repeatable.",
        ),
    ] = None,
    config_file: ConfigFile = None,
    previous: Annotated[
        str | None,
        typer.Option(
            "--previous",
            metavar="RUN",
            help="An earlier run (a file, an id, last) whose advice holds until another is worth its churn.",
        ),
    ] = None,
    kept: Annotated[
        bool, typer.Option("--keep", help="Keep this run: advisor runs, compare and ledger know it then.")
    ] = False,
    raw_csv: Annotated[
        bool, typer.Option("--raw-csv", help="Leave texts in CSV that a spreadsheet may run as formulas.")
    ] = False,
    fail_on: FailOn = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Say what each workload should run on, how big, bought how, and what it saves.

    \b
    Examples:
      advisor recommend data/shop
      advisor recommend data/shop -o plan.md
      advisor recommend data/shop --keep --previous last
      advisor recommend usage.csv --assume tasks=1 --assume region=us-east-1
      advisor recommend data/shop --no-spot --term 1 --term 3 --format json
      advisor recommend --profile prod --region eu-west-1
      advisor recommend --accounts org --role-arn 'arn:aws:iam::{account}:role/advisor-read' --region all
    """
    del debug  # read from the command line when something fails
    readable = reading.checked()
    from advisor.cli.settings import load_settings
    from advisor.cli.thresholds import tell_hits, thresholds

    stop_at = thresholds(fail_on or ())
    config = load_settings(policy.as_settings(settings), config_file).config
    form = ReportFormat(chosen_format(form, output, ReportFormat))
    if form is ReportFormat.PARQUET and output is None and sys.stdout.isatty():
        raise typer.BadParameter("parquet is no text: name a file with --output", param_hint="--format")
    from advisor.cli.history import keep, plan_of

    before = None if previous is None else plan_of(previous, config)
    plan, cells = _advise(readable, config, quiet or not sys.stderr.isatty(), before)
    document = _kept(plan)
    if kept:
        whisper(f"kept as run {keep(plan, document, config)}")
    if form is ReportFormat.JSON:
        hand_over(document, output)
    else:
        _deliver(plan, form, output, everything=everything, raw_csv=raw_csv, no_color=no_color)
    is_partial = readable.tell_left_out(plan, cells)
    if tell_hits(stop_at, plan, cells):
        raise typer.Exit(ExitCode.THRESHOLD)
    end_partial(is_partial)


def _advise(
    readable: Readable, config: Config, quiet: bool, previous: Plan | None
) -> tuple[Plan, tuple[Cell, ...]]:
    """Return the plan, and what became of each API where an account was read."""
    from advisor.cli.progress import progress

    with progress(quiet) as tell:
        tell("loading")
        from advisor.catalog import load_catalog
        from advisor.pipeline import advise

        usage, cells = readable.read(config, tell)
        catalog = load_catalog()
        plan = advise(usage, catalog, config, previous=previous, progress=tell)
    warn_of_old_prices(catalog, plan.regions, config.prices.stale_days)
    return plan, cells


def _kept(plan: Plan) -> bytes:
    """Return the run document, a copy of it remembered for `advisor explain`."""
    from advisor.cli.state import remember
    from advisor.report import render

    document = render(plan, "json")
    try:
        remember(document)
    except OSError as fault:
        warn(f"this run is not kept for advisor explain: {fault.strerror}: {fault.filename}")
    return document


def _deliver(
    plan: Plan, form: ReportFormat, output: Path | None, *, everything: bool, raw_csv: bool, no_color: bool
) -> None:
    from advisor.report import render
    from advisor.report.csv_cells import csv_text
    from advisor.report.placements import placements
    from advisor.report.table import table

    if form is ReportFormat.TABLE:
        boxes = output is None and sys.stdout.isatty()
        content = table(
            plan, width=terminal_width(), everything=everything or output is not None, boxes=boxes
        ).encode()
    elif form is ReportFormat.CSV and raw_csv:
        warn("texts in this CSV are not guarded: a spreadsheet may run them as formulas")
        content = csv_text(placements(plan), raw=True).encode()
    else:
        content = render(plan, form.value)
    if output is None and form is ReportFormat.TABLE:
        print_report(content.decode(), no_color=no_color)
    else:
        hand_over(content, output)
