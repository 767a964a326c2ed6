"""The verbs that ask AWS, over HTTP, as people call them; and what none of them may send or tell."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from simulated import TESTS, Run, advise
from simulated_aws.faults import Fault
from simulated_aws.fleets import company, small
from simulated_aws.server import SimulatedAws

from advisor.aws.operations import CREDENTIALS, OPERATIONS

pytestmark = pytest.mark.e2e
REGION = "eu-west-1"
SHORT = ("--days", "1", "--set", "profile.min_days=0.5", "--no-cache")
LIVE = ("recommend", "--region", REGION, *SHORT)
ROLES = ("--accounts", "org", "--role-arn", "arn:aws:iam::{account}:role/advisor-read")
READS = re.compile(r"(Describe|List|Get|Lookup|BatchGet)\w+|AssumeRole|StartQuery|StopQuery")
KEY, SECRET = "AKIACANARYCANARY0001", "cAnArY/secretcAnArY+secretcAnArY/secret0"
TOKEN = "FwoGZXIvYXdzEcAnArYtoken" + "cAnArYcAnArY0123456789" * 8 + "=="
CANARY = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}


@pytest.fixture
def aws() -> Iterator[SimulatedAws]:
    with SimulatedAws(small()) as found:
        yield found
        assert found.journal.wrong == []


def test_an_organization_in_all_regions_with_the_runs_of_its_batch_jobs(tmp_path: Path) -> None:
    with SimulatedAws(company(accounts=2, services=2)) as aws:
        done = advise(
            tmp_path, aws, "recommend", "--region", "all", *ROLES, *SHORT, "--deep", "--format", "json"
        )
        assert aws.journal.wrong == []
        accounts = {e.account_id for e in aws.journal.entries("ecs:DescribeServices")}
    assert done.code == 0, done.err
    assert accounts == {"111122223333", "111122223334"}
    assert set(done.plan["regions"]) == {"eu-west-1", "us-east-1"}
    notes = " ".join(done.plan["notes"])
    assert notes.count("are from task state changes in /aws/events/ecs") == 4
    assert "auto scaling keeps a CPU target" in notes
    # the suspended account is counted and not asked
    assert re.search(r"^all +\d+ +\d+$", done.err, re.M)


def test_only_reads_reach_the_wire(tmp_path: Path) -> None:
    with SimulatedAws(company(1, accounts=2, services=2)) as aws:
        for argv in (
            ("recommend", "--region", "all", *ROLES, *SHORT, "--deep"),
            ("pull", "--region", REGION, "--days", "2"),
            ("doctor", "--region", REGION),
        ):
            advise(tmp_path, aws, *argv)
        assert aws.journal.wrong == []
        sent = {e.name for e in aws.journal.entries()}
    assert sent <= set(OPERATIONS)
    assert len(sent) > 30
    assert [name for name in sent if not READS.fullmatch(name.partition(":")[2])] == []
    assert {o.name for o in CREDENTIALS} & sent == {"sts:GetCallerIdentity", "sts:AssumeRole"}


def test_doctor_asks_for_nothing_that_is_paid(tmp_path: Path, aws: SimulatedAws) -> None:
    done = advise(tmp_path, aws, "doctor", "--region", REGION)
    assert done.code in (0, 3), done.err
    assert "basic tier: all 21 that can be tried for nothing are allowed" in done.out
    assert "cost tier: all" in done.out
    assert "deep tier: all" in done.out
    paid = aws.journal.entries("cloudwatch:GetMetricData")
    assert all(not e.params["MetricDataQueries"] for e in paid)
    assert [e for e in aws.journal.entries() if e.name.startswith("ce:")] == []


def test_doctor_names_what_is_denied(tmp_path: Path, aws: SimulatedAws) -> None:
    aws.faults.reset(Fault("deny", api="ecr"), Fault("deny", api="logs"))
    done = advise(tmp_path, aws, "doctor", "--region", REGION)
    assert done.code == 3
    assert "basic tier: 1 of 21 denied" in done.out
    assert "ecr:DescribeImages" in done.out
    assert "advisor policy --tier deep" in done.out


def test_a_dry_run_pays_nothing(tmp_path: Path, aws: SimulatedAws) -> None:
    for verb in (LIVE, ("pull", "--region", REGION)):
        done = advise(tmp_path, aws, *verb, "--dry-run")
        assert (done.code, done.out) == (0, "")
        assert re.search(r"^\d+ paid requests, about \$0\.\d\d", done.err)
    asked = {e.name for e in aws.journal.entries()}
    assert "ecs:DescribeServices" in asked
    assert not asked & {"cloudwatch:GetMetricData", "ce:GetCostAndUsage"}


@pytest.mark.campaign
def test_a_cap_on_dollars_holds_in_a_storm_too(tmp_path: Path, aws: SimulatedAws) -> None:
    done = advise(tmp_path, aws, *LIVE, "--max-api-usd", "0.001")
    assert done.code == 1
    assert "and $0.001 is the most" in done.err
    assert aws.journal.entries("cloudwatch:GetMetricData") == []
    # the plan fits, what has to be asked again does not
    aws.faults.reset(Fault("throttle", share=0.9, api="ce"))
    done = advise(tmp_path, aws, *LIVE, "--max-api-usd", "0.07", haste=40)
    assert done.code == 3, done.err
    assert len([e for e in aws.journal.entries() if e.name.startswith("ce:")]) <= 7


def test_what_a_plan_can_be_argued_with_reads_accounts_too(tmp_path: Path, aws: SimulatedAws) -> None:
    account = ("--region", REGION, "--days", "3", "--no-bill")
    compared = advise(tmp_path, aws, "what-if", *account, "--no-spot", "--format", "json")
    assert compared.code == 0, compared.err
    assert set(compared.plan["settings_changed"]) == {"spot.allowed"}
    assert "awsvpcTrunking is" in compared.err or "auto scaling keeps" in compared.err, "how it was read"
    paid = len(aws.journal.entries("cloudwatch:GetMetricData"))
    priced = advise(tmp_path, aws, "rules", *account, "--rule", "no-spot", "--format", "json")
    assert priced.code == 0, priced.err
    assert [r["name"] for r in priced.plan["rules"]] == ["no-spot"]
    again = len(aws.journal.entries("cloudwatch:GetMetricData")) - paid
    assert again < paid, "final days come from the store"
    aws.faults.reset(Fault("deny", api="ecr"))
    assert advise(tmp_path, aws, "what-if", *account, "--no-spot").code == 3


def test_new_prices_are_refused_whole_or_kept_whole_and_then_planned_with(
    tmp_path: Path, aws: SimulatedAws
) -> None:
    refresh = ("prices", "refresh", "--region", REGION, "--quiet")
    refused = advise(tmp_path, aws, *refresh)
    assert refused.code == 1
    assert "rows/ec2_prices/on_demand_pico/eu-west-1: 46 were read where 912 were known" in refused.err
    assert list((tmp_path / "data" / "prices").glob("2*")) == []
    # the little that is for sale there is meant; the list of interruptions is public, and no part of it
    kept = advise(tmp_path, aws, *refresh, "--accept", "rows/*")
    assert kept.code == 3, kept.err
    (snapshot,) = (tmp_path / "data" / "prices").glob("2*")
    assert f"kept in {snapshot}" in kept.err
    asked = {e.name for e in aws.journal.entries()}
    assert {"pricing:GetProducts", "ec2:DescribeSpotPriceHistory"} <= asked
    assert "savingsplans:DescribeSavingsPlansOfferingRates" in asked
    plan = advise(tmp_path, aws, *LIVE, "--no-bill", "--format", "json").plan
    assert (
        plan["catalog_digest"]
        != advise(tmp_path / "other", aws, *LIVE, "--no-bill", "--format", "json").plan["catalog_digest"]
    )


@pytest.mark.parametrize(
    "fault",
    ["deny", *(pytest.param(f, marks=pytest.mark.campaign) for f in ("", "throttle", "internal", "garbage"))],
)
def test_credentials_are_in_nothing_that_is_said_or_kept(
    tmp_path: Path, aws: SimulatedAws, fault: str
) -> None:
    if fault:
        aws.faults.reset(Fault(fault, share=0.5, api="e*"))
    for argv in ((*LIVE, "--debug"), ("pull", "--region", REGION, "--days", "2", "--debug")):
        done = advise(tmp_path, aws, *argv, haste=100, **CANARY)
        assert done.code in (0, 1, 3)
        assert leaks(tmp_path, done) == []
    assert {e.key for e in aws.journal.entries()} == {KEY}


def leaks(home: Path, done: Run) -> list[str]:
    """Return the pieces of credentials that are in what was said or written."""
    written = b"".join(p.read_bytes() for p in home.rglob("*") if p.is_file()).decode(errors="replace")
    told = done.out + done.err + written
    return [p for p in (KEY, SECRET, TOKEN, TOKEN[:24], TOKEN[-24:]) if p in told]


def test_people_can_start_it_too() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "simulated_aws", "--fault", "throttle share=0.5"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 0
    child.stdout.close()
    assert re.fullmatch(r"export AWS_ENDPOINT_URL=http://127\.0\.0\.1:\d+\n", first)
