"""A way to run a task, and the questions every strategy asks before proposing one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from advisor.config import Config
from advisor.model import Rejection
from advisor.plan.tasks import Task
from advisor.terms import Bottleneck, CapacityOption, CpuArchitecture, LaunchType


@dataclass(frozen=True)
class Way:
    """One lawful way to run a workload, not yet priced.

    Attributes:
        task_vcpu, task_memory_mib: the size that this way would give the task.
        snapped: false when the size is the right size itself, true when a lattice rounded it up.
    """

    workload: int
    workload_id: str
    launch_type: LaunchType
    capacity_option: CapacityOption
    cpu_architecture: CpuArchitecture
    task_vcpu: float
    task_memory_mib: float
    snapped: bool = False
    gpu: bool = False

    @cached_property
    def option(self) -> str:
        """The way's name in outputs, `FARGATE SPOT ARM64`."""
        return option_name(self.launch_type, self.capacity_option, self.cpu_architecture)

    @cached_property
    def group(self) -> str:
        """The bins that can hold it, `EC2/ON_DEMAND/X86_64`; GPU instances are for GPU tasks only."""
        return group_name(self.launch_type, self.capacity_option, self.cpu_architecture, gpu=self.gpu)


def option_name(launch_type: LaunchType, option: CapacityOption, architecture: CpuArchitecture) -> str:
    """Return the name of a way to run tasks."""
    return f"{launch_type} {option} {architecture}"


def group_name(launch_type: str, option: str, architecture: str, *, gpu: bool) -> str:
    """Return the name of a group of bins that one pool may mix."""
    return f"{launch_type}/{option}/{architecture}" + ("/GPU" if gpu else "")


def variants(
    task: Task, launch_type: LaunchType, config: Config
) -> Iterator[tuple[CapacityOption, CpuArchitecture] | Rejection]:
    """Yield the capacity options and architectures that the task and the policy allow, else a rejection.

    What holds for every launch type is asked here once: policy, pins, interruption, architecture.
    """
    for architecture in CpuArchitecture:
        for option in CapacityOption:
            refusal = _refusal(task, launch_type, option, architecture, config)
            if refusal is None:
                yield option, architecture
            else:
                reason, bottleneck = refusal
                yield reject(task, launch_type, option, architecture, reason, bottleneck)


def reject(
    task: Task,
    launch_type: LaunchType,
    option: CapacityOption,
    architecture: CpuArchitecture,
    reason: str,
    bottleneck: Bottleneck,
) -> Rejection:
    """Return the rejection of one way to run a task."""
    return Rejection(
        task.workload_id, option_name(launch_type, option, architecture), reason, bottleneck.value
    )


def _refusal(
    task: Task, launch_type: LaunchType, option: CapacityOption, architecture: CpuArchitecture, config: Config
) -> tuple[str, Bottleneck] | None:
    today = (launch_type, option, architecture) == (
        task.launch_type,
        task.capacity_option,
        task.cpu_architecture,
    )
    if task.fixed:
        return None if today else (f"stays as it is: {task.withheld}", Bottleneck.HISTORY)
    pin = task.pin
    if pin and any(
        wanted is not None and wanted != offered
        for wanted, offered in (
            (pin.launch_type, launch_type),
            (pin.capacity_option, option),
            (pin.cpu_architecture, architecture),
        )
    ):
        return f"pinned by plan.pins ({pin.match})", Bottleneck.POLICY
    if not today and launch_type not in config.plan.launch_types:
        return f"{launch_type} is not in plan.launch_types", Bottleneck.POLICY
    if architecture is not task.cpu_architecture:
        if architecture not in config.plan.architectures:
            return f"{architecture} is not in plan.architectures", Bottleneck.POLICY
        if architecture is CpuArchitecture.X86_64:
            return (
                "the image runs on ARM64 today; nothing says that it also runs on X86_64",
                Bottleneck.PLATFORM,
            )
        if not task.arm_ready:
            return "nothing says that the image runs on ARM64 (column arm_ready)", Bottleneck.PLATFORM
    if (
        launch_type is not LaunchType.FARGATE
        and not today
        and "memberof" in task.placement_constraints.lower()
    ):
        return (
            "its placement constraints (memberOf) say which hosts it may use; move it by hand",
            Bottleneck.PLATFORM,
        )
    if option is CapacityOption.SPOT and task.firm:
        return "spot.base_tasks and spot.max_share keep this part of the service off Spot", Bottleneck.POLICY
    if option is CapacityOption.SPOT and not today:
        if not config.spot.allowed:
            return "Spot is switched off (spot.allowed)", Bottleneck.POLICY
        if not task.interruptible:
            return (
                "not marked interruptible: Spot may stop it with two minutes' notice",
                Bottleneck.INTERRUPTION,
            )
    return None
