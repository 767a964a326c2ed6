"""Runs from task state changes that EventBridge writes into a log group: every run, to the millisecond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.usage.live.clusters import SERVICE_GROUP
from advisor.usage.live.history.changes import KIND, STOPPED, Whose, detail, events, stopped_run, whose
from advisor.usage.live.history.groups import InGroup, LogGroup, log_groups
from advisor.usage.live.history.queries import rows
from advisor.usage.live.history.sources import Deep, Run, Window

PREFIX = "/aws/events/ecs"
"""Log groups that EventBridge may write into are called `/aws/events/…`; Container Insights call theirs so too."""
INSIGHTS = f"{PREFIX}/containerinsights/"
QUERY = (
    f'fields @message | filter `detail-type` = "{KIND}" and detail.lastStatus = "{STOPPED}"'
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
        mine = Whose(self.caller.account_id, self.caller.region)
        start_s, end_s = int(window.start.timestamp()), int(window.end.timestamp())
        found: dict[str, Run] = {}
        for row in rows(self.caller, self.deep, self.group.name, QUERY, start_s, end_s):
            for event in events(row.get("@message", "")):
                run = event and whose(detail(event)) == mine and stopped_run(event)
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
