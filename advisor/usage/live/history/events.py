"""Runs from task state changes that EventBridge writes into a log group: every run, to the millisecond."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.usage.live.clusters import SERVICE_GROUP
from advisor.usage.live.history.groups import InGroup, LogGroup, log_groups
from advisor.usage.live.history.queries import rows
from advisor.usage.live.history.sources import Deep, Run, Window, of_task

PREFIX = "/aws/events/ecs"
"""Log groups that EventBridge may write into are called `/aws/events/…`; Container Insights call theirs so too."""
INSIGHTS = f"{PREFIX}/containerinsights/"
STOPPED = "STOPPED"
QUERY = (
    f'fields @message | filter `detail-type` = "ECS Task State Change" and detail.lastStatus = "{STOPPED}"'
    f" and detail.group not like /^{SERVICE_GROUP}/"
)


@dataclass(frozen=True)
class Events(InGroup):
    """One log group with task state changes."""

    clusters: frozenset[str]
    window: Window
    api: str = "logs"

    @property
    def name(self) -> str:
        """See `RunSource`."""
        return f"task state changes in {self.group.name}"

    @property
    def estimate(self) -> Estimate:
        """See `RunSource`."""
        return self.group.estimate(self.window)

    def read(self, window: Window) -> list[Run]:
        """See `RunSource`; an event that came twice counts once."""
        start_s, end_s = int(window.start.timestamp()), int(window.end.timestamp())
        found: dict[str, Run] = {}
        for row in rows(self.caller, self.deep, self.group.name, QUERY, start_s, end_s):
            run = of_task(_detail(row.get("@message", "")))
            if run:
                found[run.task] = run
        return list(found.values())


def find_events(
    caller: Caller, deep: Deep, clusters: Sequence[str], window: Window, now: datetime
) -> list[Events]:
    """Return the log groups with task state changes: the one that is named, else those that are called so.

    Args:
        clusters: those that are there.
    """
    named = deep.events_log_group
    found = [g for g in log_groups(caller, named or PREFIX, now) if named in (None, g.name)]
    return [Events(caller, deep, g, _clusters(g, clusters), window) for g in found]


def _clusters(group: LogGroup, clusters: Sequence[str]) -> frozenset[str]:
    if not group.name.startswith(INSIGHTS):
        return frozenset(clusters)
    own = group.name.removeprefix(INSIGHTS).split("/")[0]
    return frozenset(clusters) & {own}


def _detail(message: str) -> dict[str, Any]:
    # anybody may write into a log group
    try:
        event = json.loads(message)
    except ValueError:
        return {}
    detail = event.get("detail") if isinstance(event, dict) else None
    return detail if isinstance(detail, dict) else {}
