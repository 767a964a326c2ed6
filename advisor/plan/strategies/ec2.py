"""Container instances of one's own on EC2, on-demand and Spot."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.model import Rejection
from advisor.plan.tasks import Task
from advisor.plan.ways import Way, reject, variants
from advisor.terms import Bottleneck, CapacityOption, CpuArchitecture, LaunchType, OperatingSystem


def propose(task: Task, catalog: Catalog, config: Config) -> Iterator[Way | Rejection]:
    """Yield the EC2 ways at the right size itself (any size is legal), or why not.

    Whether an instance type exists that can hold the task is found when capacity is looked up.
    """
    for variant in variants(task, LaunchType.EC2, config):
        if isinstance(variant, Rejection):
            yield variant
            continue
        option, architecture = variant
        windows = task.operating_system is OperatingSystem.WINDOWS
        if windows and architecture is CpuArchitecture.ARM64:
            reason = "Windows containers run on X86_64 only"
        elif windows and option is CapacityOption.SPOT:
            reason = "no Spot price for Windows instances is known"
        else:
            yield Way(
                task.workload,
                task.workload_id,
                LaunchType.EC2,
                option,
                architecture,
                task.right_vcpu,
                task.right_memory_mib,
                gpu=task.gpus > 0,
            )
            continue
        yield reject(task, LaunchType.EC2, option, architecture, reason, Bottleneck.PLATFORM)
