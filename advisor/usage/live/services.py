"""ECS services as rows of the workloads table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.terms import LaunchType, WorkloadKind
from advisor.units import format_share
from advisor.usage.live.capacity import way
from advisor.usage.live.clusters import Cluster
from advisor.usage.live.rows import Found, Sources, common, definition_of


def service_rows(cluster: Cluster, sources: Sources) -> Iterator[Found]:
    """Yield the services of a cluster; those that are left out are noted."""
    for service in cluster.services:
        name = service["serviceName"]
        run = started(service)
        what = f"service {cluster.name}/{name}"
        definition = definition_of(what, run.get("taskDefinition", ""), run.get("launchType"), sources)
        if definition is None:
            continue
        tasks = service.get("desiredCount") or 0
        runs = way(
            run.get("launchType"),
            run.get("capacityProviderStrategy") or (),
            tasks,
            cluster,
            sources.hosts[cluster.arn],
        )
        if runs.share < 1:
            sources.notes.append(
                f"{what} has {format_share(runs.share)} of its tasks on {runs.provider} and is taken "
                "for running there"
            )
        fewest, most = sources.limits.get(f"service/{cluster.name}/{name}", (None, None))
        network = (run.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        public = network.get("assignPublicIp") == "ENABLED"
        yield Found(
            {
                **common(
                    cluster,
                    definition,
                    runs,
                    service.get("placementConstraints") or (),
                    service.get("tags") or (),
                    sources,
                ),
                "name": name,
                "kind": _kind(service),
                "assign_public_ip": public if runs.launch_type == LaunchType.FARGATE else None,
                "min_tasks": fewest,
                "max_tasks": most,
            },
            service=True,
            insights=cluster.insights,
        )


def started(service: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what says how tasks are started: the service, or its primary task set where something else deploys it."""
    if service.get("taskDefinition"):
        return service
    sets = service.get("taskSets") or ()
    return next((s for s in sets if s.get("status") == "PRIMARY"), {})


def _kind(service: Mapping[str, Any]) -> str:
    return WorkloadKind.DAEMON if service.get("schedulingStrategy") == "DAEMON" else WorkloadKind.SERVICE
