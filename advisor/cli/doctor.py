"""`advisor doctor`: what is there for a plan, what is missing, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from advisor.cli.failures import ExitCode
from advisor.cli.groups import grouped
from advisor.cli.live import Live
from advisor.cli.options import ConfigFile, Debug, Quiet
from advisor.cli.reading import Where

if TYPE_CHECKING:
    from advisor.config import Config
    from advisor.usage.finding import Finding

NEWER = "pip install --upgrade advisor   # newer versions bring newer prices"


@grouped
def doctor(
    where: Where,
    config_file: ConfigFile = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Say what is there for a plan, what is missing for a better one, and the command that mends it.

    In an account it asks only what costs nothing. Exit code 0: nothing is missing; 3: a plan can be made, and could be
    better; 1: no plan can be made.

    \b
    Examples:
      advisor doctor data/shop
      advisor doctor --profile prod --region eu-west-1
    """
    del debug  # read from the command line when something fails
    import sys

    from advisor.cli.progress import progress
    from advisor.cli.settings import load_settings
    from advisor.usage.finding import Grade

    live = where.live(bill=True)
    config = load_settings((), config_file).config
    with progress(quiet or not sys.stderr.isatty()) as tell:
        if where.source:
            found = list(_of_files(where, config))
        else:
            tell("asking the account")
            found = list(_of_accounts(live, where.regions, config))
    _print(found)
    grades = {f.grade for f in found}
    if Grade.STOP in grades:
        raise typer.Exit(ExitCode.ERROR)
    if Grade.BETTER in grades:
        raise typer.Exit(ExitCode.PARTIAL)


def _of_files(where: Where, config: Config) -> Iterator[Finding]:
    from advisor.usage import read_usage
    from advisor.usage.checkup import check_usage
    from advisor.usage.regions import in_regions

    usage = read_usage(where.paths, mapping=where.mapping, assume=where.assumed, skip_bad_rows=False)
    usage = in_regions(usage, where.regions)
    yield from check_usage(usage, config.profile.min_days)
    yield from _prices(sorted(set(usage.workloads["region"].drop_nulls().to_list())), config)


def _of_accounts(live: Live, regions: Sequence[str], config: Config) -> Iterator[Finding]:
    from advisor.aws import coverage
    from advisor.aws.budget import Budget
    from advisor.aws.failures import Ledger
    from advisor.cli.entrance import open_accounts
    from advisor.usage.finding import Finding, Grade
    from advisor.usage.live.checkup import check_account

    ledger = Ledger()
    callers = open_accounts(live, regions, Budget(), ledger, lambda _: None)
    grade = Grade.BETTER if callers else Grade.STOP
    yield from (Finding(grade, hole) for hole in coverage.holes(ledger.cells()))
    for caller in callers:
        yield from check_account(caller, live.days, datetime.now(UTC))
    yield from _prices(sorted({c.region for c in callers}), config)


def _prices(regions: Sequence[str], config: Config) -> Iterator[Finding]:
    from advisor.catalog import load_catalog
    from advisor.catalog.age import price_dates, stale
    from advisor.errors import CatalogError
    from advisor.usage.finding import Finding, Grade

    catalog = load_catalog()
    today = datetime.now(UTC).date()
    known = set(catalog.regions())
    for region in regions:
        try:
            catalog.check_region(region)
        except CatalogError as fault:
            grade = Grade.BETTER if known & set(regions) else Grade.STOP
            yield Finding(grade, fault.message, (fault.hint,) if fault.hint else ())
            continue
        old = stale(catalog, region, today, config.prices.stale_days)
        yield from (Finding(Grade.BETTER, str(warning), (NEWER,)) for warning in old)
        if not old:
            oldest = min(price_dates(catalog, region).values())
            yield Finding(Grade.FINE, f"prices in {region} are of {oldest} or newer")


def _print(found: Sequence[Finding]) -> None:
    from advisor.cli.failures import printable

    for finding in found:
        print(printable(f"{finding.grade:<7}  {finding.what}"))
        for line in finding.mend:
            print(printable(f"{'':<7}  → {line}"))
