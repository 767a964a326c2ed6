"""The way into accounts: credentials, roles, regions."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from advisor.aws import accounts
from advisor.aws.accounts import EVERY_REGION, ORGANIZATION, Wanted
from advisor.cli.live import ACCOUNT, Live

if TYPE_CHECKING:
    from advisor.aws.budget import Budget
    from advisor.aws.calls import Caller
    from advisor.aws.clients import Account
    from advisor.aws.failures import Ledger

FIRST_REGION = "us-east-1"
"""Where the regions of an account are asked for when no region is named: every account has it enabled."""


def open_accounts(
    live: Live, regions: Sequence[str], budget: Budget, ledger: Ledger, tell: Callable[[str], None]
) -> list[Caller]:
    """Return whom to ask in every account and region; of several accounts, those nobody gets into are in the ledger.

    Raises:
        AdvisorError: the credentials are no good, or the only account cannot be entered.
    """
    from advisor.aws.clients import Account, in_role, session
    from advisor.usage.live.read import apis

    outside = session(live.profile)
    wanted = _wanted(
        regions, os.environ.get("AWS_REGION") or outside.region_name, apis(deep=live.deep, bill=live.bill)
    )

    def entered(role_arn: str | None) -> Account:
        inside = in_role(outside, role_arn, wanted.home, live.external_id) if role_arn else outside
        return Account(inside, wanted.home, budget=budget)

    if not live.accounts:
        tell("reading what runs")
        return list(accounts.callers(entered(live.role_arn), wanted, ledger))
    account_ids = list(live.accounts)
    if live.accounts == (ORGANIZATION,):
        tell("reading which accounts there are")
        states = accounts.organization(entered(None).caller(wanted.home))
        account_ids = accounts.skip_inactive(states, wanted, ledger)
    tell(f"reading what runs in {len(account_ids)} accounts")
    template = live.role_arn or ACCOUNT
    return accounts.reach(account_ids, lambda a: entered(template.replace(ACCOUNT, a)), wanted, ledger)


def one_or_more(asked: Sequence[str], usual: str | None) -> list[str]:
    """Return the regions that were asked for, each once, else the usual one.

    Raises:
        BadParameter: there are none.
    """
    found = list(dict.fromkeys(asked or ([usual] if usual else [])))
    if not found:
        raise typer.BadParameter("name the regions to read, such as eu-west-1, or all", param_hint="--region")
    return found


def _wanted(asked: Sequence[str], usual: str | None, asked_apis: Sequence[str]) -> Wanted:
    found = one_or_more(asked, usual)
    if EVERY_REGION in found:
        named = [r for r in found if r != EVERY_REGION]
        return Wanted([EVERY_REGION], (named or [usual or FIRST_REGION])[0], asked_apis)
    return Wanted(found, found[0], asked_apis)
