"""CloudWatch Logs: a group with task state changes, and queries of it that take a moment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

from simulated_aws.estate import CREATED
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal
from simulated_aws.services.tasks import of_run

EVENTS = "/aws/events/ecs"
MOST_ROWS, PAGE = 10_000, 5_000
_LOCK = Lock()
_QUERIES: dict[str, tuple[Place, Mapping[str, Any], list[int]]] = {}


def _groups(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    if not place.estate.event_log or not EVENTS.startswith(params.get("logGroupNamePrefix", "")):
        return {"logGroups": []}
    created = int(CREATED.timestamp() * 1000)
    return {"logGroups": [{"logGroupName": EVENTS, "creationTime": created, "storedBytes": 5_000_000}]}


def _start(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    if params.get("logGroupName") != EVENTS or not place.estate.event_log:
        raise Refusal("ResourceNotFoundException", "Log group does not exist")
    with _LOCK:
        query_id = f"query-{len(_QUERIES)}"
        _QUERIES[query_id] = (place, params, [1])
    return {"queryId": query_id}


def _results(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    with _LOCK:
        known = _QUERIES.get(str(params["queryId"]))
        if known is None:
            raise Refusal("ResourceNotFoundException", "Query does not exist")
        asked_at, query, waits = known
        if waits[0]:
            waits[0] -= 1
            return {"status": "Running", "results": []}
    rows = [json.dumps(e) for e in events(asked_at, query["startTime"], query["endTime"])][:MOST_ROWS]
    begin = int(params.get("nextToken", "0"))
    more = {"nextToken": str(begin + PAGE)} if begin + PAGE < len(rows) else {}
    return {
        "status": "Complete",
        "results": [
            [{"field": "@message", "value": row}, {"field": "@ptr", "value": "x"}]
            for row in rows[begin : begin + PAGE]
        ],
        "statistics": {"bytesScanned": 5_000_000.0},
        **more,
    }


def events(place: Place, start_s: int, end_s: int) -> Iterator[dict[str, Any]]:
    """Yield the task state changes of runs that ended in a time, both seconds included."""
    for owner in place.estate.at(place.account_id, place.region):
        for family in owner.families:
            for run in place.estate.truth.runs(family, start_s // 60 - 1, end_s // 60 + 1):
                if start_s <= run.end_min * 60 <= end_s:
                    for task in of_run(place, owner, family, run):
                        detail = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in task.items()}
                        yield {"detail-type": "ECS Task State Change", "detail": detail}


def _stop(_: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    if str(params["queryId"]) not in _QUERIES:
        raise Refusal("ResourceNotFoundException", "Query does not exist")
    return {"success": True}


PLAYED = {
    "logs:DescribeLogGroups": _groups,
    "logs:StartQuery": _start,
    "logs:GetQueryResults": _results,
    "logs:StopQuery": _stop,
}
