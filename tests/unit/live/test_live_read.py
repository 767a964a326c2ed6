"""Accounts into one `Usage`, by the same checks as files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from aws_estate import answers, estate
from fakes_aws import FakeCaller
from fakes_bill import COVER, ECS, Explorer, savings_plan
from fakes_metrics import Metrics

from advisor.aws.budget import Estimate
from advisor.aws.failures import Ledger, Status
from advisor.aws.operations import OPERATIONS, Tier
from advisor.errors import DeniedError, InputError
from advisor.model import Usage
from advisor.usage import read_live, read_usage
from advisor.usage.live.names import short_ids

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
NIGHT = range(2, 4)
"""Hours in which the nightly task runs."""


def truth(metric: str, stat: str, dimensions: dict, at: int, period: int) -> float | None:
    """checkout: 4 tasks, 40 % CPU at 120 % peaks, Insights see 5 tasks; nightly: two hours; others: free metrics only."""
    hour = datetime.fromtimestamp(at, UTC).hour
    family = dimensions.get("TaskDefinitionFamily")
    if metric == "TaskCount":
        return 9.0
    if family and (family != "nightly" or hour not in NIGHT):
        return None
    service = dimensions.get("ServiceName")
    if service in ("worker", "agent") and metric in ("CpuUtilized", "MemoryUtilized", "RunningTaskCount"):
        return None
    if service == "legacy":
        return None
    return {
        ("CPUUtilization", "Average"): 40.0,
        ("CPUUtilization", "Maximum"): 120.0,
        ("CPUUtilization", "SampleCount"): 4.0 * period / 60,
        ("MemoryUtilization", "Average"): 50.0,
        ("MemoryUtilization", "Maximum"): 75.0,
        ("CpuUtilized", "Average"): 512.0,
        ("CpuUtilized", "Maximum"): 2048.0,
        ("CpuUtilized", "SampleCount"): 3.0 * period / 60,
        ("MemoryUtilized", "Average"): 700.0,
        ("MemoryUtilized", "Maximum"): 900.0,
        ("RunningTaskCount", "Average"): 5.0,
    }[metric, stat]


def read(*callers: FakeCaller, ledger: Ledger | None = None, days: int = 2) -> Usage:
    return read_live(callers or (account(),), ledger or Ledger(), name="prod", days=days, now=NOW)


def account(region: str = "eu-west-1", **replaced) -> FakeCaller:
    caller = estate(**{"cloudwatch__GetMetricData": Metrics(truth, NOW), **replaced})
    caller.region = region
    return caller


def rows(usage: Usage, workload_id: str) -> list[dict]:
    at = usage.workloads["workload_id"].to_list().index(workload_id)
    return [r for r in usage.usage.iter_rows(named=True) if r["workload"] == at]


def test_the_last_two_days_of_every_workload_by_the_minute() -> None:
    ledger = Ledger()
    usage = read(ledger=ledger)
    assert usage.name == "prod"
    assert usage.workloads["workload_id"].to_list() == [
        "agent",
        "checkout",
        "legacy",
        "nightly",
        "thumbs",
        "worker",
    ]
    assert len(rows(usage, "checkout")) == 2 * 1440
    assert usage.window_end == datetime(2026, 10, 15, 8, 59, tzinfo=UTC)
    assert {c.status for c in ledger.cells()} == {Status.COMPLETE}
    assert usage.rows_read == 6 + len(usage.usage) + 2
    assert usage.rows_rejected == 0
    assert usage.instances["start"].to_list() == [datetime(2026, 10, 15, 8, tzinfo=UTC)] * 2


def test_percent_is_of_the_reservation_and_insights_are_the_better_source() -> None:
    usage = read()
    worker, checkout = rows(usage, "worker")[0], rows(usage, "checkout")[0]
    assert (worker["vcpu_used_mean"], worker["vcpu_used_max"]) == (0.2, pytest.approx(0.6))
    assert (worker["memory_used_mib_mean"], worker["memory_used_mib_max"]) == (512.0, 768.0)
    assert worker["tasks"] == 4.0, "samples a minute are tasks"
    assert (checkout["vcpu_used_mean"], checkout["vcpu_used_max"]) == (0.5, 2.0)
    assert (checkout["memory_used_mib_mean"], checkout["memory_used_mib_max"]) == (700.0, 900.0)
    assert checkout["tasks"] == 5.0


def test_percent_of_nothing_is_not_measured_and_said() -> None:
    usage = read()
    assert rows(usage, "agent")[0]["vcpu_used_mean"] is None
    assert any("cpu percentages of 1 workloads without task_vcpu" in note for note in usage.notes)


def test_a_family_rests_where_its_cluster_was_watched() -> None:
    found = rows(read(), "nightly")
    assert len(found) == 2 * 1440
    for row in found:
        assert row["tasks"] == (3.0 if row["start"].hour in NIGHT else 0.0)
        assert (row["vcpu_used_mean"] is None) == (row["tasks"] == 0.0)


def test_a_gap_of_a_service_is_no_zero() -> None:
    assert rows(read(), "legacy") == []


def test_older_days_come_at_the_period_that_is_kept() -> None:
    found = rows(read(days=20), "worker")
    by_period: dict[int, int] = {}
    for row in found:
        by_period[row["interval_s"]] = by_period.get(row["interval_s"], 0) + 1
        assert row["tasks"] == 4.0
    assert set(by_period) == {60, 300}
    assert sum(s * n for s, n in by_period.items()) == 20 * 86_400


def test_the_same_account_as_files_is_the_same_usage(tmp_path) -> None:
    live = read()
    ids = live.workloads.select("workload_id").with_row_index("workload")
    live.workloads.write_parquet(tmp_path / "workloads.parquet")
    live.usage.join(ids, on="workload").drop("workload").write_parquet(tmp_path / "usage.parquet")
    live.instances.write_parquet(tmp_path / "instances.parquet")
    assert read_usage(tmp_path).digest == live.digest


def test_holes_are_told_and_the_rest_is_read() -> None:
    ledger = Ledger()
    dark = account(
        "us-east-1", cloudwatch__GetMetricData=DeniedError("no", hint="allow cloudwatch:GetMetricData")
    )
    usage = read(account(), dark, ledger=ledger)
    assert len(usage.workloads) == 12
    assert len(rows(usage, "eu-west-1/web/checkout")) == 2880
    assert rows(usage, "us-east-1/web/checkout") == []
    told = "111122223333 us-east-1 cloudwatch: denied, no (allow cloudwatch:GetMetricData)"
    assert told in usage.notes
    assert [str(c) for c in ledger.cells() if c.is_hole] == [told]


def test_nothing_to_read_is_an_error_that_says_why() -> None:
    empty = FakeCaller({**answers(), "ecs:ListClusters": DeniedError("no", hint="allow ecs:ListClusters")})
    with pytest.raises(InputError, match="prod: no ECS workload was found") as raised:
        read(empty)
    assert raised.value.problems == ("111122223333 eu-west-1 ecs: denied, no (allow ecs:ListClusters)",)
    with pytest.raises(InputError, match="prod: no usage of any workload was found"):
        read(account(cloudwatch__GetMetricData=Metrics(lambda *_: None, NOW)))


def test_what_cannot_be_is_set_aside_and_told() -> None:
    wild = Metrics(lambda metric, stat, *rest: 1e12 if stat == "Average" else 1e12 + 1, NOW)
    with pytest.raises(InputError):
        read(account(cloudwatch__GetMetricData=wild))
    some = Metrics(
        lambda metric, stat, dimensions, at, period: (
            -1.0
            if (metric, stat, at)
            == ("CPUUtilization", "Average", int((NOW - timedelta(hours=2, minutes=30)).timestamp()))
            else truth(metric, stat, dimensions, at, period)
        ),
        NOW,
    )
    usage = read(account(cloudwatch__GetMetricData=some))
    assert usage.rows_rejected == 4
    assert any("4 rows set aside: AWS usage row" in note for note in usage.notes)


def test_tasks_without_insights_are_said_to_be_unseen() -> None:
    dark = account(
        ecs__DescribeClusters=lambda clusters, include: {"clusters": [{"clusterArn": a} for a in clusters]}
    )
    usage = read(dark, days=1)
    assert rows(usage, "nightly") == []
    assert len(rows(usage, "worker")) == 1440
    assert any(note.startswith("2 task families have no metrics") for note in usage.notes)


def test_an_account_without_metrics_is_skipped_not_asked() -> None:
    dark = account(
        "us-east-1",
        ecs__DescribeClusters=lambda clusters, include: {"clusters": [{"clusterArn": a} for a in clusters]},
        ecs__ListServices={"serviceArns": []},
    )
    ledger = Ledger()
    usage = read(account(), dark, ledger=ledger, days=1)
    assert dark.times("cloudwatch:GetMetricData") == 0
    skipped = {(c.region, c.api) for c in ledger.cells() if c.status is Status.SKIPPED}
    images = ("us-east-1", "ecr")  # they are in another region
    once = ("us-east-1", "savingsplans")  # plans are an account's, and were asked for in the other region
    assert skipped == {("us-east-1", "cloudwatch"), ("us-east-1", "application-autoscaling"), images, once}
    assert not any(c.is_hole for c in ledger.cells())
    assert len(ledger.cells()) == 2 * 9
    assert not any("there was nothing to ask" in note for note in usage.notes)
    assert "read 18 APIs in 2 regions of 1 accounts: 14 complete, 4 skipped" in usage.notes


def test_the_price_is_told_before_anything_is_paid() -> None:
    caller = account()

    def stop(planned: Estimate) -> None:
        assert caller.times("cloudwatch:GetMetricData") == 0
        raise InterruptedError(str(planned))

    # 4 services of 10 series, 2 families of 6, over one span of 2,880 points: 35 series a request
    with pytest.raises(InterruptedError, match=r"4 paid requests, about \$0.02"):
        read_live([caller], Ledger(), name="x", days=2, now=NOW, before_paying=stop)
    assert caller.times("cloudwatch:GetMetricData") == caller.times("ce:GetCostAndUsage") == 0
    told = []
    read_live([caller], Ledger(), name="x", days=2, now=NOW, before_paying=told.append)
    # the bill by the hour, and by the day if that is refused
    assert told == [Estimate(2 + 2, 52 * Decimal("0.00001") + 2 * Decimal("0.01"))]
    assert caller.times("cloudwatch:GetMetricData") == 2


def test_a_bill_and_commitments_come_with_an_account() -> None:
    explorer = Explorer({("EU-Fargate-GB-Hours", ECS): ("0.5", "100")}, hourly=True)
    plans = {"savingsPlans": [savings_plan()]}
    given = {"ce__GetCostAndUsage": explorer, "savingsplans__DescribeSavingsPlans": plans}
    caller = account(**given, **{name.replace(":", "__"): answer for name, answer in COVER.items()})
    usage = read(caller)
    assert usage.bill is not None
    assert usage.bill["usd"].sum() == 24.0
    assert usage.commitments["kind"].to_list() == ["COMPUTE_SP"]
    assert any("used to 92%" in note for note in usage.notes)
    assert usage.rows_rejected == 0


def test_a_denied_cost_tier_is_told_and_costs_nothing_else() -> None:
    ledger, no = Ledger(), DeniedError("no", hint="allow it")
    caller = account(ce__GetCostAndUsage=no, savingsplans__DescribeSavingsPlans=no)
    usage = read(caller, ledger=ledger)
    assert usage.bill is None
    assert usage.commitments.is_empty()
    assert {c.api for c in ledger.cells() if c.status is Status.DENIED} == {"ce", "savingsplans"}
    assert read(account()).usage.equals(usage.usage)


def test_without_the_bill_nothing_of_the_cost_tier_is_asked() -> None:
    caller, ledger = account(), Ledger()
    usage = read_live([caller], ledger, name="x", days=2, now=NOW, bill=False)
    assert usage.bill is None
    assert {OPERATIONS[name].tier for name, _ in caller.asked} == {Tier.BASIC}
    assert not {c.api for c in ledger.cells()} & {"ce", "savingsplans"}


ROW = {"name": "web", "cluster": "a", "region": "eu-west-1", "account_id": "1", "kind": "SERVICE"}


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ([{}], ["web"]),
        ([{}, {"name": "api"}], ["web", "api"]),
        ([{}, {"cluster": "b"}, {"name": "api"}], ["a/web", "b/web", "api"]),
        ([{}, {"region": "us-east-1"}], ["eu-west-1/a/web", "us-east-1/a/web"]),
        ([{}, {"account_id": "2"}], ["1/eu-west-1/a/web", "2/eu-west-1/a/web"]),
        ([{}, {"kind": "STANDALONE"}], ["web", "tasks/web"]),
        ([{"kind": "SCHEDULED"}], ["web"]),
    ],
)
def test_ids_are_as_short_as_they_can_be(changes: list[dict], ids: list[str]) -> None:
    assert short_ids([{**ROW, **change} for change in changes]) == ids
