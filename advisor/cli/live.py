"""A living account as the source of usage: the flags, what it costs to ask, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from advisor.aws.accounts import ORGANIZATION
from advisor.cli.failures import warn, whisper
from advisor.cli.progress import Tell
from advisor.errors import ConfigError

if TYPE_CHECKING:
    from advisor.aws.budget import Budget, Estimate
    from advisor.aws.calls import Caller
    from advisor.aws.failures import Cell, Ledger
    from advisor.model import Usage
    from advisor.usage.live.history.sources import Deep
    from advisor.usage.store.store import Store

ACCOUNT = "{account}"
"""Stands for an account's number in `--role-arn`."""
TWELVE_DIGITS = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, kw_only=True)
class Live:
    """How to read accounts.

    Attributes:
        profile: of the AWS command line; its default when null.
        role_arn: role to enter first; of several accounts, with `ACCOUNT` in it.
        accounts: their numbers, or `org`; empty for the one that the credentials are of.
        days: how far to look back.
        max_api_usd: the most that calls may cost.
        dry_run: stop before the first paid call.
        bill: read what is billed and which commitments are owned, too.
        bill_tag: cost allocation tag that names the cluster.
        deep: look for single runs of batch tasks too.
        events_log_group: where EventBridge writes task state changes; found by its name when null.
        events_s3: where they are kept in S3, `s3://BUCKET/PREFIX`.
        cache: take final days from the store, and keep them there.
    """

    profile: str | None
    role_arn: str | None
    external_id: str | None
    accounts: tuple[str, ...]
    days: int
    max_api_usd: float | None = None
    dry_run: bool = False
    bill: bool = False
    bill_tag: str | None = None
    deep: bool = False
    events_log_group: str | None = None
    events_s3: str | None = None
    cache: bool = True

    def check(self, has_source: bool, regions: Sequence[str]) -> None:
        """Refuse flags that do not go together.

        Raises:
            BadParameter: files and an account, or neither; events that nobody looks for.
        """
        flags: dict[str, object] = {
            "--profile": self.profile,
            "--role-arn": self.role_arn,
            "--accounts": self.accounts,
            "--dry-run": self.dry_run,
            "--no-bill": not self.bill,
            "--bill-tag": self.bill_tag,
            "--deep": self.deep,
            "--no-cache": not self.cache,
        }
        given = [flag for flag, value in flags.items() if value]
        if has_source and given:
            raise typer.BadParameter(f"{given[0]} reads an account: leave SOURCE out", param_hint="SOURCE")
        if not has_source and not given and not regions:
            raise typer.BadParameter(
                "give a folder or files, or --profile or --region to read an account", param_hint="SOURCE"
            )
        for flag, value in {
            "--events-log-group": self.events_log_group,
            "--events-s3": self.events_s3,
        }.items():
            if value and not self.deep:
                raise typer.BadParameter("events are read with --deep only", param_hint=flag)
        if self.events_s3:
            from advisor.usage.live.history.objects import folder

            try:
                folder(self.events_s3)
            except ConfigError as error:
                raise typer.BadParameter(f"{error.message}: {error.hint}", param_hint="--events-s3") from None

    def check_accounts(self) -> None:
        """Refuse accounts without a role for each, and what is no account.

        Raises:
            BadParameter: one of these.
        """
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


@dataclass(frozen=True)
class Opened:
    """Accounts that are open to be read.

    Attributes:
        callers: one for each account and region.
        name: what they are called in outputs.
        before_paying: to be told what paid calls will cost; it stops a dry run and what is too dear.
        budget: what was spent.
    """

    callers: tuple[Caller, ...]
    name: str
    before_paying: Callable[[Estimate], None]
    budget: Budget


def open_live(live: Live, regions: Sequence[str], ledger: Ledger, tell: Tell) -> Opened:
    """Return the accounts as far as one gets into them; where not is in the ledger.

    Raises:
        AdvisorError: the credentials are no good, or the only account cannot be entered.
    """
    from advisor.aws.budget import Budget
    from advisor.cli.entrance import open_accounts

    budget = Budget(None if live.max_api_usd is None else Decimal(str(live.max_api_usd)))

    def before_paying(planned: Estimate) -> None:
        what = _in_words(
            ["metrics", *(["bills"] if live.bill else []), *(["logs of runs"] if live.deep else [])]
        )
        whisper(f"{planned}, for {live.days} days of {what}")
        if live.dry_run:
            raise typer.Exit
        budget.check(planned)
        tell(f"reading {live.days} days of {what}")
        budget.watch = lambda done: tell.of(done, planned.requests)

    callers = open_accounts(live, regions, budget, ledger, tell)
    return Opened(tuple(callers), live.profile or _name(live, callers), before_paying, budget)


def read_account(
    live: Live,
    regions: Sequence[str],
    assume: Mapping[str, str],
    final_after_hours: float,
    tell: Tell,
) -> tuple[Usage, tuple[Cell, ...]]:
    """Return what accounts used, and what became of each of their APIs.

    Args:
        final_after_hours: `history.final_after_hours`.

    Raises:
        AdvisorError: nothing usable could be read.
        Exit: it was a dry run.
    """
    from advisor.aws.failures import Ledger
    from advisor.usage import read_live

    ledger = Ledger()
    opened = open_live(live, regions, ledger, tell)
    usage = read_live(
        opened.callers,
        ledger,
        name=opened.name,
        days=live.days,
        now=datetime.now(UTC),
        assume=assume,
        before_paying=opened.before_paying,
        bill=live.bill,
        bill_tag=live.bill_tag,
        deep=_deep(live, opened.budget) if live.deep else None,
        store=open_store() if live.cache else None,
        final_after=timedelta(hours=final_after_hours),
    )
    return usage, ledger.cells()


def _deep(live: Live, budget: Budget) -> Deep:
    from advisor.usage.live.history.objects import Archives, folder
    from advisor.usage.live.history.sources import Deep

    archives = Archives(folder(live.events_s3)) if live.events_s3 else None
    return Deep(live.events_log_group, archives, budget.add)


def open_store() -> Store:
    """Return the store of this user; what it has to say is a warning."""
    from advisor.files import data_folder
    from advisor.usage.store.store import Store

    return Store(data_folder(), warn)


def _name(live: Live, callers: Sequence[Caller]) -> str:
    known = dict.fromkeys(c.account_id for c in callers)
    if live.accounts == (ORGANIZATION,):
        return "organization"
    return next(iter(known)) if len(known) == 1 else f"{len(live.accounts)} accounts"


def _in_words(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
