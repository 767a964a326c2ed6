"""Runs from tasks that stopped lately: ECS describes them for an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from advisor.aws.budget import FREE, Estimate
from advisor.usage.live.clusters import Cluster
from advisor.usage.live.history.sources import Run, Window, of_task

KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Stopped:
    """Tasks that the inventory has read already.

    Args:
        found: clusters with their tasks.
        now: when they were read.
    """

    found: Sequence[Cluster]
    now: datetime
    name: str = "tasks that stopped in the last hour"
    api: str = "ecs"
    mend: str = ""
    estimate: Estimate = FREE

    @property
    def clusters(self) -> frozenset[str]:
        """See `RunSource`."""
        return frozenset(c.name for c in self.found)

    @property
    def since(self) -> datetime:
        """See `RunSource`."""
        return self.now - KEPT

    def read(self, window: Window) -> list[Run]:
        """See `RunSource`; nothing is asked."""
        return [
            run
            for cluster in self.found
            for task in cluster.tasks
            if task.get("stoppedAt") and (run := of_task({**task, "clusterArn": cluster.arn}))
        ]
