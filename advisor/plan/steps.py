"""What to do and why, in words: the steps of a recommendation and the evidence behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from advisor.model import Placement
from advisor.plan.tasks import Task
from advisor.terms import (
    CapacityOption,
    CpuArchitecture,
    LaunchType,
    NetworkMode,
    OperatingSystem,
    WorkloadKind,
)
from advisor.units import CPU_UNITS_PER_VCPU, format_share

HOST_DATA = frozenset({"host", "docker"})
"""Volume kinds whose data lies on the instance and does not move with the task."""
FEWER_TASKS = 0.98
"""Share of today's mean task count from which on fewer tasks are no change: counts of hours and of samples differ."""


@dataclass(frozen=True)
class Move:
    """One workload's change, with what the steps must name.

    Attributes:
        pool_types: instance types of the pool it goes to, sorted; empty off EC2.
        types_today: instance types that its launch type has today, sorted; null when the input does not say.
        strategy: capacity providers of a service in two parts, with base and weights; null where there is one.
        trunking: the packing counts on more network interfaces than an instance has of itself.
        tasks_mean, tasks_max: planned tasks.
        tasks_mean_today, tasks_max_today: tasks as they were; null when not known.
    """

    place: Placement
    task: Task
    pool_types: tuple[str, ...] = ()
    types_today: tuple[str, ...] | None = None
    trunking: bool = False
    strategy: str | None = None
    tasks_mean: float = 0.0
    tasks_max: int = 0
    tasks_mean_today: float | None = None
    tasks_max_today: float | None = None

    @property
    def resized(self) -> bool:
        """The task definition gets another size."""
        task, place = self.task, self.place
        return (
            task.vcpu is None
            or _cpu_units(place.task_vcpu) != _cpu_units(task.vcpu)
            or round(place.task_memory_mib) != round(task.memory_mib or 0)
        )

    @property
    def fewer_tasks(self) -> bool:
        """The plan runs fewer tasks than today, on average or at most."""
        if (
            self.task.kind is not WorkloadKind.SERVICE
            or not self.tasks_mean_today
            or not self.tasks_max_today
        ):
            return False
        return self.tasks_mean < FEWER_TASKS * self.tasks_mean_today or self.tasks_max < self.tasks_max_today

    @property
    def placed_anew(self) -> bool:
        """Its tasks start on other capacity: launch type, capacity option or architecture change."""
        task, place = self.task, self.place
        return (place.launch_type, place.capacity_option, place.cpu_architecture) != (
            task.launch_type,
            task.capacity_option,
            task.cpu_architecture,
        )

    @property
    def other_instances(self) -> bool:
        """It stays in its group of instances, and that group needs types that it is not known to have."""
        stays = self.place.launch_type == LaunchType.EC2 and not self.placed_anew
        return stays and set(self.pool_types) != set(self.types_today or ())

    @property
    def leaves_data(self) -> bool:
        """Data on today's instances stays behind when its tasks start elsewhere."""
        on_hosts = self.task.launch_type in (LaunchType.EC2, LaunchType.MANAGED_INSTANCES)
        return on_hosts and bool(self.task.volumes & HOST_DATA) and (self.placed_anew or self.other_instances)


def evidence(profile: Mapping[str, Any], task: Task) -> str:
    """Return one paragraph: the class with its evidence, and the reason for the size."""
    parts = []
    if profile["workload_class"]:
        sure = format_share(profile["class_confidence"] or 0.0)
        parts.append(f"{profile['workload_class']} ({sure} sure): {profile['class_evidence']}")
    if profile["size_reason"]:
        parts.append(profile["size_reason"])
    return "; ".join(parts)


def tasks_change(move: Move) -> str:
    """Return `7.3 → 4.9 on average, 19 → 12 at most`."""
    return (
        f"{move.tasks_mean_today:.1f} → {move.tasks_mean:.1f} on average, "
        f"{move.tasks_max_today:.4g} → {move.tasks_max} at most"
    )


def steps(move: Move) -> tuple[str, ...]:
    """Return what to do in order, in AWS's words; nothing here is done by us."""
    return tuple(_steps(move))


def _steps(move: Move) -> Iterator[str]:
    place, task = move.place, move.task
    if move.leaves_data:
        kinds = " and ".join(sorted(task.volumes & HOST_DATA))
        yield (
            f"Move the data of its {kinds} volumes first (copy it to EFS, EBS or S3 and mount it from there): "
            "it lies on today's instances and does not come along."
        )
    if place.cpu_architecture != task.cpu_architecture:
        yield f"Build the image for {place.cpu_architecture} and set runtimePlatform.cpuArchitecture={place.cpu_architecture}."
    if move.resized:
        cpu, memory = _cpu_units(place.task_vcpu), round(place.task_memory_mib)
        yield f"Register a task definition revision with cpu={cpu}, memory={memory}."
    yield from _placing(move)
    if move.fewer_tasks:
        yield (
            f"Lower the task count ({tasks_change(move)}): set the service's maximum to {move.tasks_max} and let "
            "target tracking on CPU follow the load, or set the desired count."
        )
    if task.kind is WorkloadKind.SERVICE:
        yield "Update the service with force-new-deployment and watch CPU, memory and errors for a day."
    else:
        yield "Point the schedule or RunTask call at the new revision and strategy; compare the next runs."
    if not move.leaves_data:
        yield "To go back: update to the previous task definition revision and strategy."
    if task.launch_type is LaunchType.EC2:
        group = "that it leaves" if move.placed_anew else "to what the plan needs"
        yield (
            f"When it runs well: scale in the Auto Scaling group {group} and terminate the instances that become empty; "
            "the saving starts then."
        )


def provider(place: Placement) -> str:
    """Return the capacity provider of a placement, as ECS calls it."""
    if place.launch_type == LaunchType.FARGATE:
        return "FARGATE_SPOT" if place.capacity_option == CapacityOption.SPOT else "FARGATE"
    return place.pool_id or ""


def _cpu_units(vcpu: float) -> int:
    return round(vcpu * CPU_UNITS_PER_VCPU)


def _placing(move: Move) -> Iterator[str]:
    place, task = move.place, move.task
    if place.launch_type == LaunchType.FARGATE:
        yield from _on_fargate(move)
    elif place.launch_type == LaunchType.MANAGED_INSTANCES and move.placed_anew:
        if task.launch_type is not LaunchType.MANAGED_INSTANCES:
            yield "Set requiresCompatibilities=MANAGED_INSTANCES in the task definition."
        yield (
            f"Create a Managed Instances capacity provider for pool {place.pool_id} with "
            f"{_types(move.pool_types)}, and attach it to the cluster."
        )
        yield _strategy(move)
    elif place.launch_type == LaunchType.EC2 and move.placed_anew:
        yield from _to_instances(move)
    elif move.other_instances:
        yield _other_types(move)


def _on_fargate(move: Move) -> Iterator[str]:
    place, task = move.place, move.task
    if task.launch_type is LaunchType.EC2 and task.network_mode is not NetworkMode.AWSVPC:
        yield "Set networkMode=awsvpc and requiresCompatibilities=FARGATE; give subnets and security groups."
    if task.launch_type is not LaunchType.FARGATE or place.capacity_option != task.capacity_option:
        yield _strategy(move)


def _to_instances(move: Move) -> Iterator[str]:
    place, task = move.place, move.task
    if task.launch_type is LaunchType.FARGATE:
        yield "Set requiresCompatibilities=EC2 in the task definition."
    if (
        move.trunking
        and task.network_mode is NetworkMode.AWSVPC
        and task.operating_system is OperatingSystem.LINUX
    ):
        yield (
            "Turn on the account setting awsvpcTrunking before the first instance starts: the pool counts on its "
            "network interfaces."
        )
    spot = (
        " on Spot (price-capacity-optimized), with ECS_ENABLE_SPOT_INSTANCE_DRAINING=true,"
        if place.capacity_option == CapacityOption.SPOT
        else ""
    )
    free = " (overrides: every type that can stand in for one of them)" if spot else ""
    yield (
        f"Create an Auto Scaling group{spot} with the {_image(place, task)} and {_types(move.pool_types)}{free}, and a "
        f"capacity provider {place.pool_id} with managed scaling for it."
    )
    yield f"Attach the capacity provider {place.pool_id} to the cluster {task.cluster}."
    yield _strategy(move)


def _strategy(move: Move) -> str:
    return f"Set capacityProviderStrategy to {move.strategy or provider(move.place) + ' (base 0, weight 1)'}."


def _image(place: Placement, task: Task) -> str:
    """Return which machine image the pool's instances start from."""
    if task.operating_system is OperatingSystem.WINDOWS:
        return "ECS-optimized Windows Server AMI"
    architecture = "arm64" if place.cpu_architecture == CpuArchitecture.ARM64 else "x86_64"
    if task.gpus:
        return f"ECS GPU-optimized {architecture} AMI"
    return f"ECS-optimized {architecture} AMI"


def _types(names: tuple[str, ...]) -> str:
    kinds = "instance type" if len(names) == 1 else "instance types"
    return f"{kinds} {', '.join(names)}" if names else "the instance types of the plan"


def _other_types(move: Move) -> str:
    wanted = ", ".join(move.pool_types)
    if move.types_today is None:
        return (
            f"Check the instance types of its Auto Scaling group: the plan needs {wanted}. If they differ, change the "
            f"group's launch template to {wanted} and start an instance refresh."
        )
    return (
        f"Change the group's launch template to {wanted} (today {', '.join(move.types_today)}) and start an instance "
        "refresh."
    )
