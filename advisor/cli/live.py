"""A living account as the source of usage: the flags, what it costs to ask, and what could not be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from advisor.cli.failures import warn

if TYPE_CHECKING:
    from advisor.aws.budget import Estimate
    from advisor.aws.calls import PacedCaller
    from advisor.aws.failures import Cell
    from advisor.model import Usage
    from advisor.usage.store.store import Store

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
        no_bill: leave out what is billed and which commitments are owned.
        bill_tag: cost allocation tag that names the cluster.
        cache: take final days from the store, and keep them there.
    """

    profile: str | None
    role_arn: str | None
    external_id: str | None
    days: int
    max_api_usd: float | None
    dry_run: bool
    no_bill: bool = False
    bill_tag: str | None = None
    cache: bool = True

    def check(self, has_source: bool, regions: Sequence[str]) -> None:
        """Refuse flags that do not go together.

        Raises:
            BadParameter: files and an account, or neither.
        """
        flags: dict[str, object] = {
            "--profile": self.profile,
            "--role-arn": self.role_arn,
            "--dry-run": self.dry_run,
            "--no-bill": self.no_bill,
            "--bill-tag": self.bill_tag,
            "--no-cache": not self.cache,
        }
        given = [flag for flag, value in flags.items() if value]
        if has_source and given:
            raise typer.BadParameter(f"{given[0]} reads an account: leave SOURCE out", param_hint="SOURCE")
        if not has_source and not given and not regions:
            raise typer.BadParameter(
                "give a folder or files, or --profile or --region to read an account", param_hint="SOURCE"
            )


@dataclass(frozen=True)
class Opened:
    """An account that is open to be read.

    Attributes:
        callers: one for each region.
        name: what it is called in outputs.
        before_paying: to be told what paid calls will cost; it stops a dry run and what is too dear.
    """

    callers: tuple[PacedCaller, ...]
    name: str
    before_paying: Callable[[Estimate], None]


def open_account(live: Live, regions: Sequence[str], tell: Callable[[str], None]) -> Opened:
    """Return the account of a profile and role.

    Raises:
        AdvisorError: it cannot be entered.
    """
    from advisor.aws.budget import Budget
    from advisor.aws.clients import Account, in_role, session

    entered = session(live.profile)
    wanted = one_or_more(regions, os.environ.get("AWS_REGION") or entered.region_name)
    if live.role_arn:
        entered = in_role(entered, live.role_arn, wanted[0], live.external_id)
    budget = Budget(None if live.max_api_usd is None else Decimal(str(live.max_api_usd)))
    account = Account(entered, wanted[0], budget=budget)

    def before_paying(planned: Estimate) -> None:
        what = "metrics" if live.no_bill else "metrics and bills"
        typer.echo(f"{planned}, for {live.days} days of {what}", err=True)
        if live.dry_run:
            raise typer.Exit
        budget.check(planned)
        tell(f"reading {live.days} days of {what}")

    tell(f"reading what runs in {account.account_id}")
    callers = tuple(account.caller(region) for region in wanted)
    return Opened(callers, live.profile or account.account_id, before_paying)


def read_account(
    live: Live,
    regions: Sequence[str],
    assume: Mapping[str, str],
    final_after_hours: float,
    tell: Callable[[str], None],
) -> tuple[Usage, tuple[Cell, ...]]:
    """Return what an account used, and what became of each of its APIs.

    Args:
        final_after_hours: `history.final_after_hours`.

    Raises:
        AdvisorError: nothing usable could be read.
        Exit: it was a dry run.
    """
    from advisor.aws.failures import Ledger
    from advisor.usage import read_live

    account = open_account(live, regions, tell)
    ledger = Ledger()
    usage = read_live(
        account.callers,
        ledger,
        name=account.name,
        days=live.days,
        now=datetime.now(UTC),
        assume=assume,
        before_paying=account.before_paying,
        store=open_store() if live.cache else None,
        final_after=timedelta(hours=final_after_hours),
        bill=not live.no_bill,
        bill_tag=live.bill_tag,
    )
    return usage, ledger.cells()


def open_store() -> Store:
    """Return the store of this user; what it has to say is a warning."""
    from advisor.files import data_folder
    from advisor.usage.store.store import Store

    return Store(data_folder(), warn)


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
