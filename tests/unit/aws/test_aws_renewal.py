"""Roles whose sessions end early are entered again, once for all threads; a clock that is off is named."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import boto3
import pytest
from simulated_aws.faults import Fault
from simulated_aws.fleets import company
from simulated_aws.server import SimulatedAws

from advisor.aws.clients import Account, in_role
from advisor.aws.partitions import partition
from advisor.errors import DeniedError

REGION, INSIDE = "eu-west-1", "111122223334"
ROLE = f"arn:aws:iam::{INSIDE}:role/r"


@pytest.fixture
def aws(monkeypatch) -> Iterator[SimulatedAws]:
    with SimulatedAws(company(accounts=2, regions=(REGION,), services=1)) as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found
        assert found.journal.wrong == []


def entered() -> Account:
    return Account(in_role(boto3.Session(), ROLE, REGION), REGION)


def test_many_threads_renew_once(aws: SimulatedAws) -> None:
    caller = entered().caller(REGION)
    caller.call("ecs:ListClusters")
    aws.identities.end("ASIASIM0000000000001")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: caller.call("ecs:ListClusters"), range(8)))
    assert {len(a["clusterArns"]) for a in answers} == {2}
    assert len(aws.journal.entries("sts:AssumeRole")) == 2
    keys = [e.key for e in aws.journal.entries("ecs:ListClusters")]
    assert keys.count("ASIASIM0000000000002") == 8


def test_what_runs_out_again_at_once_is_refused(aws: SimulatedAws) -> None:
    caller = entered().caller(REGION)
    aws.faults.reset(Fault("expire", api="ecs"))
    with pytest.raises(DeniedError, match="ExpiredTokenException") as raised:
        caller.call("ecs:ListClusters")
    assert "sign in again" in str(raised.value.hint)
    assert len(aws.journal.entries("ecs:ListClusters")) == 2


def test_a_role_that_lets_nobody_in_any_more_says_so(aws: SimulatedAws) -> None:
    caller = entered().caller(REGION)
    aws.identities.end("ASIASIM0000000000001")
    aws.faults.reset(Fault("deny", api="sts"))
    with pytest.raises(DeniedError, match="sts:AssumeRole") as raised:
        caller.call("ecs:ListClusters")
    assert "trust" in str(raised.value.hint)


def test_keys_that_cannot_be_renewed_are_refused_at_once(aws: SimulatedAws, monkeypatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "one")
    caller = Account(boto3.Session(), REGION).caller(REGION)
    aws.faults.reset(Fault("expire", api="ecs"))
    with pytest.raises(DeniedError, match="ExpiredTokenException"):
        caller.call("ecs:ListClusters")
    assert len(aws.journal.entries("ecs:ListClusters")) == 1


@pytest.mark.parametrize(("hours", "word"), [(2, "120 minutes behind"), (-2, "120 minutes ahead of")])
def test_a_clock_that_is_off(aws: SimulatedAws, hours: int, word: str) -> None:
    caller = Account(boto3.Session(), REGION).caller(REGION)
    aws.skew = timedelta(hours=hours)
    for name, code in (("ecs:ListClusters", "InvalidSignature"), ("ec2:DescribeRegions", "RequestExpired")):
        with pytest.raises(DeniedError, match=f"{code}.*this machine's clock is {word}") as raised:
            caller.call(name)
        assert "clock" in str(raised.value.hint)


def test_regions_know_their_partition() -> None:
    found = {r: partition(r) for r in ("eu-west-1", "cn-north-1", "us-gov-west-1", "us-east-1")}
    assert list(found.values()) == ["aws", "aws-cn", "aws-us-gov", "aws"]
