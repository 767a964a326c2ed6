"""Fargate and Fargate Spot."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.model import Rejection
from advisor.plan.tasks import Task
from advisor.plan.ways import Way, reject, variants
from advisor.terms import (
    Bottleneck,
    CapacityOption,
    CpuArchitecture,
    LaunchType,
    NetworkMode,
    OperatingSystem,
)

MOST_EPHEMERAL_GIB = 200.0
"""ECS API, `EphemeralStorage.sizeInGiB`: 21 to 200."""
HOST_VOLUMES = frozenset({"host", "docker"})


def propose(task: Task, catalog: Catalog, config: Config) -> Iterator[Way | Rejection]:
    """Yield the Fargate ways: the cheapest legal size that holds the right size, or why not.

    Rules: AWS Fargate task definition considerations; ECS `CapacityProviderStrategyItem` (Spot with ARM64 yes,
    with Windows no).
    """
    for variant in variants(task, LaunchType.FARGATE, config):
        if isinstance(variant, Rejection):
            yield variant
            continue
        option, architecture = variant
        refusal = _refusal(task, option, architecture)
        if refusal is None:
            rate = catalog.fargate_rate(task.region, task.operating_system, architecture, option)
            if rate is None:
                refusal = f"no price for it in {task.region}", Bottleneck.PRICE
            else:
                size = catalog.fargate_size(task.right_vcpu, task.right_memory_mib, rate)
                if size is not None:
                    vcpu, memory_mib = size
                    snapped = (vcpu, memory_mib) != (task.right_vcpu, task.right_memory_mib)
                    yield Way(
                        task.workload,
                        task.workload_id,
                        LaunchType.FARGATE,
                        option,
                        architecture,
                        vcpu,
                        memory_mib,
                        snapped,
                    )
                    continue
                refusal = (
                    "larger than every Fargate size",
                    (Bottleneck.CPU if task.right_vcpu > 32 else Bottleneck.MEMORY),
                )
        yield reject(task, LaunchType.FARGATE, option, architecture, *refusal)


def _refusal(
    task: Task, option: CapacityOption, architecture: CpuArchitecture
) -> tuple[str, Bottleneck] | None:
    windows = task.operating_system is OperatingSystem.WINDOWS
    if task.gpus:
        return "Fargate has no GPUs", Bottleneck.GPU
    if task.ephemeral_storage_gib > MOST_EPHEMERAL_GIB:
        return (
            f"Fargate tasks have {MOST_EPHEMERAL_GIB:g} GiB of ephemeral storage at most",
            Bottleneck.PLATFORM,
        )
    if task.privileged:
        return "Fargate runs no privileged containers", Bottleneck.PLATFORM
    if task.volumes & HOST_VOLUMES:
        return "uses host or Docker volumes, which Fargate does not mount", Bottleneck.PLATFORM
    if "fsx" in task.volumes:
        return "uses FSx for Windows volumes, which Fargate does not mount", Bottleneck.PLATFORM
    if task.network_mode is NetworkMode.HOST or task.host_ports:
        return (
            "needs fixed ports of its host; on Fargate a task has a network interface of its own",
            Bottleneck.NETWORK,
        )
    if task.placement_constraints:
        return "has placement constraints, which Fargate does not take", Bottleneck.PLATFORM
    if windows and architecture is CpuArchitecture.ARM64:
        return "Windows containers run on X86_64 only", Bottleneck.PLATFORM
    if windows and option is CapacityOption.SPOT:
        return "there is no Fargate Spot for Windows", Bottleneck.PLATFORM
    return None
