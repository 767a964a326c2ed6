"""Starts of runs from CloudTrail: every RunTask of the last 90 days, whoever called it; no stops."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from advisor.aws.budget import FREE, Estimate
from advisor.aws.calls import Caller
from advisor.aws.pages import items
from advisor.usage.live.history.sources import Run, Window, of_task

KEPT = timedelta(days=90)
PAGE = 50
RUN_TASK = "RunTask"


@dataclass(frozen=True)
class Trail:
    """What CloudTrail keeps of an account and region.

    Args:
        now: UTC.
    """

    caller: Caller
    clusters: frozenset[str]
    now: datetime
    name: str = "RunTask in CloudTrail"
    api: str = "cloudtrail"
    mend: str = ""
    estimate: Estimate = FREE

    @property
    def since(self) -> datetime:
        """See `RunSource`."""
        return self.now - KEPT

    def read(self, window: Window) -> list[Run]:
        """See `RunSource`; the runs have no stop."""
        events = items(
            self.caller,
            "cloudtrail:LookupEvents",
            "Events",
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": RUN_TASK}],
            StartTime=window.start,
            EndTime=window.end,
            MaxResults=PAGE,
        )
        return [run for event in events for run in _started(event)]


def _started(event: Mapping[str, Any]) -> Iterator[Run]:
    said = json.loads(event.get("CloudTrailEvent") or "{}")
    # a call that was refused started nothing
    for task in (said.get("responseElements") or {}).get("tasks") or ():
        # the trail writes times in words of its own; that of the call is a time
        bare = {k: v for k, v in task.items() if not k.endswith("At")}
        run = of_task(bare)
        if run:
            yield replace(run, created_at=event["EventTime"])
