"""STS: who somebody is. Entering roles is `simulated_aws.identity`'s, which hands out the keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulated_aws.place import Place


def _who(place: Place, _: Mapping[str, Any]) -> dict[str, Any]:
    entered = place.key.startswith("ASIASIM")
    rest = "assumed-role/advisor-read/advisor" if entered else "user/somebody"
    service = "sts" if entered else "iam"
    arn = f"arn:{place.estate.partition}:{service}::{place.account_id}:{rest}"
    return {"Account": place.account_id, "UserId": "AIDASIMULATED", "Arn": arn}


PLAYED = {"sts:GetCallerIdentity": _who}
