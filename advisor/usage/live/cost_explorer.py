"""What was billed, from Cost Explorer: amortised dollars and quantities of every usage type that ECS may have a part in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import polars as pl

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.operations import COST_EXPLORER_USD
from advisor.aws.pages import pages
from advisor.errors import AwsError, ThrottledError, UnreachableError
from advisor.schema import BILL, conform

API = "ce"
COST_AND_USAGE = "ce:GetCostAndUsage"
COST, QUANTITY = "AmortizedCost", "UsageQuantity"
CURRENCY = "USD"
SERVICES = (
    "Amazon Elastic Container Service",
    "Amazon Elastic Compute Cloud - Compute",
    "EC2 - Other",
    "Amazon Virtual Private Cloud",
    "Savings Plans for AWS Compute usage",
)
"""Services on whose lines ECS workloads are paid: Fargate, instances, disks, addresses, plans that nothing used."""
NOT_USAGE = ("Credit", "Refund", "Tax", "SavingsPlanNegation")
"""Record types left out: what is no price of usage, and the counterpart of cover, which amortised costs nothing."""
NO_REGION = ("global", "NoRegion")
"""Where Cost Explorer puts what belongs to no region, such as fees of Savings Plans (assumed)."""
LAG = timedelta(days=1)
"""Cost Explorer is about a day late: younger days are half empty."""
HOURLY_DAYS = 13
"""Hours are kept for 14 days, counted back from now: 13 whole days of them are there for certain."""
MOST_HOURLY_DAYS = 14
"""Longer windows are asked for by the day: hours would cover a part of them only."""


@dataclass(frozen=True)
class Stretch:
    """What a bill is asked for: `start` ≤ t < `end`, whole days in UTC, by the hour or by the day."""

    start: datetime
    end: datetime
    hourly: bool

    @property
    def period(self) -> dict[str, str]:
        """`TimePeriod` of the request."""
        form = "%Y-%m-%dT%H:%M:%SZ" if self.hourly else "%Y-%m-%d"
        return {"Start": self.start.strftime(form), "End": self.end.strftime(form)}

    @property
    def granularity(self) -> str:
        """`Granularity` of the request."""
        return "HOURLY" if self.hourly else "DAILY"


def stretches(days: int, now: datetime) -> tuple[Stretch, ...]:
    """Return what is asked for in turn until one is answered: hours where they may be kept, then days."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    end = midnight - LAG
    start = end - timedelta(days=days)
    by_day = Stretch(start, end, hourly=False)
    if days > MOST_HOURLY_DAYS:
        return (by_day,)
    return Stretch(max(start, midnight - timedelta(days=HOURLY_DAYS)), end, hourly=True), by_day


def estimate(cells: int, days: int, now: datetime) -> Estimate:
    """Return what the bills of so many accounts × regions cost to ask for, a page each, if no hours are kept."""
    requests = cells * len(stretches(days, now))
    return Estimate(requests, requests * COST_EXPLORER_USD)


def read_bill(
    caller: Caller,
    ledger: Ledger,
    asked: Sequence[Stretch],
    *,
    whole_account: bool = True,
    tag: str | None = None,
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the bill of an account and region as `schema.BILL`, and what is to be said of it.

    What is refused is in the ledger and missing here.

    Args:
        asked: as `stretches` returns it.
        whole_account: lines that belong to no region come along; once for each account.
        tag: key of the cost allocation tag that names the cluster; services are not told apart then.
    """
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    regions = (caller.region, *(NO_REGION if whole_account else ()))
    with ledger.reading(caller, API):
        rows = _first_answered(caller, asked, regions, tag, notes)
        if not rows:
            notes.append(f"{caller.account_id} {caller.region}: the bill has no line of ECS or EC2")
    return conform(pl.DataFrame(rows, infer_schema_length=None), BILL), tuple(notes)


def _first_answered(
    caller: Caller, asked: Sequence[Stretch], regions: Sequence[str], tag: str | None, notes: list[str]
) -> list[dict[str, Any]]:
    *by_hour, by_day = asked
    said = []
    for stretch in by_hour:
        try:
            return list(_rows(caller, stretch, regions, tag))
        except (ThrottledError, UnreachableError):
            raise
        except AwsError as refused:
            said.append(
                f"{caller.account_id} {caller.region}: the bill is by the day, not the hour: {refused.message}"
            )
    rows = list(_rows(caller, by_day, regions, tag))
    notes += said
    return rows


def _rows(
    caller: Caller, stretch: Stretch, regions: Sequence[str], tag: str | None
) -> Iterator[dict[str, Any]]:
    grouped = [{"Type": "DIMENSION", "Key": "USAGE_TYPE"}]
    grouped.append({"Type": "TAG", "Key": tag} if tag else {"Type": "DIMENSION", "Key": "SERVICE"})
    for page in pages(
        caller,
        COST_AND_USAGE,
        TimePeriod=stretch.period,
        Granularity=stretch.granularity,
        Filter={
            "And": [
                # a payer's bill holds every account of the organization
                {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [caller.account_id]}},
                {"Dimensions": {"Key": "REGION", "Values": list(regions)}},
                {"Dimensions": {"Key": "SERVICE", "Values": list(SERVICES)}},
                {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": list(NOT_USAGE)}}},
            ]
        },
        Metrics=[COST, QUANTITY],
        GroupBy=grouped,
    ):
        for interval in page.get("ResultsByTime") or ():
            start, end = (_moment(interval["TimePeriod"][side]) for side in ("Start", "End"))
            for group in interval.get("Groups") or ():
                usage_type, other = group["Keys"]
                yield {
                    "account_id": caller.account_id,
                    "region": caller.region,
                    # a tag's key comes before its value, which is empty where the tag is missing
                    "cluster" if tag else "service": (other.partition("$")[2] or None) if tag else other,
                    "usage_type": usage_type,
                    "start": start,
                    "interval_s": round((end - start).total_seconds()),
                    **_amounts(group["Metrics"]),
                }


def _amounts(metrics: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    cost, quantity = metrics[COST], metrics.get(QUANTITY, {})
    if cost.get("Unit") != CURRENCY:
        raise AwsError(f"{COST_AND_USAGE}: the bill is in {cost.get('Unit')}, our prices are in {CURRENCY}")
    unit = quantity.get("Unit")
    return {
        "usd": float(cost["Amount"]),
        "quantity": float(quantity["Amount"]) if quantity else None,
        "unit": None if unit == "N/A" else unit,
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
