"""Runs of batch tasks: from the best source that tells of the whole window, and never from a part of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from fakes_accounts import IDS, one_point, place
from fakes_aws import FakeCaller
from fakes_logs import Logs, stopped_event

from advisor.aws.budget import Budget, Estimate
from advisor.aws.failures import Ledger, Status
from advisor.errors import AwsError, DeniedError
from advisor.model import Usage
from advisor.usage import read_live
from advisor.usage.live.history.queries import MOST_LOOKS
from advisor.usage.live.history.sources import Deep

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
OLD = int((NOW - timedelta(days=400)).timestamp() * 1000)
EVENTS, PERFORMANCE = "/aws/events/ecs-tasks", "/aws/ecs/containerinsights/web/performance"


def task(number: int, family: str = "nightly", days: float = 1.0, minutes: float = 30.0) -> dict[str, Any]:
    """A run that began so many days ago."""
    began = NOW - timedelta(days=days)
    return {
        "taskArn": f"arn:aws:ecs:eu-west-1:{IDS[0]}:task/web/{number}",
        "clusterArn": f"arn:aws:ecs:eu-west-1:{IDS[0]}:cluster/web",
        "taskDefinitionArn": f"arn:aws:ecs:eu-west-1:{IDS[0]}:task-definition/{family}:9",
        "group": f"family:{family}",
        "launchType": "FARGATE",
        "createdAt": began,
        "pullStartedAt": began + timedelta(seconds=5),
        "startedAt": began + timedelta(seconds=30),
        "stoppedAt": began + timedelta(minutes=minutes),
        "stopCode": "EssentialContainerExited",
    }


def group(lines: list, **about: Any) -> tuple[dict[str, Any], list]:
    return {"creationTime": OLD, "storedBytes": 4 * 10**9, **about}, lines


def trail(*started: dict[str, Any]) -> dict[str, Any]:
    """What LookupEvents answers: a call each, and one that was refused."""
    kept = ("taskArn", "clusterArn", "taskDefinitionArn", "launchType", "group")
    events = [
        {
            "EventTime": t["createdAt"],
            "CloudTrailEvent": json.dumps(
                {
                    "responseElements": {
                        "tasks": [{**{k: t[k] for k in kept}, "createdAt": "Oct 1, 2026 3:00:00 AM"}]
                    }
                }
            ),
        }
        for t in started
    ]
    return {"Events": [*events, {"EventTime": NOW, "CloudTrailEvent": '{"responseElements": null}'}]}


def account(logs: Logs | None = None, *, insights: bool = True, **replaced: Any) -> FakeCaller:
    setting = [{"name": "containerInsights", "value": "enabled" if insights else "disabled"}]
    replaced.setdefault(
        "ecs__DescribeClusters",
        lambda clusters, include: {"clusters": [{"clusterArn": a, "settings": setting} for a in clusters]},
    )
    caller = place(IDS[0], cloudwatch__GetMetricData=one_point, **replaced)
    caller.answers |= (logs or Logs({})).answers()
    return caller


def read(
    caller: FakeCaller, days: int = 14, deep: Deep | None = None, ledger: Ledger | None = None, **more
) -> Usage:
    return read_live(
        [caller], ledger or Ledger(), name="prod", days=days, now=NOW, deep=deep or Deep(), bill=False, **more
    )


def runs(usage: Usage) -> list[dict[str, Any]]:
    ids = usage.workloads["workload_id"]
    return [{**row, "workload_id": ids[row["workload"]]} for row in usage.runs.iter_rows(named=True)]


def test_events_tell_of_every_run_and_are_checked_like_a_file() -> None:
    logs = Logs({EVENTS: group([stopped_event(task(n, days=n + 1)) for n in range(10)])})
    usage = read(account(logs))
    found = runs(usage)
    assert len(found) == 10
    one = task(0)
    assert found[-1] == {
        "workload": found[-1]["workload"],
        "workload_id": "nightly",
        "created_at": one["createdAt"],
        "pull_started_at": one["pullStartedAt"],
        "started_at": one["startedAt"],
        "stopped_at": one["stoppedAt"],
        "stop_code": "EssentialContainerExited",
    }
    assert (
        f"{IDS[0]} eu-west-1: 10 runs in cluster web are from task state changes in {EVENTS}, 14 days of it"
        in usage.notes
    )
    (query,) = logs.queries
    assert 'detail.lastStatus = "STOPPED"' in query["queryString"]
    assert "detail.group not like /^service:/" in query["queryString"]
    assert query["endTime"] - query["startTime"] == 14 * 86_400


def test_an_event_that_came_twice_counts_once_and_noise_not_at_all() -> None:
    noise = [
        (NOW.timestamp() - 90_000, {"@message": text})
        for text in ("hello", "[1]", '{"detail": 3}', '{"detail": {}}')
    ]
    lines = [*[stopped_event(task(1, days=2))] * 2, *noise]
    assert len(runs(read(account(Logs({EVENTS: group(lines)}))))) == 1


def test_a_run_that_cannot_be_is_set_aside_by_the_checks_of_files() -> None:
    backwards = {**task(1, days=2), "stoppedAt": NOW - timedelta(days=3)}
    usage = read(account(Logs({EVENTS: group([stopped_event(backwards), stopped_event(task(2, days=2))])})))
    assert len(runs(usage)) == 1
    assert usage.rows_rejected == 1
    assert any("1 rows set aside: AWS runs row" in note for note in usage.notes)


def test_a_family_that_only_events_know_becomes_a_workload() -> None:
    logs = Logs({EVENTS: group([stopped_event(task(1, "legacy", days=3))])})
    usage = read(account(logs))
    ids = usage.workloads["workload_id"].to_list()
    assert "tasks/legacy" in ids
    row = usage.workloads.row(ids.index("tasks/legacy"), named=True)
    assert (row["kind"], row["launch_type"], row["name"]) == ("STANDALONE", "FARGATE", "legacy")
    assert [r["workload_id"] for r in runs(usage)] == ["tasks/legacy"]


def test_a_group_that_is_named_is_the_only_one_asked() -> None:
    lines = [stopped_event(task(1, days=2))]
    logs = Logs({"/ours": group(lines), "/ours-too": group(lines), EVENTS: group(lines)})
    assert len(runs(read(account(logs), deep=Deep("/ours")))) == 1
    assert [q["logGroupName"] for q in logs.queries] == ["/ours"]


def test_performance_logs_tell_runs_to_the_minute_and_not_what_still_runs() -> None:
    def line(number: int, days: float, last: datetime) -> tuple[float, dict[str, str]]:
        began = (NOW - timedelta(days=days)).timestamp() * 1000
        seen = last.strftime("%Y-%m-%d %H:%M:%S.000")
        names = {"TaskId": str(number), "TaskDefinitionFamily": "nightly", "TaskDefinitionRevision": "9"}
        times = {"created": str(int(began)), "pulled": str(int(began + 5000)), "started": "", "seen": seen}
        return last.timestamp() - 60, {**names, "LaunchType": "FARGATE", **times}

    end = NOW.replace(minute=0)
    lines = [line(1, 2, NOW - timedelta(days=1.9)), line(2, 0.1, end - timedelta(minutes=1))]
    logs = Logs({PERFORMANCE: group(lines)})
    (run,) = runs(read(account(logs)))
    assert run["created_at"] == NOW - timedelta(days=2)
    assert run["started_at"] is None
    assert run["stopped_at"] == NOW - timedelta(days=1.9) + timedelta(minutes=1)
    assert "not ispresent(ServiceName)" in logs.queries[0]["queryString"]


def test_events_win_over_performance_logs_which_are_then_not_paid_for() -> None:
    logs = Logs({EVENTS: group([]), PERFORMANCE: group([])})
    told: list[Estimate] = []
    read(account(logs), before_paying=told.append)
    assert [q["logGroupName"] for q in logs.queries] == [EVENTS]
    # 4 GB stored over 400 days, of which 14 are asked for
    assert told[0].requests == 1 + 11
    assert told[0].price_usd == pytest.approx(
        Decimal("0.02") * 14 / 400 + Decimal("0.00052"), rel=Decimal("0.01")
    )


@pytest.mark.parametrize(
    "young", [{"retentionInDays": 3}, {"creationTime": int((NOW.timestamp() - 3 * 86_400) * 1000)}]
)
def test_a_source_that_does_not_reach_back_is_not_read_for_its_silence_is_no_rest(
    young: dict[str, int],
) -> None:
    logs = Logs({EVENTS: group([stopped_event(task(1))], **young)})
    usage = read(account(logs))
    assert logs.queries == []
    assert runs(usage) == []
    told = next(note for note in usage.notes if "goes back" in note)
    assert "3.0 of 14 days" in told
    assert "--days 2" in told
    assert f"--log-group-name {EVENTS} --retention-in-days" in told
    assert len(runs(read(account(logs), days=2))) == 1


def test_starts_in_the_trail_last_as_long_as_runs_that_were_seen_to_stop() -> None:
    lately = [task(n, "thumbs", days=0.03, minutes=m) for n, m in ((90, 10.5), (91, 5.5), (92, 20.5))]
    caller = account(
        insights=False,
        cloudtrail__LookupEvents=trail(
            *(task(n, "thumbs", days=n) for n in (1, 2, 3)), task(7, "nightly", days=4)
        ),
        ecs__ListTasks=lambda cluster, desiredStatus: {
            "taskArns": [t["taskArn"] for t in lately] if desiredStatus == "STOPPED" else []
        },
        ecs__DescribeTasks=lambda tasks, cluster: {"tasks": lately if tasks else []},
    )
    usage = read(caller)
    found = [r for r in runs(usage) if r["workload_id"] == "thumbs"]
    assert [r["created_at"] for r in found] == [NOW - timedelta(days=d) for d in (3, 2, 1)]
    assert {(r["stopped_at"] - r["created_at"]).total_seconds() for r in found} == {600.0}
    assert any(
        "3 runs of web/thumbs have a start and no stop: taken to last 600 s, the median of 3" in n
        for n in usage.notes
    )
    assert any(
        "1 starts of web/nightly are left out: nothing tells how long they ran" in n for n in usage.notes
    )
    (asked,) = (params for name, params in caller.asked if name == "cloudtrail:LookupEvents")
    assert asked["LookupAttributes"] == [{"AttributeKey": "EventName", "AttributeValue": "RunTask"}]


def test_the_trail_does_not_stand_in_for_metrics_that_count_by_the_minute() -> None:
    caller = account(cloudtrail__LookupEvents=trail(task(1, days=2)))
    usage = read(caller)
    assert caller.times("cloudtrail:LookupEvents") == 0
    assert any("no source tells of all runs in cluster web" in note for note in usage.notes)


def test_the_last_hour_alone_is_no_history() -> None:
    caller = account(
        insights=False,
        cloudtrail__LookupEvents=DeniedError("no", hint="allow cloudtrail:LookupEvents"),
        ecs__ListTasks=lambda cluster, desiredStatus: {
            "taskArns": ["t/1"] if desiredStatus == "STOPPED" else []
        },
        ecs__DescribeTasks=lambda tasks, cluster: {"tasks": [task(1, "thumbs", days=0.03)] if tasks else []},
    )
    ledger = Ledger()
    assert runs(read(caller, ledger=ledger)) == []
    states = {c.api: c.status for c in ledger.cells()}
    assert states["cloudtrail"] is Status.DENIED
    assert states["ecs"] is Status.COMPLETE


def test_a_refused_log_leaves_the_next_source() -> None:
    logs = Logs({EVENTS: group([])})
    ledger = Ledger()
    caller = account(logs, insights=False, cloudtrail__LookupEvents=trail(task(1, days=2)))
    caller.answers["logs:StartQuery"] = DeniedError("no", hint="allow logs:StartQuery")
    read(caller, ledger=ledger)
    states = {c.api: c.status for c in ledger.cells()}
    assert (states["logs"], states["cloudtrail"]) == (Status.DENIED, Status.COMPLETE)


def test_full_answers_are_cut_in_halves_until_nothing_is_missing() -> None:
    lines = sorted(
        (stopped_event(task(n, days=n / 3000 + 0.1)) for n in range(25_000)), key=lambda line: line[0]
    )
    logs = Logs({EVENTS: group(lines)})
    paid: list[Decimal] = []
    assert len(runs(read(account(logs), deep=Deep(paid=paid.append)))) == 25_000
    spans = {(q["startTime"], q["endTime"]) for q in logs.queries}
    whole = sorted(s for s in spans if not any(s != t and s[0] <= t[0] and t[1] <= s[1] for t in spans))
    assert len(whole) > 2
    assert all(after[0] == before[1] + 1 for before, after in pairwise(whole)), "no second is left out"
    assert paid == [Decimal("0.01")] * len(logs.queries)


def test_a_scan_beyond_the_budget_ends_the_others_and_is_told() -> None:
    logs = Logs({EVENTS: group([stopped_event(task(1, days=2))])}, gb=100)
    ledger, budget = Ledger(), Budget(Decimal("0.10"))
    usage = read(account(logs), deep=Deep(paid=budget.add), ledger=ledger)
    assert budget.spent_usd == Decimal("0.5")
    assert any("calls have cost $0.5000, and $0.10 is the most" in str(c) for c in ledger.cells())
    assert runs(usage) == []


@pytest.mark.parametrize(
    ("statuses", "said"), [(("Failed",), "ended as Failed"), (("Running",) * 9999, "did not end")]
)
def test_a_query_that_fails_or_never_ends_is_told(statuses: tuple[str, ...], said: str) -> None:
    logs, ledger = Logs({EVENTS: group([])}, statuses=statuses), Ledger()
    read(account(logs), ledger=ledger)
    (cell,) = (c for c in ledger.cells() if c.api == "logs")
    assert cell.status is Status.PARTIAL
    assert said in cell.reason
    assert logs.stopped == (["0"] if "end" in said.split() else [])
    assert logs.looks["0"] <= MOST_LOOKS


def test_nothing_of_it_is_asked_unless_told() -> None:
    caller = account(Logs({EVENTS: group([])}))
    usage = read_live([caller], Ledger(), name="prod", days=14, now=NOW)
    assert not any(name.startswith(("logs:", "cloudtrail:")) for name, _ in caller.asked)
    assert not any("no source" in note for note in usage.notes)


def test_a_batch_error_of_aws_is_a_partial_cell() -> None:
    caller, ledger = account(Logs({EVENTS: group([])})), Ledger()
    caller.answers["logs:GetQueryResults"] = AwsError("odd")
    read(caller, ledger=ledger)
    assert {c.status for c in ledger.cells() if c.api == "logs"} == {Status.PARTIAL}
