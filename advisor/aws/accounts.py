"""Many accounts and regions: which there are, and whom to ask in each. One that nobody gets into costs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger, Place
from advisor.aws.pages import items
from advisor.aws.together import together
from advisor.errors import AwsError, DeniedError

ORGANIZATION = "org"
"""Stands for every active account of the organization."""
EVERY_REGION = "all"
"""Stands for every region that an account has enabled."""
ACTIVE = "ACTIVE"
AT_ONCE = 8
"""Accounts that are entered together."""


class Entered(Protocol):
    """An account that we are in; `clients.Account` is one."""

    @property
    def account_id(self) -> str:
        """The account, leading zeros kept."""
        ...

    def caller(self, region: str) -> Caller:
        """Return the caller of a region."""
        ...


@dataclass(frozen=True)
class Wanted:
    """What is to be read in every account.

    Attributes:
        regions: their names, or `EVERY_REGION`.
        home: the region to ask for others, and to read where they are not told.
        apis: what is asked in each region.
    """

    regions: Sequence[str]
    home: str
    apis: Sequence[str]


def organization(caller: Caller) -> Mapping[str, str]:
    """Return the accounts of the organization with their states, `ACTIVE` or else; from its management account only.

    Raises:
        AwsError: they are not told.
    """
    return {
        str(a["Id"]): str(a.get("State") or a.get("Status") or "of unknown state")
        for a in items(caller, "organizations:ListAccounts", "Accounts")
    }


def skip_inactive(states: Mapping[str, str], wanted: Wanted, ledger: Ledger) -> list[str]:
    """Return the active accounts; the others are in the ledger as left out."""
    for account_id, state in states.items():
        if state != ACTIVE:
            for region in wanted.regions:
                for api in wanted.apis:
                    ledger.skip(Place(account_id, region), api, f"the account is {state.lower()}")
    return [account_id for account_id, state in states.items() if state == ACTIVE]


def reach(
    account_ids: Sequence[str], enter: Callable[[str], Entered], wanted: Wanted, ledger: Ledger
) -> list[Caller]:
    """Return whom to ask in every account and region; where nobody gets in, that is in the ledger.

    Args:
        enter: goes into an account; raises AwsError where it may not.
    """

    def into(account_id: str) -> list[Caller]:
        try:
            entered = enter(account_id)
            if entered.account_id != account_id:
                raise DeniedError(
                    f"the role for {account_id} is one of {entered.account_id}",
                    hint="write {account} into --role-arn where the account's number stands",
                )
        except AwsError as error:
            for region in wanted.regions:
                ledger.shut(Place(account_id, region), wanted.apis, error)
            return []
        return list(callers(entered, wanted, ledger))

    return [caller for found in together(into, account_ids, AT_ONCE) for caller in found]


def callers(entered: Entered, wanted: Wanted, ledger: Ledger) -> Iterator[Caller]:
    """Yield whom to ask in every region of one account.

    Where the enabled regions are not told, the home region is read and all others are in the ledger.
    """
    regions = wanted.regions
    if EVERY_REGION in regions:
        try:
            regions = _enabled(entered.caller(wanted.home))
        except AwsError as error:
            ledger.shut(Place(entered.account_id, EVERY_REGION), wanted.apis, error)
            regions = [wanted.home]
    yield from (entered.caller(region) for region in regions)


def _enabled(caller: Caller) -> list[str]:
    # the operation leaves regions out that are not enabled
    answer = caller.call("ec2:DescribeRegions")
    return sorted(str(r["RegionName"]) for r in answer.get("Regions") or ())
