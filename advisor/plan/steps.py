"""What to do and why, in words: the steps of a recommendation and the evidence behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.model import Placement
from advisor.plan.tasks import Task
from advisor.terms import CapacityOption, CpuArchitecture, LaunchType, WorkloadKind
from advisor.units import CPU_UNITS_PER_VCPU, format_share


def evidence(profile: Mapping[str, Any], task: Task) -> str:
    """Return one paragraph: the class with its evidence, and the reason for the size."""
    parts = []
    if profile["workload_class"]:
        sure = format_share(profile["class_confidence"] or 0.0)
        parts.append(f"{profile['workload_class']} ({sure} sure): {profile['class_evidence']}")
    if profile["size_reason"]:
        parts.append(profile["size_reason"])
    return "; ".join(parts)


def steps(place: Placement, task: Task) -> tuple[str, ...]:
    """Return what to do in order, in AWS's words; nothing here is done by us."""
    cpu = round(place.task_vcpu * CPU_UNITS_PER_VCPU)
    memory = round(place.task_memory_mib)
    found = []
    if place.cpu_architecture != task.cpu_architecture:
        found.append(
            f"Build the image for {place.cpu_architecture} and set runtimePlatform.cpuArchitecture={place.cpu_architecture}."
        )
    if (
        task.vcpu is None
        or cpu != round(task.vcpu * CPU_UNITS_PER_VCPU)
        or memory != round(task.memory_mib or 0)
    ):
        found.append(f"Register a task definition revision with cpu={cpu}, memory={memory}.")
    found += _placing(place, task)
    if task.kind is WorkloadKind.SERVICE:
        found.append(
            "Update the service with force-new-deployment and watch CPU, memory and errors for a day."
        )
    else:
        found.append(
            "Point the schedule or RunTask call at the new revision and strategy; compare the next runs."
        )
    found.append("To go back: update to the previous task definition revision and strategy.")
    return tuple(found)


def _placing(place: Placement, task: Task) -> list[str]:
    if place.launch_type == LaunchType.FARGATE:
        provider = "FARGATE_SPOT" if place.capacity_option == CapacityOption.SPOT else "FARGATE"
        moved = task.launch_type is not LaunchType.FARGATE or place.capacity_option != task.capacity_option
        found = [f"Set capacityProviderStrategy to {provider} (base 0, weight 1)."] if moved else []
        if task.launch_type is LaunchType.EC2 and task.network_mode != "awsvpc":
            found.insert(
                0,
                "Set networkMode=awsvpc and requiresCompatibilities=FARGATE; give subnets and security groups.",
            )
        return found
    moved = task.launch_type != place.launch_type or place.capacity_option != task.capacity_option
    moved = moved or place.cpu_architecture != task.cpu_architecture
    if not moved:
        return []
    if place.launch_type == LaunchType.MANAGED_INSTANCES:
        return [
            f"Create a Managed Instances capacity provider for pool {place.pool_id} with the instance types of the plan.",
            f"Set capacityProviderStrategy to {place.pool_id}.",
        ]
    image = "arm64" if place.cpu_architecture == CpuArchitecture.ARM64 else "x86_64"
    spot = (
        " on Spot (price-capacity-optimized), with ECS_ENABLE_SPOT_INSTANCE_DRAINING=true,"
        if (place.capacity_option == CapacityOption.SPOT)
        else ""
    )
    return [
        f"Create an Auto Scaling group{spot} with the ECS-optimized {image} image and the instance types of pool "
        f"{place.pool_id}, and a capacity provider with managed scaling for it.",
        f"Set capacityProviderStrategy to {place.pool_id}.",
    ]
