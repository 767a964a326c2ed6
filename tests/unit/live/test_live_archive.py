"""Runs from task state changes in S3: whatever brought them there, each once, and never another account's."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from fakes_accounts import IDS, one_point, place
from fakes_aws import FakeCaller
from fakes_objects import Bucket, exported, lined, run_together, state_change, subscribed

from advisor.aws.budget import Estimate
from advisor.aws.failures import Ledger, Status
from advisor.errors import AwsError, ConfigError, DeniedError
from advisor.model import Usage
from advisor.usage import read_live
from advisor.usage.live.history.objects import Archives, Folder, folder
from advisor.usage.live.history.sources import Deep

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
OLD = NOW - timedelta(days=100)
URL = "s3://acme-events/ecs/"


def task(
    number: int, days: float = 1.0, account_id: str = IDS[0], group: str = "family:nightly"
) -> dict[str, Any]:
    """A run of half an hour that began so many days ago."""
    began = NOW - timedelta(days=days)
    return {
        "taskArn": f"arn:aws:ecs:eu-west-1:{account_id}:task/web/{number}",
        "clusterArn": f"arn:aws:ecs:eu-west-1:{account_id}:cluster/web",
        "taskDefinitionArn": f"arn:aws:ecs:eu-west-1:{account_id}:task-definition/nightly:9",
        "group": group,
        "launchType": "FARGATE",
        "createdAt": began,
        "stoppedAt": began + timedelta(minutes=30),
    }


def bucket(*contents: bytes, page: int = 1000, speakers: tuple[str, ...] = IDS[:2]) -> Bucket:
    """A bucket that reaches back, with an object a day from the last one on.

    Args:
        speakers: accounts of which something is told at the start of a fortnight.
    """
    early = [state_change(task(0, 14, a), lastStatus="RUNNING") for a in speakers]
    objects = {
        "ecs/2026/07/01/00/first": (OLD, run_together([state_change(task(0, 100))])),
        "ecs/2026/09/01/00/early": (NOW - timedelta(days=13.9), run_together(early)),
    }
    for number, content in enumerate(contents):
        objects[f"ecs/2026/10/{number:02}/00/delivery"] = (NOW - timedelta(days=number), content)
    return Bucket(objects, page=page)


def read(
    known: Bucket | Mapping[str, Any],
    *account_ids: str,
    days: int = 14,
    url: str = URL,
    ledger: Ledger | None = None,
    **more: Any,
) -> Usage:
    answers = known.answers() if isinstance(known, Bucket) else known
    callers = [place(a, cloudwatch__GetMetricData=one_point) for a in account_ids or IDS[:1]]
    for caller in callers:
        caller.answers |= {"logs:DescribeLogGroups": {"logGroups": []}, **answers}
    deep = Deep(archives=Archives(folder(url)))
    return read_live(
        callers, ledger or Ledger(), name="prod", days=days, now=NOW, deep=deep, bill=False, **more
    )


def begun(usage: Usage) -> list[datetime]:
    return sorted(usage.runs["created_at"].to_list())


def packed_again(events: list[dict[str, Any]]) -> bytes:
    """A subscription into a Firehose that packs too."""
    return gzip.compress(subscribed(events))


def members(events: list[dict[str, Any]]) -> bytes:
    """Packed pieces with line ends between and behind them."""
    return b"".join(lined([e]) + b"\n" for e in events)


@pytest.mark.parametrize("form", [run_together, lined, subscribed, exported, packed_again, members])
def test_events_are_read_however_they_came(form: Callable[..., bytes]) -> None:
    events = [state_change(task(n, days=n)) for n in (1, 2, 3)]
    usage = read(bucket(form(events)))
    assert begun(usage) == [NOW - timedelta(days=n) for n in (3, 2, 1)]
    (note,) = (n for n in usage.notes if "runs in cluster web" in n)
    assert (
        note
        == f"{IDS[0]} eu-west-1: 3 runs in cluster web are from task state changes in {URL}, 14 days of it"
    )


def test_only_ends_of_tasks_without_a_service_are_runs() -> None:
    told = [
        state_change(task(1, days=1)),
        state_change(task(2, days=1), lastStatus="RUNNING"),
        state_change(task(3, days=1, group="service:checkout")),
        {**state_change(task(4, days=1)), "detail-type": "ECS Container Instance State Change"},
        state_change(task(5, days=20)),
    ]
    assert len(begun(read(bucket(run_together(told))))) == 1


def test_an_event_that_came_twice_counts_once() -> None:
    again = run_together([state_change(task(1))])
    assert len(begun(read(bucket(again, again)))) == 1


def test_one_bucket_of_two_accounts_is_read_once_and_each_has_its_own() -> None:
    known = bucket(run_together([state_change(task(1, 1)), state_change(task(2, 2, IDS[1]))]))
    usage = read(known, *IDS[:2])
    assert len(known.read) == len(set(known.read)) == 2
    assert begun(usage) == [NOW - timedelta(days=2), NOW - timedelta(days=1)]
    owners = usage.workloads["account_id"].gather(usage.runs["workload"]).to_list()
    assert sorted(owners) == sorted(IDS[:2])


def test_an_account_that_sends_no_events_is_told_and_its_silence_is_no_rest() -> None:
    ledger = Ledger()
    usage = read(bucket(run_together([state_change(task(1))]), speakers=IDS[:1]), *IDS[:2], ledger=ledger)
    states = {(c.account_id, c.api): c for c in ledger.cells()}
    assert states[IDS[0], "s3"].status is Status.COMPLETE
    silent = states[IDS[1], "s3"]
    assert (silent.status, silent.hint) == (Status.PARTIAL, "let its EventBridge rule send there too")
    assert f"no event below {URL} is of this account and region" in silent.reason
    assert f"{IDS[1]} eu-west-1: no source tells of all runs in cluster web in 14 days" in usage.notes


def test_an_account_whose_rule_is_young_is_told_and_its_silence_is_no_rest() -> None:
    ledger = Ledger()
    known = bucket(run_together([state_change(task(1)), state_change(task(2, 2, IDS[1]))]), speakers=IDS[:1])
    usage = read(known, *IDS[:2], ledger=ledger)
    assert begun(usage) == [NOW - timedelta(days=1)]
    (young,) = (c for c in ledger.cells() if (c.account_id, c.api) == (IDS[1], "s3"))
    assert "of this account and region came after 14 of 14 days" in young.reason
    assert "look back for fewer days" in young.hint


def test_what_a_shared_bucket_costs_is_counted_once() -> None:
    told: list[Estimate] = []
    for ids in (IDS[:1], IDS[:2]):
        read(bucket(run_together([state_change(task(1))])), *ids, before_paying=told.append)
    metrics = [t.requests - 2 for t in told]
    assert metrics[1] == 2 * metrics[0], "two objects, whoever asks"


def test_each_account_may_have_a_place_of_its_own() -> None:
    made = Folder("acme-{account}", "{region}/ecs")
    assert folder("s3://acme-{account}/{region}/ecs") == made
    assert str(made.of("1", "eu-west-1")) == "s3://acme-1/eu-west-1/ecs"
    archives = Archives(made)
    one, other = (FakeCaller({}, a) for a in IDS[:2])
    assert archives.of(one) is archives.of(one)
    assert archives.of(one) is not archives.of(other)


@pytest.mark.parametrize(
    "url", ["acme", "s3://", "s3:/acme/x", "https://acme/x", "s3://Acme/x", "s3://a{b}c/x"]
)
def test_what_is_no_place_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="is no place of S3"):
        folder(url)


def test_objects_written_before_the_window_are_not_paid_for() -> None:
    known = bucket(*[run_together([state_change(task(n, n))]) for n in range(1, 30)])
    told: list[Estimate] = []
    read(known, days=3, before_paying=told.append)
    assert known.read == sorted(known.read) == [f"ecs/2026/10/{n:02}/00/delivery" for n in range(4)]
    silent: list[Estimate] = []
    read(bucket(), days=3, before_paying=silent.append)
    assert told[0].requests - silent[0].requests == 4
    assert told[0].price_usd - silent[0].price_usd == 4 * Decimal("0.0000004")


def test_an_archive_that_does_not_reach_back_is_not_read() -> None:
    known = Bucket({"ecs/x": (NOW - timedelta(days=3), run_together([state_change(task(1))]))})
    usage = read(known)
    assert known.read == []
    (note,) = (n for n in usage.notes if "goes back" in n)
    assert f"task state changes in {URL} goes back 3.0 of 14 days and is not read" in note
    assert "keep more from now on: a longer lifecycle of acme-events" in note


def test_an_empty_place_is_told_with_what_to_check() -> None:
    ledger = Ledger()
    read(Bucket({"elsewhere/x": (OLD, b"{}")}), ledger=ledger)
    (cell,) = (c for c in ledger.cells() if c.api == "s3")
    assert (cell.status, cell.reason) == (Status.PARTIAL, f"{URL} holds no object")
    assert cell.hint == "check the prefix of --events-s3"


def test_what_may_not_be_listed_costs_no_other_source() -> None:
    ledger = Ledger()
    denied = DeniedError("s3:ListObjectsV2: AccessDenied", hint="allow s3:ListBucket")
    usage = read({"s3:ListObjectsV2": denied}, ledger=ledger)
    states = {c.api: c.status for c in ledger.cells()}
    assert (states["s3"], states["logs"]) == (Status.DENIED, Status.COMPLETE)
    assert any("no source tells of all runs" in note for note in usage.notes)


def test_names_come_in_pages_to_their_end() -> None:
    known = bucket(*[run_together([state_change(task(n, n / 10))]) for n in range(1, 12)], page=3)
    assert len(begun(read(known))) == 11


def test_a_list_that_goes_in_circles_ends() -> None:
    page = {"Contents": [{"Key": "ecs/a", "LastModified": OLD, "Size": 2}], "IsTruncated": True}
    ledger = Ledger()
    read({"s3:ListObjectsV2": page}, ledger=ledger)
    assert any("go in a circle" in c.reason for c in ledger.cells() if c.api == "s3")


@pytest.mark.parametrize(
    "noise",
    [b"hello {", b"\x1f\x8bbroken", b"PAR1", b'{"a": 1}', b'{"detail": 3}', b"[" * 5000, b'{"a":' * 5000],
)
def test_noise_is_counted_and_costs_no_run(noise: bytes) -> None:
    usage = read(bucket(run_together([state_change(task(1))]), noise))
    assert len(begun(usage)) == 1
    (note,) = (n for n in usage.notes if "runs in cluster web" in n)
    assert "(where 1 lines or objects are no events and left out)" in note


def test_a_packed_object_without_end_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.usage.live.history.objects.MOST_BYTES", 1000)
    usage = read(bucket(run_together([state_change(task(1))]), lined([state_change(task(2))] * 9)))
    assert len(begun(usage)) == 1
    assert any("1 lines or objects are no events" in note for note in usage.notes)


@pytest.mark.parametrize(
    "odd",
    [
        {"taskArn": 5},
        {"clusterArn": ["arn:aws:ecs:eu-west-1:1:cluster/web"]},
        {"taskDefinitionArn": {"a": 1}},
        {"stopCode": 7, "capacityProviderName": ["x"]},
        {"stoppedAt": "soon"},
    ],
)
def test_fields_of_another_kind_end_nothing(odd: dict[str, Any]) -> None:
    events = [state_change(task(1)), state_change(task(2, 2), **odd)]
    assert NOW - timedelta(days=1) in begun(read(bucket(run_together(events))))


def test_what_ecs_tells_besides_tasks_is_no_noise() -> None:
    deployment = {"detail-type": "ECS Deployment State Change", "detail": {"eventName": "SERVICE_DEPLOYMENT"}}
    usage = read(bucket(run_together([deployment, state_change(task(1))])))
    assert not any("no events" in note for note in usage.notes)


def test_a_damaged_end_of_a_packed_object_costs_its_own_only() -> None:
    usage = read(bucket(lined([state_change(task(1))]) + b"\n" + lined([state_change(task(2, 2))])[:40]))
    assert begun(usage) == [NOW - timedelta(days=1)]
    assert any("where 1 lines or objects are no events" in note for note in usage.notes)


def test_an_object_that_cannot_be_read_is_a_hole() -> None:
    known = bucket(run_together([state_change(task(1))]))
    ledger = Ledger()
    usage = read({**known.answers(), "s3:GetObject": AwsError("InvalidObjectState")}, ledger=ledger)
    assert begun(usage) == []
    assert [c.status for c in ledger.cells() if c.api == "s3"] == [Status.PARTIAL]
