"""Whatever AWS and the network do: all data, or exactly the cell that is missing, in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from simulated import HASTE, Run, advise
from simulated_aws.faults import Fault
from simulated_aws.fleets import company, small
from simulated_aws.server import SimulatedAws

pytestmark = pytest.mark.e2e
REGION = "eu-west-1"
LIVE = (
    *(
        "recommend",
        "--region",
        REGION,
        "--days",
        "1",
        "--set",
        "profile.min_days=0.5",
        "--no-cache",
        "--format",
        "json",
    ),
)
ROLES = ("--role-arn", "arn:aws:iam::{account}:role/advisor-read", "--accounts", "org")
SLOW = pytest.mark.campaign
"""The same idea again with another fault; a seeded few run by default."""
IN_TIME_S = 60.0
"""Real time; a deadline of five minutes takes 7.5 seconds of it."""


@pytest.fixture
def aws() -> Iterator[SimulatedAws]:
    with SimulatedAws(small()) as found:
        yield found
        assert found.journal.wrong == []


def hour_of_the_window() -> datetime:
    """Return the end of the window that is read now; two runs of one hour read the same."""
    return (datetime.now(UTC) - timedelta(minutes=5)).replace(minute=0, second=0, microsecond=0)


def both(home: Path, aws: SimulatedAws, *faults: Fault) -> tuple[Run, Run]:
    """Return a run without faults and one with them, both of the same window."""
    while True:
        hour = hour_of_the_window()
        aws.faults.reset()
        calm = advise(home / "calm", aws, *LIVE)
        aws.faults.reset(*faults)
        begun = time.monotonic()
        rough = advise(home / "rough", aws, *LIVE, haste=HASTE)
        assert time.monotonic() - begun < IN_TIME_S
        if hour == hour_of_the_window():
            return calm, rough


@pytest.mark.parametrize(
    "fault",
    [
        Fault("throttle", share=0.5),
        pytest.param(Fault("internal", share=0.3), marks=SLOW),
        pytest.param(Fault("html", share=0.3), marks=SLOW),
        pytest.param(Fault("reset", share=0.3), marks=SLOW),
        pytest.param(Fault("garbage", share=0.3), marks=SLOW),
        pytest.param(Fault("partial", tries=1), marks=SLOW),
        pytest.param(Fault("drip", share=0.2, seconds=0.02), marks=SLOW),
    ],
    ids=lambda f: str(f.kind),
)
def test_what_passes_costs_nothing(tmp_path: Path, aws: SimulatedAws, fault: Fault) -> None:
    calm, rough = both(tmp_path, aws, fault)
    assert aws.faults.played[fault.kind] > 1
    assert calm.code == rough.code == 0, rough.err
    assert calm.out == rough.out


@SLOW
def test_a_metric_that_stays_in_parts_is_told_with_its_hole(tmp_path: Path, aws: SimulatedAws) -> None:
    aws.faults.reset(Fault("partial"))
    done = advise(tmp_path, aws, *LIVE, haste=HASTE)
    assert done.code == 3
    assert f"{REGION} cloudwatch: partial, " in done.err
    assert "UTC: PartialData" in done.err
    assert holes(done) == {"cloudwatch: partial"}


@SLOW
def test_a_message_of_cloudwatch_is_shown(tmp_path: Path, aws: SimulatedAws) -> None:
    aws.faults.reset(Fault("message", most=1))
    done = advise(tmp_path, aws, *LIVE)
    assert done.code == 3
    assert "cloudwatch: partial, MaxMetricsExceeded: simulated" in done.err


def test_pages_that_go_in_a_circle_end(tmp_path: Path, aws: SimulatedAws) -> None:
    aws.faults.reset(Fault("loop", api="ecs:ListTasks"))
    done = advise(tmp_path, aws, *LIVE)
    assert done.code == 3
    assert "ecs:ListTasks: its pages go in a circle after 2 of them" in done.err
    assert len(aws.journal.entries("ecs:ListTasks")) < 20


def test_a_region_that_is_dead_costs_no_other(tmp_path: Path) -> None:
    with SimulatedAws(company(accounts=1)) as aws:
        aws.faults.reset(Fault("reset", region="us-east-1", api="[!s]*"))
        begun = time.monotonic()
        done = advise(tmp_path, aws, *LIVE, "--region", "us-east-1", haste=HASTE)
        took_s = time.monotonic() - begun
        assert aws.journal.wrong == []
    assert done.code == 3, done.err
    assert took_s < IN_TIME_S
    assert done.plan["regions"] == [REGION]
    assert "us-east-1" in done.err
    assert f" {REGION} ecs: unreachable" not in done.err
    assert "us-east-1 ecs: unreachable" in done.err


@SLOW
def test_a_storm_without_end_is_given_up_and_said(tmp_path: Path, aws: SimulatedAws) -> None:
    aws.faults.reset(Fault("throttle", api="ecr"))
    done = advise(tmp_path, aws, *LIVE, haste=HASTE * 2)
    assert done.code == 3
    assert holes(done) == {"ecr: throttled"}


def test_answers_that_drip_in_without_end_are_given_up(tmp_path: Path, aws: SimulatedAws) -> None:
    aws.faults.reset(Fault("drip", api="ecr", seconds=2.0))
    begun = time.monotonic()
    done = advise(tmp_path, aws, *LIVE, haste=HASTE)
    assert time.monotonic() - begun < IN_TIME_S
    assert done.code == 3, done.err
    assert holes(done) == {"ecr: unreachable"}
    assert "an answer began and did not end in time" in done.err


@pytest.mark.parametrize("after", [pytest.param(0, marks=SLOW), 5, pytest.param(25, marks=SLOW)])
def test_a_role_that_runs_out_is_entered_again(tmp_path: Path, after: int) -> None:
    with SimulatedAws(company(accounts=2, regions=(REGION,))) as aws:
        aws.faults.reset(Fault("expire", after=after, most=4, tries=1))
        done = advise(tmp_path, aws, *LIVE, *ROLES)
        assert aws.journal.wrong == []
        ended = [e.key for e in aws.journal.entries() if e.outcome.startswith("Expired")]
    assert aws.faults.played["expire"] >= 3
    assert done.code == 0, done.err
    assert len(ended) >= 3
    # nobody asks for a thousand new sessions either
    assert 3 <= len(aws.journal.entries("sts:AssumeRole")) <= 10


@SLOW
def test_a_role_that_always_runs_out_is_denied(tmp_path: Path) -> None:
    with SimulatedAws(company(accounts=1, regions=(REGION,))) as aws:
        aws.faults.reset(Fault("expire", api="ecr"))
        done = advise(tmp_path, aws, *LIVE, *ROLES)
    assert done.code == 3, done.err
    assert holes(done) == {"ecr: denied"}


@pytest.mark.parametrize(("ahead", "word"), [(1, "behind"), pytest.param(-1, "ahead of", marks=SLOW)])
def test_a_clock_that_is_off_is_one_clear_message(tmp_path: Path, ahead: int, word: str) -> None:
    with SimulatedAws(small(), skew=timedelta(hours=ahead)) as aws:
        done = advise(tmp_path, aws, *LIVE)
    assert done.code == 1
    assert f"this machine's clock is 60 minutes {word} AWS's" in done.err
    assert "hint: set this machine's clock" in done.err
    assert len(aws.journal.entries()) == 1


def holes(done: Run) -> set[str]:
    """Return `api: state` of the cells that are told as holes."""
    told = [line for line in done.err.splitlines() if line.startswith("warning: 1111")]
    return {line.split(",")[0].split(" ", 3)[3] for line in told}
