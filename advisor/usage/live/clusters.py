"""Clusters and all that is in them, as ECS describes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from advisor.aws.batches import described
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.pages import items

MOST_CLUSTERS, MOST_SERVICES, MOST_TASKS, MOST_HOSTS = 100, 10, 100, 100
"""So many are described in one call (ECS API)."""
API = "ecs"
BUILT_IN = frozenset({"FARGATE", "FARGATE_SPOT"})
SERVICE_GROUP = "service:"


@dataclass(frozen=True)
class Cluster:
    """One cluster.

    Attributes:
        arn: its full name.
        about: `Cluster` of the ECS API; empty where it could not be described.
        services: `Service`, those that are not deleted.
        tasks: `Task` that no service started, running or lately stopped.
        hosts: `ContainerInstance`.
        providers: name → `CapacityProvider`, but for Fargate's two.
    """

    arn: str
    about: dict[str, Any]
    services: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    hosts: list[dict[str, Any]] = field(default_factory=list)
    providers: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name that people gave it."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def insights(self) -> bool:
        """Whether Container Insights watch it, plain or enhanced."""
        settings = {s.get("name"): s.get("value") for s in self.about.get("settings") or ()}
        return settings.get("containerInsights") in ("enabled", "enhanced")


def read_clusters(caller: Caller, ledger: Ledger) -> list[Cluster]:
    """Return the clusters of an account and region; what is refused is in the ledger and missing here."""
    arns: list[str] = []
    about: dict[str, dict[str, Any]] = {}
    with ledger.reading(caller, API):
        arns = sorted(items(caller, "ecs:ListClusters", "clusterArns"))
    with ledger.reading(caller, API):
        for found in described(
            caller, "ecs:DescribeClusters", "clusters", "clusters", arns, MOST_CLUSTERS, include=["SETTINGS"]
        ):
            about[found["clusterArn"]] = found
    return [_filled(caller, ledger, Cluster(arn, about.get(arn, {}))) for arn in arns]


def _filled(caller: Caller, ledger: Ledger, cluster: Cluster) -> Cluster:
    """Fill a cluster part by part: one that is refused costs no other."""
    for read in (_services, _tasks, _hosts, _providers):
        part: Callable[[Caller, Cluster], None] = read
        with ledger.reading(caller, API):
            part(caller, cluster)
    return cluster


def _services(caller: Caller, cluster: Cluster) -> None:
    arns = sorted(items(caller, "ecs:ListServices", "serviceArns", cluster=cluster.arn, maxResults=100))
    found = described(
        caller,
        "ecs:DescribeServices",
        "services",
        "services",
        arns,
        MOST_SERVICES,
        cluster=cluster.arn,
        include=["TAGS"],
    )
    cluster.services.extend(s for s in found if s.get("status") != "INACTIVE")


def _tasks(caller: Caller, cluster: Cluster) -> None:
    for status in ("RUNNING", "STOPPED"):
        arns = sorted(items(caller, "ecs:ListTasks", "taskArns", cluster=cluster.arn, desiredStatus=status))
        found = described(
            caller, "ecs:DescribeTasks", "tasks", "tasks", arns, MOST_TASKS, cluster=cluster.arn
        )
        cluster.tasks.extend(t for t in found if not str(t.get("group", "")).startswith(SERVICE_GROUP))


def _hosts(caller: Caller, cluster: Cluster) -> None:
    arns = sorted(items(caller, "ecs:ListContainerInstances", "containerInstanceArns", cluster=cluster.arn))
    cluster.hosts.extend(
        described(
            caller,
            "ecs:DescribeContainerInstances",
            "containerInstances",
            "containerInstances",
            arns,
            MOST_HOSTS,
            cluster=cluster.arn,
        )
    )


def _providers(caller: Caller, cluster: Cluster) -> None:
    if not set(cluster.about.get("capacityProviders") or ()) - BUILT_IN:
        return
    found = items(caller, "ecs:DescribeCapacityProviders", "capacityProviders", cluster=cluster.arn)
    cluster.providers.update({p["name"]: p for p in found if p["name"] not in BUILT_IN})
