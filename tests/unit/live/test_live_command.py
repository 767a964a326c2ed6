"""`advisor recommend` on an account: plan, price before paying, holes and exit codes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from aws_estate import estate
from fakes_aws import FakeCaller
from fakes_bill import ECS, Explorer
from fakes_logs import Logs
from fakes_metrics import Metrics

from advisor.__main__ import main
from advisor.aws import clients
from advisor.errors import DeniedError


def level(metric: str, stat: str, *_: object) -> float:
    return {"Average": 30.0, "Maximum": 60.0, "SampleCount": 2.0}[stat]


@pytest.fixture
def run(alone, monkeypatch, capsys):
    """Run the command against fakes, one for each region; return exit code, stdout, stderr."""

    def do(callers: dict[str, FakeCaller], *argv: str) -> tuple[int, str, str]:
        class Account:
            account_id = "111122223333"

            def __init__(self, session, region, *, budget) -> None:
                assert region == next(iter(callers))

            def caller(self, region: str) -> FakeCaller:
                return callers[region]

        monkeypatch.setattr(clients, "Account", Account)
        with pytest.raises(SystemExit) as ended:
            main(["recommend", "--days", "1", *argv])
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return do


def account(region: str = "eu-west-1", **replaced: object) -> FakeCaller:
    caller = estate(**{"cloudwatch__GetMetricData": Metrics(level, datetime.now(UTC)), **replaced})
    caller.region = region
    return caller


def test_an_account_becomes_a_plan(run) -> None:
    code, out, err = run({"eu-west-1": account()}, "--region", "eu-west-1", "--assume", "interruptible=false")
    assert code == 0
    assert out.startswith("111122223333 · eu-west-1")
    assert re.search(r"^[234] paid requests, about \$0.02, for 1 days of metrics and bills", err, re.M)


def test_the_bill_is_held_against_the_plan(run) -> None:
    explorer = Explorer({("EU-Fargate-GB-Hours", ECS): ("0.5", "100")})
    caller = account(ce__GetCostAndUsage=explorer)
    code, out, _ = run(
        {"eu-west-1": caller},
        "--region",
        "eu-west-1",
        "--assume",
        "interruptible=false",
        "--bill-tag",
        "cluster",
    )
    assert code == 0
    assert "the bill $365" in out
    assert explorer.asked[-1]["GroupBy"][1] == {"Type": "TAG", "Key": "cluster"}


def test_no_bill_asks_and_says_nothing_of_it(run) -> None:
    caller = account()
    code, out, err = run(
        {"eu-west-1": caller}, "--region", "eu-west-1", "--assume", "interruptible=false", "--no-bill"
    )
    assert code == 0
    assert re.search(r"^[12] paid requests, about \$0.00, for 1 days of metrics\n", err, re.M)
    assert caller.times("ce:GetCostAndUsage") == 0
    assert "Bill" not in out


def test_a_dry_run_stops_before_the_first_paid_call(run) -> None:
    caller = account()
    code, out, err = run({"eu-west-1": caller}, "--region", "eu-west-1", "--dry-run")
    assert (code, out) == (0, "")
    assert "paid requests" in err
    assert caller.times("cloudwatch:GetMetricData") == 0
    assert caller.times("ecs:DescribeServices") == 1


def test_more_than_may_be_spent_is_refused_before_it_is(run) -> None:
    caller = account()
    code, _, err = run({"eu-west-1": caller}, "--region", "eu-west-1", "--max-api-usd", "0.0001")
    assert code == 1
    assert "and $0.0001 is the most" in err
    assert caller.times("cloudwatch:GetMetricData") == 0


GROUP = {"creationTime": 0, "storedBytes": 10**14}


def test_a_scan_of_logs_is_priced_and_capped_before_it_is_started(run) -> None:
    logs = Logs({"/aws/events/ecs": (GROUP, [])})
    caller = account()
    caller.answers |= logs.answers()
    code, out, err = run({"eu-west-1": caller}, "--region", "eu-west-1", "--deep", "--dry-run")
    assert (code, out) == (0, "")
    assert "of metrics, bills and logs of runs" in err
    code, _, err = run({"eu-west-1": caller}, "--region", "eu-west-1", "--deep", "--max-api-usd", "0.01")
    assert code == 1
    assert "and $0.01 is the most" in err
    assert logs.queries == []


def test_runs_of_batch_tasks_come_into_the_plan(run) -> None:
    logs = Logs({"/ours": (GROUP, [])})
    caller = account()
    caller.answers |= logs.answers()
    argv = ("--region", "eu-west-1", "--deep", "--events-log-group", "/ours", "--format", "json")
    code, out, _ = run({"eu-west-1": caller}, *argv)
    assert code == 0
    told = "111122223333 eu-west-1: 0 runs in cluster web are from task state changes in /ours, 1 days of it"
    assert told in json.loads(out)["notes"]
    assert "read 11 APIs in 1 regions of 1 accounts: 10 complete, 1 skipped" in json.loads(out)["notes"]


def test_a_hole_is_told_and_ends_in_exit_code_3(run) -> None:
    callers = {
        "eu-west-1": account(),
        "us-east-1": account("us-east-1", ec2__DescribeInstances=DeniedError("no")),
    }
    code, out, err = run(callers, "--region", "eu-west-1", "--region", "us-east-1")
    assert code == 3
    assert "eu-west-1, us-east-1" in out
    assert "read 17 of 18 APIs whole" in err
    assert "warning: 111122223333 us-east-1 ec2: denied, no" in err


def test_nothing_to_read_is_an_error_with_its_reasons(run) -> None:
    code, out, err = run({"eu-west-1": estate(ecs__ListClusters=DeniedError("no"))}, "--region", "eu-west-1")
    assert (code, out) == (1, "")
    assert "no ECS workload was found" in err
    assert "111122223333 eu-west-1 ecs: denied, no" in err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "give a folder or files"),
        (("shop", "--profile", "prod"), "leave SOURCE out"),
        (("shop", "--no-bill"), "leave SOURCE out"),
        (("--dry-run",), "name the regions"),
        (("--accounts", "org", "--region", "eu-west-1"), "several accounts need a role in each"),
        (
            ("--accounts", "org", "--role-arn", "arn:aws:iam::1:role/r"),
            "several accounts need a role in each",
        ),
        (("--role-arn", "arn:aws:iam::{account}:role/r"), "several accounts need a role in each"),
        (("--accounts", "12,111122223333", "--role-arn", "{account}"), "12: numbers of twelve digits"),
        (("--accounts", "org,111122223333", "--role-arn", "{account}"), "or org alone"),
        (("--region", "eu-west-1", "--events-log-group", "/ours"), "events are read with --deep only"),
        (("--region", "eu-west-1", "--events-s3", "s3://acme"), "events are read with --deep only"),
        (("--region", "eu-west-1", "--deep", "--events-s3", "acme"), "write s3://BUCKET/PREFIX"),
        (("shop", "--deep"), "leave SOURCE out"),
        (("shop", "--accounts", "org", "--role-arn", "{account}"), "leave SOURCE out"),
    ],
)
def test_flags_that_make_no_sense(run, argv: tuple[str, ...], said: str) -> None:
    code, _, err = run({"eu-west-1": account()}, *argv)
    assert code == 2
    assert said in err


def test_an_unknown_profile_is_said(run) -> None:
    code, _, err = run({}, "--profile", "prod", "--region", "eu-west-1")
    assert code == 1
    assert "prod" in err
    assert "Traceback" not in err
