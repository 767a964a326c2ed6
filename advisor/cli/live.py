"""A living account as the source of usage: the flags, what it costs to ask, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from advisor.aws.accounts import ORGANIZATION
from advisor.cli.failures import whisper

if TYPE_CHECKING:
    from advisor.aws.budget import Estimate
    from advisor.aws.calls import Caller
    from advisor.aws.failures import Cell
    from advisor.model import Usage

ACCOUNT = "{account}"
"""Stands for an account's number in `--role-arn`."""
TWELVE_DIGITS = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Live:
    """How to read accounts.

    Attributes:
        profile: of the AWS command line; its default when null.
        role_arn: role to enter first; of several accounts, with `ACCOUNT` in it.
        accounts: their numbers, or `org`; empty for the one that the credentials are of.
        days: how far to look back.
        max_api_usd: the most that calls may cost.
        dry_run: stop before the first paid call.
        deep: look for single runs of batch tasks too.
        events_log_group: where EventBridge writes task state changes; found by its name when null.
    """

    profile: str | None
    role_arn: str | None
    external_id: str | None
    accounts: tuple[str, ...]
    days: int
    max_api_usd: float | None
    dry_run: bool
    deep: bool = False
    events_log_group: str | None = None

    def check(self, has_source: bool, regions: Sequence[str]) -> None:
        """Refuse flags that do not go together.

        Raises:
            BadParameter: files and an account, or neither; accounts without a role for each, or what is no account.
        """
        flags = {
            "--profile": self.profile,
            "--role-arn": self.role_arn,
            "--accounts": self.accounts,
            "--dry-run": self.dry_run,
            "--deep": self.deep,
        }
        given = [flag for flag, value in flags.items() if value]
        if has_source and given:
            raise typer.BadParameter(f"{given[0]} reads an account: leave SOURCE out", param_hint="SOURCE")
        if not has_source and not given and not regions:
            raise typer.BadParameter(
                "give a folder or files, or --profile or --region to read an account", param_hint="SOURCE"
            )
        if self.events_log_group and not self.deep:
            raise typer.BadParameter("logs are read with --deep only", param_hint="--events-log-group")
        has_template = ACCOUNT in (self.role_arn or "")
        if has_template != bool(self.accounts):
            raise typer.BadParameter(
                f"several accounts need a role in each: --accounts org --role-arn arn:aws:iam::{ACCOUNT}:role/advisor-read",
                param_hint="--accounts",
            )
        wrong = [a for a in self.accounts if a != ORGANIZATION and not TWELVE_DIGITS.fullmatch(a)]
        if wrong or (ORGANIZATION in self.accounts and len(self.accounts) > 1):
            raise typer.BadParameter(
                f"{', '.join(wrong or self.accounts)}: numbers of twelve digits, or org alone",
                param_hint="--accounts",
            )


def account_list(text: str | None) -> tuple[str, ...]:
    """Return the accounts of `--accounts`, each once."""
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))


def read_account(
    live: Live, regions: Sequence[str], assume: Mapping[str, str], tell: Callable[[str], None]
) -> tuple[Usage, tuple[Cell, ...]]:
    """Return what accounts used, and what became of each of their APIs.

    Raises:
        AdvisorError: nothing usable could be read.
        Exit: it was a dry run.
    """
    from advisor.aws.budget import Budget
    from advisor.aws.failures import Ledger
    from advisor.cli.entrance import open_accounts
    from advisor.usage import read_live
    from advisor.usage.live.history.sources import Deep

    budget = Budget(None if live.max_api_usd is None else Decimal(str(live.max_api_usd)))
    ledger = Ledger()

    def before_paying(planned: Estimate) -> None:
        runs = ", and of logs with runs by what they store" if live.deep else ""
        whisper(f"{planned}, for {live.days} days of metrics{runs}")
        if live.dry_run:
            raise typer.Exit
        budget.check(planned)
        tell(f"reading {live.days} days of metrics")

    callers = open_accounts(live, regions, budget, ledger, tell)
    usage = read_live(
        callers,
        ledger,
        name=live.profile or _name(live, callers),
        days=live.days,
        now=datetime.now(UTC),
        assume=assume,
        before_paying=before_paying,
        deep=Deep(live.events_log_group, budget.add) if live.deep else None,
    )
    return usage, ledger.cells()


def _name(live: Live, callers: Sequence[Caller]) -> str:
    known = dict.fromkeys(c.account_id for c in callers)
    if live.accounts == (ORGANIZATION,):
        return "organization"
    return next(iter(known)) if len(known) == 1 else f"{len(live.accounts)} accounts"
