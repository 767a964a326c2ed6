"""Bills and owned commitments from an account: what is asked, what comes of it, and what of refusals."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from fakes_aws import FakeCaller
from fakes_bill import COVER, EC2, ECS, OTHER, Explorer, reservation, savings_plan

from advisor.aws.failures import Ledger, Status
from advisor.aws.operations import OPERATIONS
from advisor.errors import AwsError, DeniedError, ThrottledError
from advisor.usage.live.bills import read_bills, read_owned
from advisor.usage.live.commitments import heads, read_commitments
from advisor.usage.live.cost_explorer import estimate, read_bill, stretches

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
TRUTH = {
    ("EU-Fargate-vCPU-Hours:perCPU", ECS): ("0.4048", "10"),
    ("EU-BoxUsage:m5.large", EC2): ("0.107", "1"),
    ("EU-EBS:VolumeUsage.gp3", OTHER): ("0.01", "0.1"),
}
SHARED_DATA = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[4] / "shared")) / "data"


def caller(
    explorer: object, region: str = "eu-west-1", account_id: str = "111122223333", **more
) -> FakeCaller:
    return FakeCaller({"ce:GetCostAndUsage": explorer, **more}, account_id, region)


def test_days_end_a_day_ago_and_hours_go_back_thirteen_days_at_most() -> None:
    by_hour, by_day = stretches(14, NOW)
    assert (by_hour.start, by_hour.end) == (
        datetime(2026, 10, 2, tzinfo=UTC),
        datetime(2026, 10, 14, tzinfo=UTC),
    )
    assert by_hour.start >= NOW - timedelta(days=14), "older hours are refused"
    assert by_day.period == {"Start": "2026-09-30", "End": "2026-10-14"}
    assert stretches(3, NOW)[0].period == {"Start": "2026-10-11T00:00:00Z", "End": "2026-10-14T00:00:00Z"}
    assert [s.hourly for s in stretches(15, NOW)] == [False]


def test_a_bill_of_days_page_by_page() -> None:
    explorer = Explorer(TRUTH, page=2)
    bill, notes = read_bill(caller(explorer), Ledger(), stretches(20, NOW))
    assert len(bill) == 20 * 3
    assert len(explorer.asked) == 30
    assert bill["usd"].sum() == pytest.approx(24 * 20 * 0.5218)
    assert bill["quantity"].sum() == pytest.approx(24 * 20 * 11.1)
    assert set(bill["interval_s"]) == {86_400}
    assert bill["start"].min() == datetime(2026, 9, 24, tzinfo=UTC)
    assert set(bill["service"]) == {ECS, EC2, OTHER}
    assert set(bill["unit"]) == {None}, "N/A is no unit"
    assert notes == ()


def test_only_this_account_and_region_and_no_credits_are_asked_for() -> None:
    explorer = Explorer(TRUTH)
    read_bill(caller(explorer), Ledger(), stretches(20, NOW), whole_account=False)
    asked = explorer.asked[0]
    dimensions = {d["Dimensions"]["Key"]: d["Dimensions"]["Values"] for d in asked["Filter"]["And"][:3]}
    assert dimensions["LINKED_ACCOUNT"] == ["111122223333"]
    assert dimensions["REGION"] == ["eu-west-1"]
    assert ECS in dimensions["SERVICE"]
    assert "Credit" in asked["Filter"]["And"][3]["Not"]["Dimensions"]["Values"]
    assert asked["Metrics"] == ["AmortizedCost", "UsageQuantity"]


def test_fees_that_belong_to_no_region_come_along_once_an_account() -> None:
    explorer = Explorer(TRUTH)
    west, east = caller(explorer), caller(explorer, "us-east-1")
    owned = read_owned([west, east], Ledger(), 20, NOW)
    read_bills(owned, Ledger(), None)
    regions = [a["Filter"]["And"][1]["Dimensions"]["Values"] for a in explorer.asked]
    assert sorted(regions, key=len) == [["us-east-1"], ["eu-west-1", "global", "NoRegion"]]


def test_hours_where_the_account_opted_in() -> None:
    explorer = Explorer(TRUTH, hourly=True)
    bill, notes = read_bill(caller(explorer), Ledger(), stretches(2, NOW))
    assert set(bill["interval_s"]) == {3600}
    assert len(bill) == 48 * 3
    assert notes == ()


def test_refused_hours_become_days_and_that_is_said() -> None:
    ledger, explorer = Ledger(), Explorer(TRUTH)
    bill, notes = read_bill(caller(explorer), ledger, stretches(2, NOW))
    assert set(bill["interval_s"]) == {86_400}
    assert [a["Granularity"] for a in explorer.asked] == ["HOURLY", "DAILY"]
    assert notes == (
        "111122223333 eu-west-1: the bill is by the day, not the hour: hours are not switched on",
    )
    assert [c.status for c in ledger.cells()] == [Status.COMPLETE]


@pytest.mark.parametrize(
    ("error", "status", "requests"),
    [
        (DeniedError("no"), Status.DENIED, 2),
        (AwsError("odd"), Status.PARTIAL, 2),
        (ThrottledError("too much"), Status.THROTTLED, 1),
    ],
)
def test_a_refused_bill_is_one_cell_of_the_ledger(error: AwsError, status: Status, requests: int) -> None:
    ledger, asked = Ledger(), caller(error)
    bill, notes = read_bill(asked, ledger, stretches(2, NOW))
    assert bill.is_empty()
    assert notes == ()
    assert [(c.api, c.status) for c in ledger.cells()] == [("ce", status)]
    assert asked.times("ce:GetCostAndUsage") == requests, (
        "days are asked for after a refusal, not after a storm"
    )


def test_another_currency_is_no_bill() -> None:
    ledger = Ledger()
    bill, _ = read_bill(caller(Explorer(TRUTH, currency="CNY")), ledger, stretches(20, NOW))
    assert bill.is_empty()
    assert ledger.cells()[0].reason == "ce:GetCostAndUsage: the bill is in CNY, our prices are in USD"


def test_a_bill_without_lines_is_said() -> None:
    _, notes = read_bill(caller(Explorer({})), Ledger(), stretches(20, NOW))
    assert notes == ("111122223333 eu-west-1: the bill has no line of ECS or EC2",)


def test_a_tag_names_clusters_instead_of_services() -> None:
    explorer = Explorer(
        {("EU-BoxUsage:m5.large", "web"): ("1", "1"), ("EU-BoxUsage:m5.large", ""): ("2", "2")}
    )
    bill, _ = read_bill(caller(explorer), Ledger(), stretches(20, NOW), tag="aws:ecs:clusterName")
    assert explorer.asked[0]["GroupBy"][1] == {"Type": "TAG", "Key": "aws:ecs:clusterName"}
    per_cluster = bill.group_by("cluster").agg(pl.col("usd").sum()).sort("cluster").rows()
    assert per_cluster == [(None, 2.0 * 24 * 20), ("web", 1.0 * 24 * 20)]
    assert set(bill["service"]) == {None}


@pytest.mark.real_data
def test_the_answer_of_awss_own_example_is_read() -> None:
    """The AWS CLI's example: its dollars are those of a metric that we do not ask for, so that is renamed."""
    text = (SHARED_DATA / "aws_json" / "ce_get_cost_and_usage_awscli.json").read_text()
    answer = json.loads(text.replace("UnblendedCost", "AmortizedCost"))
    bill, _ = read_bill(caller(answer), Ledger(), stretches(40, NOW), tag="Environment")
    assert bill.select("cluster", "usd", "quantity", "interval_s").rows() == [
        (None, 40.3543773134, 9312771.098461578, 30 * 86_400),
        ("Dev", 0.2682364644, 22403.4395271182, 30 * 86_400),
    ]


def test_what_asking_costs_is_told_before() -> None:
    assert estimate(3, 20, NOW).price_usd == Decimal("0.03")
    assert estimate(3, 2, NOW).requests == 6, "hours are asked for first"
    plans = {"savingsplans:DescribeSavingsPlans": {"savingsPlans": [savings_plan()]}}
    callers = [caller(Explorer(TRUTH), **plans), caller(Explorer(TRUTH), "us-east-1")]
    planned = read_owned(callers, Ledger(), 20, NOW)
    assert (planned.estimate.requests, planned.estimate.price_usd) == (4, Decimal("0.04"))


def test_the_estimate_is_what_is_asked() -> None:
    answers = {
        **COVER,
        "savingsplans:DescribeSavingsPlans": {"savingsPlans": [savings_plan()]},
        "ec2:DescribeReservedInstances": {"ReservedInstances": [reservation()]},
    }
    asked = caller(Explorer(TRUTH), **answers)
    planned = read_owned([asked], Ledger(), 2, NOW)
    read_bills(planned, Ledger(), None)
    assert sum(name.startswith("ce:") for name, _ in asked.asked) == planned.estimate.requests == 6
    bills = {name for name in OPERATIONS if name.startswith("ce:")}
    assert {name for name, _ in asked.asked} == {
        *bills,
        "savingsplans:DescribeSavingsPlans",
        "ec2:DescribeReservedInstances",
    }, "the list of operations has nothing of Cost Explorer that is not asked for"


def test_plans_and_reservations_become_rows() -> None:
    plans = [
        savings_plan(),
        savings_plan(
            savingsPlanType="EC2Instance",
            ec2InstanceFamily="m5",
            region="eu-west-1",
            paymentOption="Partial Upfront",
            termDurationInSeconds=94_608_000,
        ),
        savings_plan(savingsPlanType="Database", savingsPlanId="sp-9"),
        savings_plan(currency="CNY", savingsPlanId="sp-8"),
    ]
    reserved = [
        reservation(),
        reservation(OfferingClass="convertible", Scope="Availability Zone", ReservedInstancesId="ri-2"),
        reservation(ProductDescription="Windows", ReservedInstancesId="ri-3"),
        reservation(OfferingType="Heavy Utilization", ReservedInstancesId="ri-4"),
        reservation(InstanceTenancy="dedicated", ReservedInstancesId="ri-5"),
    ]
    asked = FakeCaller(
        {
            "savingsplans:DescribeSavingsPlans": {"savingsPlans": plans},
            "ec2:DescribeReservedInstances": {"ReservedInstances": reserved},
        }
    )
    found = read_commitments([asked], Ledger())
    columns = ("kind", "scope", "region", "term_years", "payment_option", "usd_per_hour", "count")
    assert found.table.select(columns).rows() == [
        ("COMPUTE_SP", None, None, 1, "NO_UPFRONT", 2.0, None),
        ("EC2_INSTANCE_SP", "m5", "eu-west-1", 3, "PARTIAL_UPFRONT", 2.0, None),
        ("RI_STANDARD", "m5.large", "eu-west-1", 3, "ALL_UPFRONT", None, 3.0),
        ("RI_CONVERTIBLE", "m5.large", "eu-west-1", 3, "ALL_UPFRONT", None, 3.0),
    ]
    assert found.table["end"].to_list()[0] == datetime(2027, 3, 1, tzinfo=UTC)
    told = "\n".join(found.notes)
    for number in ("sp-9", "sp-8", "ri-2", "ri-3", "ri-4", "ri-5"):
        assert number in told
    assert len(found.notes) == 6


def test_plans_are_asked_for_once_an_account_and_reservations_in_every_region() -> None:
    callers = [caller({}), caller({}, "us-east-1"), caller({}, account_id="999900001111")]
    assert heads(callers) == [callers[0], callers[2]]
    ledger = Ledger()
    read_commitments(callers, ledger)
    assert [c.times("savingsplans:DescribeSavingsPlans") for c in callers] == [1, 0, 1]
    assert [c.times("ec2:DescribeReservedInstances") for c in callers] == [1, 1, 1]


def test_how_commitments_are_used_is_told() -> None:
    answers = {
        **COVER,
        "savingsplans:DescribeSavingsPlans": {"savingsPlans": [savings_plan()]},
        "ec2:DescribeReservedInstances": {"ReservedInstances": [reservation()]},
    }
    planned = read_owned([caller(Explorer(TRUTH), **answers)], Ledger(), 20, NOW)
    tables, notes = read_bills(planned, Ledger(), None)
    assert set(tables) == {"bill", "commitments"}
    assert "its Savings Plans are used to 92% and cover 30% of what they could" in notes[0]
    assert "its Reserved Instances are used to 76% and cover 40% of what they could" in notes[1]


def test_refused_cover_leaves_the_bill_and_the_commitments() -> None:
    ledger = Ledger()
    answers = {
        "savingsplans:DescribeSavingsPlans": {"savingsPlans": [savings_plan()]},
        "ce:GetSavingsPlansUtilization": DeniedError("no"),
    }
    planned = read_owned([caller(Explorer(TRUTH), **answers)], ledger, 20, NOW)
    tables, notes = read_bills(planned, ledger, None)
    assert set(tables) == {"bill", "commitments"}
    assert notes == ()
    assert {c.api: c.status for c in ledger.cells()}["ce"] is Status.DENIED
