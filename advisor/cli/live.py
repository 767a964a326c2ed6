"""A living account as the source of usage: the flags, what it costs to ask, and what could not be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from advisor.cli.failures import warn

if TYPE_CHECKING:
    from advisor.aws.budget import Estimate
    from advisor.aws.failures import Cell
    from advisor.model import Usage

ALL = "all"


@dataclass(frozen=True)
class Live:
    """How to read an account.

    Attributes:
        profile: of the AWS command line; its default when null.
        role_arn: role to enter first.
        days: how far to look back.
        max_api_usd: the most that calls may cost.
        dry_run: stop before the first paid call.
    """

    profile: str | None
    role_arn: str | None
    external_id: str | None
    days: int
    max_api_usd: float | None
    dry_run: bool

    def check(self, has_source: bool, regions: Sequence[str]) -> None:
        """Refuse flags that do not go together.

        Raises:
            BadParameter: files and an account, or neither.
        """
        flags = {"--profile": self.profile, "--role-arn": self.role_arn, "--dry-run": self.dry_run}
        given = [flag for flag, value in flags.items() if value]
        if has_source and given:
            raise typer.BadParameter(f"{given[0]} reads an account: leave SOURCE out", param_hint="SOURCE")
        if not has_source and not given and not regions:
            raise typer.BadParameter(
                "give a folder or files, or --profile or --region to read an account", param_hint="SOURCE"
            )


def read_account(
    live: Live, regions: Sequence[str], assume: Mapping[str, str], tell: Callable[[str], None]
) -> tuple[Usage, tuple[Cell, ...]]:
    """Return what an account used, and what became of each of its APIs.

    Raises:
        AdvisorError: nothing usable could be read.
        Exit: it was a dry run.
    """
    from advisor.aws.budget import Budget
    from advisor.aws.clients import Account, in_role, session
    from advisor.aws.failures import Ledger
    from advisor.usage import read_live

    entered = session(live.profile)
    wanted = one_or_more(regions, os.environ.get("AWS_REGION") or entered.region_name)
    if live.role_arn:
        entered = in_role(entered, live.role_arn, wanted[0], live.external_id)
    budget = Budget(None if live.max_api_usd is None else Decimal(str(live.max_api_usd)))
    account = Account(entered, wanted[0], budget=budget)
    ledger = Ledger()

    def before_paying(planned: Estimate) -> None:
        typer.echo(f"{planned}, for {live.days} days of metrics", err=True)
        if live.dry_run:
            raise typer.Exit
        budget.check(planned)
        tell(f"reading {live.days} days of metrics")

    tell(f"reading what runs in {account.account_id}")
    usage = read_live(
        [account.caller(region) for region in wanted],
        ledger,
        name=live.profile or account.account_id,
        days=live.days,
        now=datetime.now(UTC),
        assume=assume,
        before_paying=before_paying,
    )
    return usage, ledger.cells()


def warn_of_holes(cells: Sequence[Cell]) -> bool:
    """Tell what could not be read whole; return whether there is anything."""
    holes = [cell for cell in cells if cell.is_hole]
    if holes:
        warn(f"read {len(cells) - len(holes)} of {len(cells)} APIs whole; what is missing:")
        for cell in holes:
            warn(str(cell))
    return bool(holes)


def one_or_more(asked: Sequence[str], usual: str | None) -> list[str]:
    """Return the regions that were asked for, each once, else the usual one.

    Raises:
        BadParameter: there are none.
    """
    found = list(dict.fromkeys(asked or ([usual] if usual else [])))
    if not found or ALL in found:
        raise typer.BadParameter("name the regions to read, such as eu-west-1", param_hint="--region")
    return found
