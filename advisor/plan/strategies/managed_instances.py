"""ECS Managed Instances: EC2 that AWS looks after, for a fee on the on-demand price."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.model import Rejection
from advisor.plan.tasks import Task
from advisor.plan.ways import Way, reject, variants
from advisor.terms import Bottleneck, LaunchType, NetworkMode, OperatingSystem

HOST_VOLUMES = frozenset({"docker"})


def propose(task: Task, catalog: Catalog, config: Config) -> Iterator[Way | Rejection]:
    """Yield the Managed Instances ways, or why not.

    Rules: Bottlerocket only (Linux), awsvpc and host network modes only, no custom image, no SSH
    (AWS docs, ManagedInstances; ecs-semantics §A.5).
    """
    for variant in variants(task, LaunchType.MANAGED_INSTANCES, config):
        if isinstance(variant, Rejection):
            yield variant
            continue
        option, architecture = variant
        refusal: tuple[str, Bottleneck] | None = None
        if task.operating_system is OperatingSystem.WINDOWS:
            refusal = "Managed Instances run Linux only", Bottleneck.PLATFORM
        elif task.launch_type is LaunchType.EC2 and task.network_mode in (
            NetworkMode.BRIDGE,
            NetworkMode.NONE,
        ):
            refusal = (
                f"network mode {task.network_mode} is not there; awsvpc and host are",
                Bottleneck.NETWORK,
            )
        elif task.volumes & HOST_VOLUMES:
            refusal = "Docker volumes are not there", Bottleneck.PLATFORM
        if refusal is None:
            yield Way(
                task.workload,
                task.workload_id,
                LaunchType.MANAGED_INSTANCES,
                option,
                architecture,
                task.right_vcpu,
                task.right_memory_mib,
                gpu=task.gpus > 0,
            )
        else:
            yield reject(task, LaunchType.MANAGED_INSTANCES, option, architecture, *refusal)
