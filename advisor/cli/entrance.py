"""The way into accounts, by flags: credentials, roles, regions."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from advisor.cli.live import Live

if TYPE_CHECKING:
    from advisor.aws.budget import Budget
    from advisor.aws.calls import Caller
    from advisor.aws.failures import Ledger


def open_accounts(
    live: Live, regions: Sequence[str], budget: Budget, ledger: Ledger, tell: Callable[[str], None]
) -> list[Caller]:
    """Return whom to ask in every account and region; of several accounts, those nobody gets into are in the ledger.

    Raises:
        AdvisorError: the credentials are no good, or the only account cannot be entered.
    """
    from advisor.aws.clients import session
    from advisor.usage.live.entrance import enter
    from advisor.usage.live.read import apis

    outside = session(live.profile)
    usual = os.environ.get("AWS_REGION") or outside.region_name
    return enter(
        outside,
        one_or_more(regions, usual),
        usual=usual,
        role_arn=live.role_arn,
        external_id=live.external_id,
        accounts=live.accounts,
        apis=apis(deep=live.deep, bill=live.bill, archived=bool(live.events_s3)),
        budget=budget,
        ledger=ledger,
        tell=tell,
    )


def one_or_more(asked: Sequence[str], usual: str | None) -> list[str]:
    """Return the regions that were asked for, each once, else the usual one.

    Raises:
        BadParameter: there are none.
    """
    found = list(dict.fromkeys(asked or ([usual] if usual else [])))
    if not found:
        raise typer.BadParameter("name the regions to read, such as eu-west-1, or all", param_hint="--region")
    return found
