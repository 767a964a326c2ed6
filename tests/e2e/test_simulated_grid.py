"""Every cell of an account × API grid is denied, and broken, in turn: exactly that cell is marked."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from simulated import advise
from simulated_aws.faults import Fault
from simulated_aws.fleets import company
from simulated_aws.server import SimulatedAws

from advisor.__main__ import main
from advisor.aws import calls
from advisor.aws.clock import Clock

pytestmark = pytest.mark.e2e
REGION = "eu-west-1"
ACCOUNTS = ("111122223333", "111122223334", "111122223335")
APIS = (
    *("application-autoscaling", "ce", "cloudtrail", "cloudwatch", "ec2", "ecr", "ecs", "events", "logs"),
    *("savingsplans", "scheduler"),
)
ARGV = (
    *("recommend", "--accounts", ",".join(ACCOUNTS), "--role-arn", "arn:aws:iam::{account}:role/r"),
    *("--region", REGION, "--days", "1", "--set", "profile.min_days=0.5", "--deep", "--no-cache"),
    *("--format", "json"),
)
HOLE = re.compile(r"^warning: (\d{12}) (\S+) ([a-z0-9-]+): (\w+)", re.M)
TALLY = re.compile(r"^all +.*$", re.M)
HASTE = 200
STATES = {"deny": "denied", "reset": "unreachable", "throttle": "throttled"}
GRID = list(product(ACCOUNTS, APIS))
SOME = random.Random(11).sample(GRID, 2)


@pytest.fixture(scope="module")
def aws() -> Iterator[SimulatedAws]:
    # seed 1: nobody writes task state changes down, so that CloudTrail is asked too
    with SimulatedAws(company(1, accounts=3, regions=(REGION,), services=2)) as found:
        yield found
        assert found.journal.wrong == []


@pytest.fixture
def told(alone: Path, aws: SimulatedAws, monkeypatch, capsys):
    """Return a function that runs the command here, over HTTP, with a fast clock: exit code and stderr."""
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    fast = lambda: Clock(lambda: time.monotonic() * HASTE, lambda s: time.sleep(s / HASTE))  # noqa: E731
    monkeypatch.setattr(calls, "Clock", fast)

    def run(*faults: Fault) -> tuple[int, str]:
        aws.faults.reset(*faults)
        aws.journal.clear()
        with pytest.raises(SystemExit) as ended:
            main(list(ARGV))
        return int(ended.value.code or 0), capsys.readouterr().err

    return run


def check(told, account_id: str, api: str, kind: str) -> None:
    code, err = told(Fault(kind, account=account_id, api=api))
    assert code == 3, err
    assert HOLE.findall(err) == [(account_id, REGION, api, STATES[kind])]
    assert "read 32 of 33 APIs whole" in err


def test_without_a_fault_every_cell_is_whole(told, aws: SimulatedAws) -> None:
    code, err = told()
    assert code == 0
    assert HOLE.findall(err) == []
    asked = {(e.account_id, e.name.split(":")[0]) for e in aws.journal.entries()}
    assert {(a, api) for a, api in GRID} <= asked, "every cell of the grid is asked"


@pytest.mark.parametrize(
    ("account_id", "api", "kind"),
    [(ACCOUNTS[1], "ecs", "deny"), (*SOME[0], "deny"), (*SOME[1], "reset")],
)
def test_some_cells(told, account_id: str, api: str, kind: str) -> None:
    check(told, account_id, api, kind)


@pytest.mark.campaign
@pytest.mark.parametrize(("account_id", "api"), GRID)
@pytest.mark.parametrize("kind", ["deny", "reset", "throttle"])
def test_every_cell(told, account_id: str, api: str, kind: str) -> None:
    check(told, account_id, api, kind)


def test_a_denied_cell_as_people_see_it(tmp_path: Path, aws: SimulatedAws) -> None:
    aws.faults.reset(Fault("deny", account=ACCOUNTS[1], api="ecr"))
    done = advise(tmp_path, aws, *ARGV)
    assert done.code == 3
    assert HOLE.findall(done.err) == [(ACCOUNTS[1], REGION, "ecr", "denied")]
    assert "allow ecr:DescribeImages, part of advisor policy --tier basic" in done.err


def test_an_account_that_lets_nobody_in_costs_no_other(tmp_path: Path) -> None:
    from dataclasses import replace

    estate = replace(company(1, accounts=3, regions=(REGION,), services=2), closed=(ACCOUNTS[2],))
    with SimulatedAws(estate) as aws:
        done = advise(tmp_path, aws, *ARGV)
        assert {e.account_id for e in aws.journal.entries("ecs:ListClusters")} == set(ACCOUNTS[:2])
    assert done.code == 3, done.err
    assert f"warning: {ACCOUNTS[2]} {REGION} (" in done.err
    assert "denied, sts:AssumeRole" in done.err
    assert "let the role trust these credentials" in done.err


def test_a_role_of_the_basic_tier_is_told_what_would_do(tmp_path: Path) -> None:
    from advisor.aws.operations import OPERATIONS, Tier

    beyond = [Fault("deny", api=o.name) for o in OPERATIONS.values() if o.tier is Tier.COST]
    argv = ("recommend", "--region", REGION, "--days", "1", "--set", "profile.min_days=0.5", "--no-cache")
    with SimulatedAws(company(1, accounts=1, regions=(REGION,), services=2), faults=tuple(beyond)) as aws:
        done = advise(tmp_path, aws, *argv)
        without = advise(tmp_path, aws, *argv, "--no-bill")
    assert done.code == 3, done.err
    assert "all that is missing is of the cost tier" in done.err
    assert "--no-bill does without it" in done.err
    assert without.code == 0, without.err
