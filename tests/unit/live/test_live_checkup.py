"""`advisor doctor` on an account: permissions by tier, Container Insights, and nothing that costs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from fakes_accounts import IDS, FakeAccount, place, with_nowhere
from fakes_aws import FakeCaller, operation_model

from advisor.__main__ import main
from advisor.aws import clients
from advisor.aws.budget import Budget
from advisor.aws.operations import OPERATIONS, Tier
from advisor.aws.probes import PROBES, UNASKED, probe
from advisor.errors import AwsError, DeniedError, UnreachableError
from advisor.usage.finding import Finding, Grade
from advisor.usage.live.checkup import check_account

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
TIERS = [o.name for o in OPERATIONS.values() if o.tier]


def account(**replaced: object) -> FakeCaller:
    events = {"logGroups": [{"logGroupName": "/aws/events/ecs", "creationTime": 0}]}
    return with_nowhere(
        place(IDS[0], **{"logs__DescribeLogGroups": lambda logGroupNamePrefix: events, **replaced})
    )


def found(caller: FakeCaller) -> list[Finding]:
    return list(check_account(caller, 20, NOW))


def test_every_operation_of_the_policy_is_tried_or_says_why_not() -> None:
    assert sorted([*PROBES, *UNASKED]) == sorted(TIERS)


@pytest.mark.parametrize("name", PROBES)
def test_trying_costs_nothing_and_is_what_aws_takes(name: str) -> None:
    budget = Budget()
    budget.spend(OPERATIONS[name], PROBES[name])
    assert budget.spent_usd == 0
    required = set(operation_model(name).input_shape.required_members)
    assert required <= set(PROBES[name])


@pytest.mark.parametrize("name", PROBES)
def test_what_is_denied_is_found_alone(name: str) -> None:
    answers = probe(account(**{name.replace(":", "__"): DeniedError("no")}))
    assert {n for n, refused in answers.items() if refused} == {name}
    assert set(answers) == set(PROBES)


def test_what_is_not_there_is_allowed_and_silence_says_nothing() -> None:
    caller = account()
    caller.answers["ecs:ListServices"] = AwsError("no such cluster", code="ClusterNotFoundException")
    caller.answers["scheduler:GetSchedule"] = UnreachableError("silence")
    answers = probe(caller)
    assert answers["ecs:ListServices"] is None
    assert "scheduler:GetSchedule" not in answers


def test_an_account_that_is_open_and_watched_lacks_nothing() -> None:
    caller = account()
    assert {f.grade for f in found(caller)} == {Grade.FINE}
    paid = [params for name, params in caller.asked if name == "cloudwatch:GetMetricData"]
    assert all(not params["MetricDataQueries"] for params in paid)
    assert caller.times("logs:StartQuery") == 1
    told = [f.what for f in found(account())]
    assert f"{IDS[0]} eu-west-1: basic tier: all 21 that can be tried for nothing are allowed" in told
    assert any("1 clusters, 4 services, 2 task families; metrics of 20 days: 5." in what for what in told)


def test_a_denied_tier_names_the_statement_that_mends_it() -> None:
    caller = account()
    for name in ("logs:StartQuery", "cloudtrail:LookupEvents"):
        caller.answers[name] = DeniedError("no")
    (gap,) = (f for f in found(caller) if f.grade is not Grade.FINE)
    assert "deep tier: 2 of 5 denied" in gap.what
    statement = json.loads(gap.mend[0])
    assert statement["Action"] == ["cloudtrail:LookupEvents", "logs:StartQuery"]
    assert gap.mend[1] == f"advisor policy --tier {Tier.DEEP}"


def test_insights_that_are_off_are_told_with_the_command() -> None:
    dark = account(
        ecs__DescribeClusters=lambda clusters, include: {"clusters": [{"clusterArn": a} for a in clusters]}
    )
    (gap,) = (f for f in found(dark) if f.grade is not Grade.FINE)
    assert any("runs of batch tasks (--deep): RunTask in CloudTrail, 20 days" in f.what for f in found(dark))
    assert "Container Insights are off in 1 of 1 clusters: 2 task families have no metrics" in gap.what
    assert "update-cluster-settings --region eu-west-1 --cluster web" in gap.mend[0]


@pytest.mark.parametrize("fault", [AwsError("odd"), UnreachableError("silence")])
def test_an_account_that_cannot_be_read_is_not_called_empty(fault: AwsError) -> None:
    caller = account()
    caller.answers["ecs:ListClusters"] = fault
    assert Grade.STOP in {f.grade for f in found(caller)}
    partly = account(ecs__ListServices=fault)
    assert Grade.BETTER in {f.grade for f in found(partly)}
    assert Grade.STOP not in {f.grade for f in found(partly)}


def test_a_region_without_clusters_is_fine() -> None:
    assert any("no cluster is seen" in f.what for f in found(account(ecs__ListClusters={"clusterArns": []})))


@pytest.mark.parametrize(
    ("denied", "code"), [(None, 0), ("ecr:DescribeImages", 3), ("cloudwatch:GetMetricData", 1)]
)
def test_exit_codes(alone, monkeypatch, capsys, denied: str | None, code: int) -> None:
    (alone / "advisor.toml").write_text("[prices]\nstale_days = 100000\n")
    caller = account()
    if denied:
        caller.answers[denied] = DeniedError("no")
    entered = FakeAccount(IDS[0], {"eu-west-1": caller})
    monkeypatch.setattr(clients, "Account", lambda session, region, *, budget: entered)
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--region", "eu-west-1"])
    assert (ended.value.code or 0) == code
    out = capsys.readouterr().out
    assert (f'"Action": ["{denied}"]' in out) == bool(denied)


def test_no_credentials_are_exit_code_1(alone, monkeypatch, capsys) -> None:
    def shut(session, region, *, budget):
        raise DeniedError("no credentials", hint="sign in")

    monkeypatch.setattr(clients, "Account", shut)
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--region", "eu-west-1"])
    assert ended.value.code == 1
    assert "hint: sign in" in capsys.readouterr().err


def test_runs_that_nothing_writes_down_are_told_with_the_commands() -> None:
    bare = account(logs__DescribeLogGroups={})
    (gap,) = (f for f in found(bare) if f.grade is not Grade.FINE)
    assert "no log tells of all runs of batch tasks in web" in gap.what
    assert "put-rule --region eu-west-1" in gap.mend[1]
    young = {"logGroups": [{"logGroupName": "/aws/events/ecs", "creationTime": 0, "retentionInDays": 7}]}
    (gap,) = (
        f
        for f in found(account(logs__DescribeLogGroups=lambda logGroupNamePrefix: young))
        if f.grade is not Grade.FINE
    )
    assert set(gap.mend) == {
        "aws logs put-retention-policy --log-group-name /aws/events/ecs --retention-in-days 60"
    }
