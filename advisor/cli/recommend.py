"""`advisor recommend`: the main job, usage in, plan out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.cli.coverage import tell_coverage
from advisor.cli.failures import ExitCode, warn, whisper
from advisor.cli.live import Live, account_list, read_account
from advisor.cli.options import (
    Accounts,
    Assume,
    BillTag,
    ConfigFile,
    Days,
    Debug,
    Decimal,
    Deep,
    Delimiter,
    DryRun,
    Encoding,
    EventsLogGroup,
    EventsS3,
    ExternalId,
    FailOn,
    LiveRegion,
    Many,
    MaxApiUsd,
    NoBill,
    NoCache,
    NoColor,
    Profile,
    Quiet,
    Rename,
    RoleArn,
    SkipBadRows,
    Timezone,
    TrustInput,
)
from advisor.cli.paper import chosen_format, hand_over, print_report, terminal_width
from advisor.cli.policy_flags import (
    Architectures,
    Edp,
    LaunchTypes,
    NoCommitments,
    NoSpot,
    OpsUsdPerHour,
    Payments,
    Preset,
    Terms,
    as_settings,
    pairs,
)
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


def recommend(
    source: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SOURCE",
            help="A folder, or CSV and Parquet files, of workloads, usage, runs, instances, commitments and bill. "
            "Without: the account of --profile, --region.",
        ),
    ] = None,
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
    rename: Rename = None,
    assume: Assume = None,
    region: LiveRegion = None,
    profile: Profile = None,
    accounts: Accounts = None,
    role_arn: RoleArn = None,
    external_id: ExternalId = None,
    days: Days = 14,
    deep: Deep = False,
    events_log_group: EventsLogGroup = None,
    events_s3: EventsS3 = None,
    max_api_usd: MaxApiUsd = None,
    dry_run: DryRun = False,
    no_bill: NoBill = False,
    bill_tag: BillTag = None,
    no_cache: NoCache = False,
    decimal: Decimal = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    timezone: Timezone = "UTC",
    trust_input: TrustInput = False,
    skip_bad_rows: SkipBadRows = False,
    preset: Preset = None,
    launch_type: LaunchTypes = None,
    arch: Architectures = None,
    no_spot: NoSpot = False,
    no_commitments: NoCommitments = False,
    term: Terms = None,
    payment: Payments = None,
    edp: Edp = None,
    ops_usd_per_hour: OpsUsdPerHour = None,
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
    from advisor.usage.decode import ParquetCheck, has_parquet

    source, regions = source or [], region or []
    live = Live(
        profile=profile,
        role_arn=role_arn,
        external_id=external_id,
        accounts=account_list(accounts),
        days=days,
        max_api_usd=max_api_usd,
        dry_run=dry_run,
        bill=not no_bill,
        bill_tag=bill_tag,
        deep=deep,
        events_log_group=events_log_group,
        events_s3=events_s3,
        cache=not no_cache,
    )
    live.check(bool(source), regions)
    # its start takes as long as what we load meanwhile
    check = ParquetCheck() if has_parquet(source) else None
    from advisor.cli.settings import load_settings
    from advisor.cli.thresholds import tell_hits, thresholds

    stop_at = thresholds(fail_on or ())
    flags = as_settings(
        preset=preset,
        no_spot=no_spot,
        no_commitments=no_commitments,
        term=term or (),
        payment=payment or (),
        arch=arch or (),
        launch_type=launch_type or (),
        ops_usd_per_hour=ops_usd_per_hour,
        edp=edp,
        settings=settings or (),
    )
    mapping, assumed = pairs(rename or (), "--map"), pairs(assume or (), "--assume")
    config = load_settings(flags, config_file).config
    form = ReportFormat(chosen_format(form, output, ReportFormat))
    if form is ReportFormat.PARQUET and output is None and sys.stdout.isatty():
        raise typer.BadParameter("parquet is no text: name a file with --output", param_hint="--format")
    reading = {
        "mapping": mapping,
        "assume": assumed,
        "skip_bad_rows": skip_bad_rows,
        "decimal": decimal,
        "delimiter": delimiter,
        "encoding": encoding,
        "timezone": timezone,
        "trust_input": trust_input,
        "check": check,
    }
    from advisor.cli.history import keep, plan_of

    before = None if previous is None else plan_of(previous, config)
    plan, cells = _advise(source or live, reading, regions, config, quiet or not sys.stderr.isatty(), before)
    document = _kept(plan)
    if kept:
        whisper(f"kept as run {keep(plan, document, config)}")
    if form is ReportFormat.JSON:
        hand_over(document, output)
    else:
        _deliver(plan, form, output, everything=everything, raw_csv=raw_csv, no_color=no_color)
    holes = tell_coverage(cells)
    if plan.rows_rejected:
        where = "the rejects file" if source else "the notes"
        warn(f"{plan.rows_rejected} of {plan.rows_read} rows were left out, see {where}")
    if tell_hits(stop_at, plan, cells):
        raise typer.Exit(ExitCode.THRESHOLD)
    if plan.rows_rejected or holes:
        raise typer.Exit(ExitCode.PARTIAL)


def _advise(
    source: Sequence[Path] | Live,
    reading: dict[str, Any],
    regions: Sequence[str],
    config: Config,
    quiet: bool,
    previous: Plan | None,
) -> tuple[Plan, tuple[Cell, ...]]:
    """Return the plan, and what became of each API where an account was read."""
    from advisor.cli.progress import progress

    with progress(quiet) as tell:
        tell("loading")
        from advisor.catalog import load_catalog
        from advisor.pipeline import advise
        from advisor.usage import read_usage
        from advisor.usage.regions import in_regions

        tell("reading usage")
        cells: tuple[Cell, ...] = ()
        if isinstance(source, Live):
            usage, cells = read_account(
                source, regions, reading["assume"], config.history.final_after_hours, tell
            )
        else:
            usage = read_usage(source[0] if len(source) == 1 else source, **reading)
            usage = in_regions(usage, regions)
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
