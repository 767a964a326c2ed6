"""ECS: tasks that run or stopped within the last hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from simulated_aws.estate import Cluster, Family
from simulated_aws.paging import page
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal
from simulated_aws.services.found import cluster, definition_arn
from simulated_aws.truth import Run, minute_of

MOST, KEPT_MIN = 100, 60


def of_run(place: Place, owner: Cluster, family: Family, run: Run) -> Iterator[dict[str, Any]]:
    """Yield the tasks of a run as ECS describes them once they have stopped."""
    start, end = (datetime.fromtimestamp(m * 60, UTC) for m in (run.start_min, run.end_min))
    for number in range(family.tasks):
        yield {
            "taskArn": place.arn("ecs", f"task/{owner.name}/{family.name}-{run.number}-{number}"),
            "clusterArn": place.arn("ecs", f"cluster/{owner.name}"),
            "taskDefinitionArn": definition_arn(place, owner, family),
            "group": f"family:{family.name}",
            "launchType": family.launch,
            "lastStatus": "STOPPED",
            "createdAt": start,
            "pullStartedAt": start + timedelta(seconds=8),
            "startedAt": start + timedelta(seconds=20),
            "stoppedAt": end,
            "stopCode": "EssentialContainerExited",
        }


def _tasks(place: Place, owner: Cluster) -> Iterator[dict[str, Any]]:
    now = minute_of(place.now)
    for service in owner.services:
        for number in range(place.estate.truth.tasks(service, now)):
            yield {
                "taskArn": place.arn("ecs", f"task/{owner.name}/{service.name}-{number}"),
                "clusterArn": place.arn("ecs", f"cluster/{owner.name}"),
                "taskDefinitionArn": definition_arn(place, owner, service),
                "group": f"service:{service.name}",
                "lastStatus": "RUNNING",
                "createdAt": service.since,
            }
    for family in owner.families:
        for run in place.estate.truth.runs(family, now - KEPT_MIN, now + 1):
            for task in of_run(place, owner, family, run):
                if run.end_min <= now:
                    yield task
                else:
                    unknown = ("stoppedAt", "stopCode")
                    yield {k: v for k, v in task.items() if k not in unknown} | {"lastStatus": "RUNNING"}


def _list(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    wanted = params.get("desiredStatus", "RUNNING")
    arns = [t["taskArn"] for t in _tasks(place, cluster(place, params)) if t["lastStatus"] == wanted]
    shown, more = page(arns, params, "nextToken", MOST, "maxResults")
    return {"taskArns": shown, **more}


def _describe(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    asked = params["tasks"]
    if not 0 < len(asked) <= MOST:
        raise Refusal("InvalidParameterException", f"Tasks must have 1 to {MOST} elements")
    known = {t["taskArn"]: t for t in _tasks(place, cluster(place, params))}
    return {
        "tasks": [known[a] for a in asked if a in known],
        "failures": [{"arn": a, "reason": "MISSING"} for a in asked if a not in known],
    }


PLAYED = {"ecs:ListTasks": _list, "ecs:DescribeTasks": _describe}
