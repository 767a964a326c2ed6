"""`read_account`: what `advisor recommend --profile …` reads, for Python and notebooks."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from advisor.aws.accounts import ORGANIZATION
from advisor.aws.budget import Budget, Estimate
from advisor.aws.failures import Ledger
from advisor.errors import ConfigError
from advisor.files import data_folder
from advisor.model import Usage
from advisor.usage.live.entrance import ACCOUNT, enter
from advisor.usage.live.read import apis, read_live
from advisor.usage.store.store import Store

TWELVE_DIGITS = re.compile(r"[0-9]{12}")


def read_account(
    *regions: str,
    profile: str | None = None,
    role_arn: str | None = None,
    external_id: str | None = None,
    accounts: str | Sequence[str] = (),
    days: int = 14,
    assume: Mapping[str, str] | None = None,
    bill: bool = True,
    bill_tag: str | None = None,
    max_api_usd: float | None = None,
    cache: bool = True,
    tell: Callable[[str], None] = print,
) -> Usage:
    """Return the usage of one account or of many, by read-only calls; the credentials are those of the AWS command line.

    Example:
        >>> plan = advise(read_account("eu-west-1", profile="prod"), load_catalog())

    Args:
        regions: their names, or `all`; the usual one of the credentials when none is given.
        role_arn: role to enter first; of several accounts, with `{account}` where the account's number stands.
        accounts: their numbers, or `org` for every active one of the organization.
        days: how far to look back.
        assume: column → value for what AWS does not say; repeated in every output.
        bill: read what is billed and which commitments are owned, too; $0.01 a request.
        bill_tag: cost allocation tag that names the cluster in the bill.
        max_api_usd: the most that calls may cost; it is checked before the first paid one.
        cache: take final days from the store of this user, and keep them there.
        tell: hears what happens next, and what the calls will cost before they are paid for.

    Raises:
        ConfigError: the arguments do not go together.
        AdvisorError: nothing usable could be read.
    """
    from advisor.aws.clients import session  # noqa: PLC0415  the SDK is slow to import

    wanted = (accounts,) if isinstance(accounts, str) else tuple(accounts)
    _check(wanted, role_arn)
    outside = session(profile)
    usual = os.environ.get("AWS_REGION") or outside.region_name
    named = list(dict.fromkeys(regions or ([usual] if usual else [])))
    if not named:
        raise ConfigError("no region is named", hint='read_account("eu-west-1"), or read_account("all")')
    budget, ledger = Budget(None if max_api_usd is None else Decimal(str(max_api_usd))), Ledger()
    callers = enter(
        outside,
        named,
        usual=usual,
        role_arn=role_arn,
        external_id=external_id,
        accounts=wanted,
        apis=apis(deep=False, bill=bill),
        budget=budget,
        ledger=ledger,
        tell=tell,
    )

    def before_paying(planned: Estimate) -> None:
        tell(f"{planned}, for {days} days")
        budget.check(planned)

    return read_live(
        callers,
        ledger,
        name=profile or _name(wanted, [c.account_id for c in callers]),
        days=days,
        now=datetime.now(UTC),
        assume=assume,
        before_paying=before_paying,
        bill=bill,
        bill_tag=bill_tag,
        store=Store(data_folder(), tell) if cache else None,
    )


def _check(accounts: Sequence[str], role_arn: str | None) -> None:
    if (ACCOUNT in (role_arn or "")) != bool(accounts):
        raise ConfigError(
            "several accounts need a role in each",
            hint='accounts="org", role_arn="arn:aws:iam::{account}:role/advisor-read"',
        )
    wrong = [a for a in accounts if a != ORGANIZATION and not TWELVE_DIGITS.fullmatch(a)]
    if wrong or (ORGANIZATION in accounts and len(accounts) > 1):
        raise ConfigError(
            f"accounts: {', '.join(wrong or accounts)}", hint="numbers of twelve digits, or org alone"
        )


def _name(asked: Sequence[str], reached: Sequence[str]) -> str:
    known = dict.fromkeys(reached)
    if list(asked) == [ORGANIZATION]:
        return "organization"
    return next(iter(known)) if len(known) == 1 else f"{len(asked)} accounts"
