"""Cost Explorer with its manners: it knows what was used a day or an hour, pages it, and refuses hours unless opted in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from advisor.errors import DeniedError

FORMS = {"DAILY": "%Y-%m-%d", "HOURLY": "%Y-%m-%dT%H:%M:%SZ"}
ECS, EC2, OTHER = (
    "Amazon Elastic Container Service",
    "Amazon Elastic Compute Cloud - Compute",
    "EC2 - Other",
)


class Explorer:
    """Answers GetCostAndUsage.

    Args:
        hourly_usd: (usage type, second key: service or tag) → (dollars, quantity) of an hour.
        hourly: the account opted in to hours.
        page: groups on a page.
    """

    def __init__(
        self,
        hourly_usd: dict[tuple[str, str], tuple[str, str]],
        *,
        hourly: bool = False,
        page: int = 1000,
        currency: str = "USD",
    ) -> None:
        self.truth, self.hourly, self.page, self.currency = hourly_usd, hourly, page, currency
        self.asked: list[dict[str, Any]] = []

    def __call__(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        granularity = asked["Granularity"]
        if granularity == "HOURLY" and not self.hourly:
            raise DeniedError("hours are not switched on", code="AccessDeniedException")
        form = FORMS[granularity]
        start, end = (
            datetime.strptime(asked["TimePeriod"][k], form).replace(tzinfo=UTC) for k in ("Start", "End")
        )
        step = timedelta(hours=1 if granularity == "HOURLY" else 24)
        assert (end - start) % step == timedelta(0)
        hours = int(step / timedelta(hours=1))
        tag = next((g["Key"] for g in asked["GroupBy"] if g["Type"] == "TAG"), None)
        cells = [
            (start + i * step, [usage_type, f"{tag}${other}" if tag else other], usd, quantity)
            for i in range((end - start) // step)
            for (usage_type, other), (usd, quantity) in self.truth.items()
        ]
        at = int(asked.get("NextPageToken", "0"))
        piece = cells[at : at + self.page]
        times = list(dict.fromkeys(c[0] for c in piece))
        return {
            "ResultsByTime": [
                {
                    "TimePeriod": {"Start": t.strftime(form), "End": (t + step).strftime(form)},
                    "Total": {},
                    "Groups": [
                        self._group(keys, usd, quantity, hours) for x, keys, usd, quantity in piece if x == t
                    ],
                    "Estimated": False,
                }
                for t in times
            ],
            **({"NextPageToken": str(at + self.page)} if at + self.page < len(cells) else {}),
        }

    def _group(self, keys: list[str], usd: str, quantity: str, hours: int) -> dict[str, Any]:
        return {
            "Keys": keys,
            "Metrics": {
                "AmortizedCost": {"Amount": str(float(usd) * hours), "Unit": self.currency},
                "UsageQuantity": {"Amount": str(float(quantity) * hours), "Unit": "N/A"},
            },
        }


def savings_plan(**changes: Any) -> dict[str, Any]:
    """Return a Compute Savings Plan of $2 an hour as AWS describes it."""
    return {
        "savingsPlanId": "sp-1",
        "savingsPlanType": "Compute",
        "commitment": "2.00000000",
        "currency": "USD",
        "paymentOption": "No Upfront",
        "termDurationInSeconds": 31_536_000,
        "start": "2026-03-01T00:00:00.000Z",
        "end": "2027-03-01T00:00:00.000Z",
        "state": "active",
        **changes,
    }


def reservation(**changes: Any) -> dict[str, Any]:
    """Return three reserved m5.large as AWS describes them."""
    return {
        "ReservedInstancesId": "ri-1",
        "InstanceType": "m5.large",
        "InstanceCount": 3,
        "InstanceTenancy": "default",
        "OfferingClass": "standard",
        "OfferingType": "All Upfront",
        "ProductDescription": "Linux/UNIX",
        "Scope": "Region",
        "Duration": 94_608_000,
        "Start": datetime(2025, 1, 1, tzinfo=UTC),
        "End": datetime(2028, 1, 1, tzinfo=UTC),
        "State": "active",
        **changes,
    }


COVER = {
    "ce:GetSavingsPlansUtilization": {
        "Total": {
            "Utilization": {
                "TotalCommitment": "100",
                "UsedCommitment": "92",
                "UnusedCommitment": "8",
                "UtilizationPercentage": "92",
            }
        }
    },
    "ce:GetSavingsPlansCoverage": {
        "SavingsPlansCoverages": [
            {"Coverage": {"SpendCoveredBySavingsPlans": "50", "OnDemandCost": "50", "TotalCost": "100"}},
            {"Coverage": {"SpendCoveredBySavingsPlans": "10", "OnDemandCost": "90", "TotalCost": "100"}},
        ]
    },
    "ce:GetReservationUtilization": {"UtilizationsByTime": [], "Total": {"UtilizationPercentage": "75.5"}},
    "ce:GetReservationCoverage": {
        "CoveragesByTime": [],
        "Total": {"CoverageHours": {"CoverageHoursPercentage": "40"}},
    },
}
"""How commitments are used: plans to 92 %, covering 30 %; reservations to 75.5 %, covering 40 %."""
