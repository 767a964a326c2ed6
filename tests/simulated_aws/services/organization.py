"""Organizations: the accounts, told to the management account only; small pages, as AWS has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulated_aws.estate import CREATED
from simulated_aws.paging import page
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal

MOST = 20


def _accounts(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    if place.account_id != place.estate.accounts[0].account_id:
        raise Refusal("AccessDeniedException", "You don't have permissions to access this resource.")
    found = [
        {
            "Id": a.account_id,
            "Arn": f"arn:aws:organizations::{place.account_id}:account/o-simulated0/{a.account_id}",
            "Email": f"{a.name}@example.com",
            "Name": a.name,
            "Status": "ACTIVE" if a.active else "SUSPENDED",
            "JoinedMethod": "CREATED",
            "JoinedTimestamp": CREATED,
        }
        for a in place.estate.accounts
    ]
    shown, more = page(found, params, "NextToken", MOST, "MaxResults")
    return {"Accounts": shown, **more}


PLAYED = {"organizations:ListAccounts": _accounts}
