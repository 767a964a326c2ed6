"""People's time: what instances ask of those who run them, as the policy counts it. Fargate asks none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from advisor.config import OperationsPolicy
from advisor.terms import LaunchType
from advisor.units import HOURS_PER_MONTH


def share(launch_type: str, policy: OperationsPolicy) -> float:
    """Return how much of the time of self-managed instances a launch type takes."""
    return policy.managed_instances_factor if launch_type == LaunchType.MANAGED_INSTANCES else 1.0


def standing_hours(launch_types: Iterable[str], policy: OperationsPolicy) -> float:
    """Return hours a month that the pools of one cluster take however many instances they have.

    Args:
        launch_types: one for each pool.
    """
    shares = [share(launch_type, policy) for launch_type in launch_types]
    return policy.hours_per_pool_month * sum(shares) + policy.hours_per_cluster_month * max(
        shares, default=0.0
    )


def instance_usd_per_hour(launch_type: str, policy: OperationsPolicy) -> float:
    """Return what an instance-hour takes of people's time."""
    hours = share(launch_type, policy) * policy.hours_per_instance_month
    return policy.usd_per_hour * hours / HOURS_PER_MONTH


def monthly_usd(clusters: Iterable[Sequence[tuple[str, float]]], policy: OperationsPolicy) -> float:
    """Return what a month takes of people's time.

    Args:
        clusters: of each, its pools' launch types and mean numbers of instances.
    """
    hours = 0.0
    for pools in clusters:
        hours += standing_hours((launch_type for launch_type, _ in pools), policy)
        hours += policy.hours_per_instance_month * sum(share(kind, policy) * mean for kind, mean in pools)
    return hours * policy.usd_per_hour
