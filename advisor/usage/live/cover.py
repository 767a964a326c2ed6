"""How far commitments are used and how much of what they could cover they do, from Cost Explorer, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.operations import COST_EXPLORER_USD
from advisor.aws.pages import items
from advisor.units import format_share
from advisor.usage.live.commitments import heads
from advisor.usage.live.cost_explorer import API, Stretch

PLANS, RESERVATIONS = "_SP", "RI_"
REQUESTS = 2
"""For each kind that an account owns: how much of it is used, how much it covers."""


def estimate(callers: Sequence[Caller], owned: pl.DataFrame) -> Estimate:
    """Return what it costs to ask how commitments are used."""
    requests = REQUESTS * sum(len(_kinds(caller, owned)) for caller in heads(callers))
    return Estimate(requests, requests * COST_EXPLORER_USD)


def read_cover(
    callers: Sequence[Caller], ledger: Ledger, owned: pl.DataFrame, stretch: Stretch
) -> tuple[str, ...]:
    """Return a sentence for each kind of commitment of each account; what is refused is in the ledger.

    Args:
        owned: `schema.COMMITMENTS`.
        stretch: days to look at.
    """
    told = []
    for caller in heads(callers):
        for kind in _kinds(caller, owned):
            with ledger.reading(caller, API):
                asked = {
                    "TimePeriod": stretch.period,
                    "Filter": {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [caller.account_id]}},
                }
                name, (used, covered) = (
                    ("Savings Plans", _of_plans(caller, asked))
                    if kind == PLANS
                    else ("Reserved Instances", _of_reservations(caller, asked))
                )
                told.append(
                    f"{caller.account_id}: its {name} are used to {format_share(used)} and cover {format_share(covered)} of "
                    f"what they could, {stretch.period['Start']} to {stretch.period['End']}; usage outside ECS has a part in "
                    "both, the plan does not know it"
                )
    return tuple(told)


def _kinds(caller: Caller, owned: pl.DataFrame) -> list[str]:
    mine = set(owned.filter(pl.col("account_id") == caller.account_id)["kind"].to_list())
    found = [PLANS] if any(kind.endswith(PLANS) for kind in mine) else []
    return found + ([RESERVATIONS] if any(kind.startswith(RESERVATIONS) for kind in mine) else [])


def _of_plans(caller: Caller, asked: dict[str, Any]) -> tuple[float, float]:
    used = caller.call("ce:GetSavingsPlansUtilization", **asked)["Total"]["Utilization"]
    months = [
        month["Coverage"]
        for month in items(caller, "ce:GetSavingsPlansCoverage", "SavingsPlansCoverages", **asked)
    ]
    covered = sum(float(m["SpendCoveredBySavingsPlans"]) for m in months)
    whole = sum(float(m["TotalCost"]) for m in months)
    return float(used["UtilizationPercentage"]) / 100, covered / whole if whole else 0.0


def _of_reservations(caller: Caller, asked: dict[str, Any]) -> tuple[float, float]:
    used = caller.call("ce:GetReservationUtilization", **asked)["Total"]
    covered = caller.call("ce:GetReservationCoverage", **asked)["Total"]["CoverageHours"]
    return float(used["UtilizationPercentage"]) / 100, float(covered["CoverageHoursPercentage"]) / 100
