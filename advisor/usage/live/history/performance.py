"""Runs from what Container Insights write of every task every minute: begin exactly, end to the minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.usage.live.history.groups import InGroup, log_groups
from advisor.usage.live.history.queries import rows
from advisor.usage.live.history.sources import Deep, Run, Window, moment

PREFIX = "/aws/ecs/containerinsights/"
REPORT = timedelta(minutes=1)
"""A task that stopped did so within a minute of its last report; the whole minute counts."""
STILL_RUNS = 3 * REPORT
"""Who reported so lately may report again."""
QUERY = (
    'filter Type = "Task" and not ispresent(ServiceName)'
    " | stats min(CreatedAt) as created, min(PullStartedAt) as pulled, min(StartedAt) as started,"
    " max(@timestamp) as seen by TaskId, TaskDefinitionFamily, TaskDefinitionRevision, LaunchType"
)


@dataclass(frozen=True)
class Performance(InGroup):
    """The performance log of one cluster."""

    cluster: str
    window: Window
    api: str = "logs"

    @property
    def name(self) -> str:
        """See `RunSource`."""
        return f"Container Insights' log of cluster {self.cluster}"

    @property
    def clusters(self) -> frozenset[str]:
        """See `RunSource`."""
        return frozenset({self.cluster})

    @property
    def estimate(self) -> Estimate:
        """See `RunSource`."""
        return self.group.estimate(self.window)

    def read(self, window: Window) -> list[Run]:
        """See `RunSource`; what still runs is left out."""
        start_s, end_s = int(window.start.timestamp()), int(window.end.timestamp())
        found: dict[str, Run] = {}
        for row in rows(self.caller, self.deep, self.group.name, QUERY, start_s, end_s):
            run = self._run(row)
            # a long run has a row in each part of a query that was cut
            known = found.get(run.task)
            stops = [r.stopped_at for r in (run, known) if r and r.stopped_at]
            found[run.task] = replace(run, stopped_at=max(stops, default=None))
        over = window.end - STILL_RUNS
        return [r for r in found.values() if r.stopped_at and r.stopped_at <= over]

    def _run(self, row: Mapping[str, str]) -> Run:
        seen = moment(row.get("seen"))
        return Run(
            task=row["TaskId"],
            cluster=self.cluster,
            definition_arn=f"{row['TaskDefinitionFamily']}:{row['TaskDefinitionRevision']}",
            created_at=moment(row.get("created")),
            stopped_at=seen + REPORT if seen else None,
            pull_started_at=moment(row.get("pulled")),
            started_at=moment(row.get("started")),
            launch_type=row.get("LaunchType"),
        )


def find_performance(
    caller: Caller, deep: Deep, clusters: Sequence[str], window: Window, now: datetime
) -> list[Performance]:
    """Return the performance logs of the clusters that have one."""
    by_name = {f"{PREFIX}{cluster}/performance": cluster for cluster in clusters}
    return [
        Performance(caller, deep, group, by_name[group.name], window)
        for group in log_groups(caller, PREFIX, now)
        if group.name in by_name
    ]
