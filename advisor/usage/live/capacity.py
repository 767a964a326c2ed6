"""Where tasks run today and how that is bought, from launch types, strategies and providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.terms import CapacityOption, LaunchType
from advisor.usage.live.clusters import Cluster
from advisor.usage.live.hosts import Host, same

FARGATE = {"FARGATE": CapacityOption.ON_DEMAND, "FARGATE_SPOT": CapacityOption.SPOT}


@dataclass(frozen=True)
class Way:
    """How a workload runs today.

    Attributes:
        launch_type: null where it is not known, or none that is advised on (ECS Anywhere).
        capacity_option: null where it is not known.
        provider: name of its capacity provider; null for a launch type.
        share: the share of its tasks of which this is true, the others run another way.
    """

    launch_type: str | None
    capacity_option: str | None
    provider: str | None = None
    share: float = 1.0


def way(
    launch_type: str | None,
    strategy: Sequence[Mapping[str, Any]],
    tasks: int,
    cluster: Cluster,
    hosts: Sequence[Host],
) -> Way:
    """Return how most tasks run.

    Args:
        launch_type: what a service, task or target says; null where it has a strategy.
        strategy: its capacity provider strategy; the cluster's where it says neither.
        tasks: how many there should be; what a strategy makes of them decides.
        hosts: of the cluster.
    """
    if not launch_type and not strategy:
        strategy = cluster.about.get("defaultCapacityProviderStrategy") or ()
    if not strategy:
        return _by_launch_type(launch_type or LaunchType.EC2, hosts)
    counts = split(strategy, max(tasks, 1))
    name = max(counts, key=lambda n: counts[n])
    share = counts[name] / sum(counts.values())
    if name in FARGATE:
        return Way(LaunchType.FARGATE, FARGATE[name], name, share)
    managed = cluster.providers.get(name, {}).get("managedInstancesProvider")
    if managed is not None:
        option = (managed.get("instanceLaunchTemplate") or {}).get("capacityOptionType")
        spot = option == CapacityOption.SPOT
        return Way(
            LaunchType.MANAGED_INSTANCES,
            CapacityOption.SPOT if spot else CapacityOption.ON_DEMAND,
            name,
            share,
        )
    return Way(LaunchType.EC2, same(h.capacity_option for h in hosts if h.provider == name), name, share)


def split(strategy: Sequence[Mapping[str, Any]], tasks: int) -> dict[str, float]:
    """Return provider → how many of so many tasks it gets: the base first, the rest by weight (ecs-semantics C.1)."""
    counts = {s["capacityProvider"]: float(min(s.get("base") or 0, tasks)) for s in strategy}
    rest, weights = tasks - sum(counts.values()), sum(s.get("weight") or 0 for s in strategy)
    for item in strategy:
        if weights:
            counts[item["capacityProvider"]] += rest * (item.get("weight") or 0) / weights
    return counts if any(counts.values()) else dict.fromkeys(counts, 1.0)


def _by_launch_type(launch_type: str, hosts: Sequence[Host]) -> Way:
    if launch_type == LaunchType.FARGATE:
        return Way(LaunchType.FARGATE, CapacityOption.ON_DEMAND)
    if launch_type == LaunchType.EC2:
        return Way(LaunchType.EC2, same(h.capacity_option for h in hosts if not h.managed))
    if launch_type == LaunchType.MANAGED_INSTANCES:
        return Way(LaunchType.MANAGED_INSTANCES, same(h.capacity_option for h in hosts if h.managed))
    return Way(None, None)
