"""`advisor prices refresh`: today's prices from AWS, checked against the old ones, and swapped in whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.aws.accounts import EVERY_REGION
from advisor.cli.coverage import tell_holes
from advisor.cli.entrance import one_or_more
from advisor.cli.failures import ExitCode
from advisor.cli.options import Debug, Many, Quiet
from advisor.cli.progress import progress
from advisor.cli.refresh_table import refresh_table

if TYPE_CHECKING:
    from advisor.aws.failures import Cell
    from advisor.catalog.refresh import Refreshed

HOME_OF_PRICES = "us-east-1"
"""Where the Price List API and Savings Plans answer for all regions."""


def prices_refresh(
    region: Annotated[
        Many,
        typer.Option("--region", metavar="REGION", help="AWS region, repeatable; all for every known one."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="Read with these credentials.")
    ] = None,
    accept: Annotated[
        Many,
        typer.Option(
            "--accept", metavar="NAME", help="Let pass what was refused, by its name or a glob; repeatable."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check, keep nothing.")] = False,
    bundled: Annotated[
        bool, typer.Option("--bundled", hidden=True, help="Replace the bundled snapshot (for maintainers).")
    ] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Read today's prices from AWS into a new dated snapshot of your own, used from then on.

    The calls are free. What cannot be read keeps its old price with its old date. Where a new price is zero, in
    another unit or far from the old one, the old snapshot stays as it is.

    \b
    Examples:
      advisor prices refresh --profile prod --region eu-west-1 --region us-east-1
      advisor prices refresh --region eu-west-1 --dry-run
    """
    del debug  # read from the command line when something fails
    from advisor.catalog.home import prices_folder
    from advisor.catalog.refresh import keep_snapshot, replace_bundled
    from advisor.catalog.refresh.sanity import refuse
    from advisor.catalog.refresh.summary import summary
    from advisor.errors import AwsError

    now = datetime.now(UTC)
    with progress(quiet) as tell:
        refreshed, cells = _read(region or [], profile, now, bundled=bundled, tell=tell)
    has_holes = tell_holes(cells)
    if not any(reading.rows for reading in refreshed.readings):
        raise AwsError(
            "no price could be read, the old ones stay",
            hint="advisor policy --tier cost prints what the role must be allowed",
        )
    print(refresh_table(summary(refreshed), refreshed.as_of), end="")
    refuse(refreshed.faults, accept or [])
    if dry_run:
        typer.echo("dry run: nothing is kept", err=True)
    elif bundled:
        typer.echo(f"kept in {replace_bundled(refreshed.tables)}", err=True)
    else:
        kept = keep_snapshot(refreshed.tables, prices_folder(), now.date())
        typer.echo(f"kept in {kept}; delete it to go back", err=True)
    if has_holes:
        raise typer.Exit(ExitCode.PARTIAL)


def _read(
    asked: Sequence[str], profile: str | None, now: datetime, *, bundled: bool, tell: Callable[[str], None]
) -> tuple[Refreshed, tuple[Cell, ...]]:
    from advisor.aws.clients import Account, session
    from advisor.aws.failures import Ledger
    from advisor.aws.public import public_json
    from advisor.catalog import load_catalog
    from advisor.catalog.load import SNAPSHOT
    from advisor.catalog.refresh import refresh

    old = load_catalog(SNAPSHOT if bundled else None)
    entered = session(profile)
    usual = os.environ.get("AWS_REGION") or entered.region_name
    regions = old.regions() if EVERY_REGION in asked else one_or_more(asked, usual)
    account = Account(entered, regions[0])
    ledger = Ledger()
    callers = [account.caller(region) for region in regions]
    home = account.caller(HOME_OF_PRICES)
    return refresh(old, callers, home, ledger, now, fetch=public_json, tell=tell), ledger.cells()
