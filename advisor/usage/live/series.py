"""Which metrics say what a workload uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from advisor.usage.live.rows import Found

ECS, INSIGHTS = "AWS/ECS", "ECS/ContainerInsights"
SAMPLES, WATCHED = "samples", "watched"
"""Columns of their own: how often tasks reported, and whether anybody was listening."""
STATS = {"mean": "Average", "max": "Maximum"}


@dataclass(frozen=True)
class Series:
    """One statistic of one metric.

    Attributes:
        workload: row of the workload.
        column: what it fills, of `schema.USAGE` or `schema.USAGE_PERCENT`, or `SAMPLES` or `WATCHED`.
    """

    workload: int
    column: str
    namespace: str
    metric: str
    stat: str
    dimensions: tuple[tuple[str, str], ...]

    def query(self, number: int, period_s: int) -> dict[str, Any]:
        """Return it as `MetricDataQuery`; its number comes back with the answer."""
        return {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": self.namespace,
                    "MetricName": self.metric,
                    "Dimensions": [{"Name": n, "Value": v} for n, v in self.dimensions],
                },
                "Period": period_s,
                "Stat": self.stat,
            },
        }

    def __str__(self) -> str:
        return f"{self.metric} {self.stat} of {'/'.join(v for _, v in self.dimensions)}"


def series_of(workload: int, found: Found) -> Iterator[Series]:
    """Yield what to ask for: percent of the reservation always, units where Container Insights measure them.

    A family of tasks is seen by Container Insights only.
    """
    cluster = (("ClusterName", found.row["cluster"]),)
    kind = "ServiceName" if found.service else "TaskDefinitionFamily"
    own = (*cluster, (kind, found.row["name"]))

    def both(namespace: str, metric: str, column: str) -> Iterator[Series]:
        for suffix, stat in STATS.items():
            yield Series(workload, f"{column}_{suffix}", namespace, metric, stat, own)

    if found.service:
        yield from both(ECS, "CPUUtilization", "cpu_percent")
        yield from both(ECS, "MemoryUtilization", "memory_percent")
        yield Series(workload, SAMPLES, ECS, "CPUUtilization", "SampleCount", own)
    if found.insights:
        yield from both(INSIGHTS, "CpuUtilized", "cpu_units")
        for suffix, stat in STATS.items():
            yield Series(workload, f"memory_used_mib_{suffix}", INSIGHTS, "MemoryUtilized", stat, own)
        if found.service:
            yield Series(workload, "tasks", INSIGHTS, "RunningTaskCount", "Average", own)
        else:
            yield Series(workload, SAMPLES, INSIGHTS, "CpuUtilized", "SampleCount", own)
            # where the cluster was measured and the family was not, no task of it ran
            yield Series(workload, WATCHED, INSIGHTS, "TaskCount", "Average", cluster)
