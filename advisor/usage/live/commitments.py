"""Savings Plans and Reserved Instances that are owned, and how far they are used, in rows of the commitments table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.pages import items
from advisor.schema import COMMITMENTS, conform
from advisor.terms import CommitmentKind, PaymentOption

SECONDS_PER_YEAR = 365 * 86_400
PLANS = {"Compute": CommitmentKind.COMPUTE_SP, "EC2Instance": CommitmentKind.EC2_INSTANCE_SP}
CLASSES = {"standard": CommitmentKind.RI_STANDARD, "convertible": CommitmentKind.RI_CONVERTIBLE}
PAYMENTS = {
    "No Upfront": PaymentOption.NO_UPFRONT,
    "Partial Upfront": PaymentOption.PARTIAL_UPFRONT,
    "All Upfront": PaymentOption.ALL_UPFRONT,
}
LINUX = "Linux/UNIX"
CURRENCY = "USD"


@dataclass(frozen=True)
class Commitments:
    """What is owned.

    Attributes:
        table: `schema.COMMITMENTS`.
        notes: what was left out, in words.
    """

    table: pl.DataFrame
    notes: tuple[str, ...]


def heads(callers: Sequence[Caller]) -> list[Caller]:
    """Return the first caller of each account: some questions are of an account, not of its regions."""
    return list({c.account_id: c for c in reversed(callers)}.values())[::-1]


def read_commitments(callers: Sequence[Caller], ledger: Ledger) -> Commitments:
    """Return what accounts own; what is refused is in the ledger and missing here."""
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    for caller in heads(callers):
        with ledger.reading(caller, "savingsplans"):
            for plan in items(caller, "savingsplans:DescribeSavingsPlans", "savingsPlans", states=["active"]):
                rows += _plan(caller, plan, notes)
    for caller in callers:
        with ledger.reading(caller, "ec2"):
            wanted = [{"Name": "state", "Values": ["active"]}]
            answer = caller.call("ec2:DescribeReservedInstances", Filters=wanted)
            for reserved in answer.get("ReservedInstances") or ():
                rows += _reservation(caller, reserved, notes)
    return Commitments(conform(pl.DataFrame(rows, infer_schema_length=None), COMMITMENTS), tuple(notes))


def _plan(caller: Caller, plan: Mapping[str, Any], notes: list[str]) -> Iterator[dict[str, Any]]:
    kind = PLANS.get(plan["savingsPlanType"])
    name = f"{caller.account_id}: {plan['savingsPlanType']} Savings Plan {plan.get('savingsPlanId', '')}"
    if kind is None:
        notes.append(f"{name} is left out: it does not reach ECS")
        return
    if plan.get("currency", CURRENCY) != CURRENCY:
        notes.append(f"{name} is left out: it is in {plan['currency']}, our prices are in {CURRENCY}")
        return
    instances = kind is CommitmentKind.EC2_INSTANCE_SP
    yield {
        "kind": kind.value,
        "scope": plan.get("ec2InstanceFamily") if instances else None,
        "account_id": caller.account_id,
        "region": plan.get("region") if instances else None,
        "term_years": _years(plan["termDurationInSeconds"]),
        "payment_option": PAYMENTS[plan["paymentOption"]].value,
        "usd_per_hour": float(plan["commitment"]),
        "count": None,
        "start": _moment(plan["start"]),
        "end": _moment(plan["end"]),
    }


def _reservation(caller: Caller, reserved: Mapping[str, Any], notes: list[str]) -> Iterator[dict[str, Any]]:
    name = (
        f"{caller.account_id} {caller.region}: reservation of {reserved['InstanceCount']} × {reserved['InstanceType']} "
        f"({reserved.get('ReservedInstancesId', '')})"
    )
    payment = PAYMENTS.get(reserved["OfferingType"])
    # newer accounts see "Linux/UNIX (Amazon VPC)" beside it, which is the same
    if not reserved["ProductDescription"].startswith(LINUX) or reserved.get("InstanceTenancy") != "default":
        notes.append(f"{name} is left out: it is for {reserved['ProductDescription']}, no shared Linux host")
        return
    if payment is None:
        notes.append(f"{name} is left out: its rate is not known ({reserved['OfferingType']})")
        return
    if reserved.get("Scope") == "Availability Zone":
        notes.append(f"{name} is for one zone; it is taken for one of the whole region")
    yield {
        "kind": CLASSES[reserved["OfferingClass"]].value,
        "scope": reserved["InstanceType"],
        "account_id": caller.account_id,
        "region": caller.region,
        "term_years": _years(reserved["Duration"]),
        "payment_option": payment.value,
        "usd_per_hour": None,
        "count": float(reserved["InstanceCount"]),
        "start": reserved["Start"],
        "end": reserved["End"],
    }


def _years(seconds: int) -> int:
    return round(seconds / SECONDS_PER_YEAR)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
