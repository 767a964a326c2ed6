"""The way into accounts: roles and regions, from credentials that are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from advisor.aws import accounts as ways_in
from advisor.aws.accounts import EVERY_REGION, ORGANIZATION, Wanted
from advisor.aws.budget import Budget
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger

if TYPE_CHECKING:
    from advisor.aws.clients import Account

ACCOUNT = "{account}"
"""Stands for an account's number in the name of a role."""
FIRST_REGION = "us-east-1"
"""Where the regions of an account are asked for when no region is named: every account has it enabled."""


def enter(
    outside: Any,
    regions: Sequence[str],
    *,
    usual: str | None,
    role_arn: str | None,
    external_id: str | None,
    accounts: Sequence[str],
    apis: Sequence[str],
    budget: Budget,
    ledger: Ledger,
    tell: Callable[[str], None],
) -> list[Caller]:
    """Return whom to ask in every account and region; of several accounts, those nobody gets into are in the ledger.

    Args:
        outside: session of the SDK with the credentials to start from.
        regions: their names, or `EVERY_REGION`.
        usual: region to ask first where none is named.
        role_arn: role to enter; of several accounts, with `ACCOUNT` in it.
        accounts: their numbers, or `ORGANIZATION` alone; empty for the one that the credentials are of.
        apis: what will be asked in each region.
        tell: hears what happens next.

    Raises:
        AdvisorError: the credentials are no good, or the only account cannot be entered.
    """
    from advisor.aws.clients import Account, in_role  # noqa: PLC0415  the SDK is slow to import

    wanted = _wanted(regions, usual, apis)

    def entered(role: str | None) -> Account:
        inside = in_role(outside, role, wanted.home, external_id) if role else outside
        return Account(inside, wanted.home, budget=budget)

    if not accounts:
        tell("reading what runs")
        return list(ways_in.callers(entered(role_arn), wanted, ledger))
    account_ids = list(accounts)
    if account_ids == [ORGANIZATION]:
        tell("reading which accounts there are")
        states = ways_in.organization(entered(None).caller(wanted.home))
        account_ids = ways_in.skip_inactive(states, wanted, ledger)
    tell(f"reading what runs in {len(account_ids)} accounts")
    template = role_arn or ACCOUNT
    return ways_in.reach(account_ids, lambda a: entered(template.replace(ACCOUNT, a)), wanted, ledger)


def _wanted(found: Sequence[str], usual: str | None, apis: Sequence[str]) -> Wanted:
    if EVERY_REGION in found:
        named = [r for r in found if r != EVERY_REGION]
        return Wanted([EVERY_REGION], (named or [usual or FIRST_REGION])[0], apis)
    return Wanted(found, found[0], apis)
