"""Families of tasks that no service keeps running, as rows of the workloads table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.terms import LaunchType, WorkloadKind
from advisor.usage.live.capacity import way
from advisor.usage.live.clusters import Cluster
from advisor.usage.live.definitions import family
from advisor.usage.live.rows import Found, Sources, common, definition_of
from advisor.usage.live.schedules import Start
from advisor.usage.live.services import started


def family_rows(cluster: Cluster, planned: Sequence[Start], sources: Sources) -> Iterator[Found]:
    """Yield the families that rules and schedules start in a cluster, or that were seen there.

    Args:
        planned: what rules and schedules start in this cluster.
    """
    shared = {family(arn) for service in cluster.services if (arn := started(service).get("taskDefinition"))}
    for name, start in _starts(cluster, planned).items():
        what = f"family {cluster.name}/{name}"
        definition = definition_of(what, start.definition_arn, start.launch_type, sources)
        if definition is None:
            continue
        runs = way(start.launch_type, start.strategy, start.tasks, cluster, sources.hosts[cluster.arn])
        yield Found(
            {
                **common(cluster, definition, runs, start.constraints, definition["tags"], sources),
                "name": name,
                "kind": start.kind,
            },
            service=False,
            # metrics of a family do not tell its own tasks from those of a service
            insights=cluster.insights and name not in shared,
        )


def _starts(cluster: Cluster, planned: Sequence[Start]) -> dict[str, Start]:
    """Return family → how it is started; what a rule or schedule says wins over what was seen."""
    found: dict[str, Start] = {}
    # the newest last: it is the one that counts
    for task in sorted(cluster.tasks, key=lambda t: str(t.get("createdAt") or "")):
        provider = task.get("capacityProviderName")
        found[family(task["taskDefinitionArn"])] = Start(
            cluster.arn,
            task["taskDefinitionArn"],
            WorkloadKind.STANDALONE,
            None if provider else task.get("launchType") or LaunchType.EC2,
            ({"capacityProvider": provider, "weight": 1},) if provider else (),
        )
    # by the clock wins over by an event
    for start in sorted(planned, key=lambda s: s.kind == WorkloadKind.SCHEDULED):
        found[family(start.definition_arn)] = start
    return found
