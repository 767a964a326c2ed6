"""CloudTrail: who called RunTask in the last 90 days, fifty events a page, the newest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from simulated_aws.paging import page
from simulated_aws.place import Place
from simulated_aws.services.found import definition_arn
from simulated_aws.truth import minute_of

PAGE, KEPT = 50, timedelta(days=90)


def _events(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {a["AttributeKey"]: a["AttributeValue"] for a in params.get("LookupAttributes") or ()}
    found = list(_run_tasks(place, params)) if wanted.get("EventName", "RunTask") == "RunTask" else []
    shown, more = page(
        sorted(found, key=lambda e: e["EventTime"], reverse=True), params, "NextToken", PAGE, "MaxResults"
    )
    return {"Events": shown, **more}


def _run_tasks(place: Place, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    oldest = place.now - KEPT
    start = max(params.get("StartTime", oldest), oldest)
    end = min(params.get("EndTime", place.now), place.now)
    for owner in place.estate.at(place.account_id, place.region):
        for family in owner.families:
            for run in place.estate.truth.runs(family, minute_of(start), minute_of(end) + 1):
                at = datetime.fromtimestamp(run.start_min * 60, UTC)
                if not start <= at < end:
                    continue
                task = {
                    "taskArn": place.arn("ecs", f"task/{owner.name}/{family.name}-{run.number}-0"),
                    "clusterArn": place.arn("ecs", f"cluster/{owner.name}"),
                    "taskDefinitionArn": definition_arn(place, owner, family),
                    "group": f"family:{family.name}",
                    "launchType": family.launch,
                    "createdAt": f"{at:%b %d, %Y, %I:%M:%S %p}",
                }
                yield {
                    "EventId": f"{family.name}-{run.number}",
                    "EventName": "RunTask",
                    "EventTime": at,
                    "CloudTrailEvent": json.dumps({"responseElements": {"tasks": [task]}}),
                }


PLAYED = {"cloudtrail:LookupEvents": _events}
