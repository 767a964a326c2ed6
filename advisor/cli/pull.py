"""`advisor pull`: an account's usage into the local store, so that history outlives CloudWatch's memory."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

from advisor.cli.coverage import tell_coverage
from advisor.cli.failures import ExitCode, warn
from advisor.cli.groups import grouped
from advisor.cli.live import open_live, open_store
from advisor.cli.options import ConfigFile, Debug, DryRun, MaxApiUsd, Quiet
from advisor.cli.reading import Places

if TYPE_CHECKING:
    from advisor.aws.failures import Ledger
    from advisor.usage.live.pull import Pulled


@grouped
def pull(
    *,
    places: Places,
    max_api_usd: MaxApiUsd = None,
    dry_run: DryRun = False,
    config_file: ConfigFile = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Read an account's usage day by day and keep it on this machine; what is there already is not read again.

    AWS keeps usage by the minute for 15 days, by five minutes for 63. Run every day, or at least every ten days,
    this keeps every minute. A day is kept once it is final (history.final_after_hours); advisor recommend reads from
    there and asks AWS for the rest only.

    \b
    Examples:
      advisor pull --profile prod --region eu-west-1
      advisor pull --profile prod --region eu-west-1 --days 63 --dry-run
    """
    del debug  # read from the command line when something fails
    from advisor.aws.failures import Ledger
    from advisor.cli.progress import progress
    from advisor.cli.settings import load_settings

    config = load_settings(config_file=config_file).config
    live = places.live(max_api_usd=max_api_usd, dry_run=dry_run)
    ledger = Ledger()
    with progress(quiet or not sys.stderr.isatty()) as tell:
        from advisor.usage import pull_live

        opened = open_live(live, places.regions, ledger, tell)
        found = pull_live(
            opened.callers,
            ledger,
            open_store(),
            name=opened.name,
            days=live.days,
            now=datetime.now(UTC),
            final_after=timedelta(hours=config.history.final_after_hours),
            before_paying=opened.before_paying,
        )
    _tell(found, ledger)


def _tell(found: Pulled, ledger: Ledger) -> None:
    new = f"{found.workload_days:,} days of workloads read" if found.workload_days else "nothing new"
    typer.echo(f"{found.workloads:,} workloads, {found.days:,} final days: {new}", err=True)
    holes = tell_coverage(ledger.cells())
    if found.missing:
        warn(f"{found.missing:,} days of workloads came with holes; advisor pull asks for them again")
    if holes or found.missing:
        raise typer.Exit(ExitCode.PARTIAL)
