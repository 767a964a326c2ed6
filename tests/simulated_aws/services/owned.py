"""Savings Plans that are owned, and how far commitments are used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulated_aws.place import Place

YEAR_S = 31_536_000
USED, COVERED = "97.5", "40"


def _plans(place: Place, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "savingsPlans": [
            {
                "savingsPlanId": f"sp-{n}",
                "savingsPlanType": "Compute",
                "commitment": o.usd_per_hour,
                "currency": "USD",
                "paymentOption": "No Upfront",
                "termDurationInSeconds": YEAR_S,
                "start": f"{o.start:%Y-%m-%dT%H:%M:%S.000Z}",
                "end": f"{o.end:%Y-%m-%dT%H:%M:%S.000Z}",
                "state": "active",
            }
            for n, o in enumerate(place.estate.owned)
            if o.usd_per_hour and o.account_id == place.account_id
        ]
    }


def _plans_used(_: Place, __: Mapping[str, Any]) -> dict[str, Any]:
    used = {"TotalCommitment": "1", "UsedCommitment": "1", "UnusedCommitment": "0"}
    return {"Total": {"Utilization": {**used, "UtilizationPercentage": USED}}}


def _plans_cover(_: Place, __: Mapping[str, Any]) -> dict[str, Any]:
    told = {"SpendCoveredBySavingsPlans": COVERED, "OnDemandCost": "60", "TotalCost": "100"}
    return {"SavingsPlansCoverages": [{"Coverage": told}]}


def _reservations_used(_: Place, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"UtilizationsByTime": [], "Total": {"UtilizationPercentage": USED}}


def _reservations_cover(_: Place, __: Mapping[str, Any]) -> dict[str, Any]:
    return {"CoveragesByTime": [], "Total": {"CoverageHours": {"CoverageHoursPercentage": COVERED}}}


PLAYED = {
    "savingsplans:DescribeSavingsPlans": _plans,
    "ce:GetSavingsPlansUtilization": _plans_used,
    "ce:GetSavingsPlansCoverage": _plans_cover,
    "ce:GetReservationUtilization": _reservations_used,
    "ce:GetReservationCoverage": _reservations_cover,
}
