"""One workload as planning sees it: its facts, its right size, and what the policy says about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

import polars as pl

from advisor.config import Config, Pin
from advisor.model import Profiles
from advisor.terms import (
    CapacityOption,
    CpuArchitecture,
    LaunchType,
    NetworkMode,
    OperatingSystem,
    WorkloadKind,
)

MANAGED_INSTANCES_SPREAD = 3
"""Instances that ECS Managed Instances spread a service over."""


@dataclass(frozen=True)
class Parts:
    """Which rows are parts of services that Spot may take a part of only.

    Attributes:
        firm: services of which something stays on On-Demand.
        spot: row of what Spot may take → row of its service.
    """

    firm: frozenset[int] = frozenset()
    spot: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """The task of one workload.

    Attributes:
        workload: row of the workloads table.
        launch_type: where it runs today; null when the input does not say.
        vcpu, memory_mib: one task as configured today; null when not known.
        right_vcpu, right_memory_mib: one task as it should be, before any size lattice.
        vcpu_used: what one task usually uses (median), null when not measured.
        spread: availability zones over which its tasks should lie.
        withheld: why no advice can be given; it then stays as it is. Null otherwise.
        costable: false when size or count are unknown, so that it cannot even be priced.
        firm: what the policy keeps off Spot of a service that may be interrupted.
        beside: row of the service's other part, on whose launch type and architecture it must be; null when it has one part.
    """

    workload: int
    workload_id: str
    account_id: str
    region: str
    cluster: str
    kind: WorkloadKind
    launch_type: LaunchType | None
    capacity_option: CapacityOption
    cpu_architecture: CpuArchitecture
    arm_ready: bool
    operating_system: OperatingSystem
    vcpu: float | None
    memory_mib: float | None
    right_vcpu: float
    right_memory_mib: float
    vcpu_used: float | None
    ephemeral_storage_gib: float
    gpus: int
    network_mode: NetworkMode
    host_ports: tuple[str, ...]
    assign_public_ip: bool
    privileged: bool
    volumes: frozenset[str]
    spread: int
    interruptible: bool
    placement_constraints: str
    owner: str | None
    workload_class: str | None
    tasks_mean: float
    covered_hours: int
    withheld: str | None
    costable: bool
    pin: Pin | None
    firm: bool = False
    beside: int | None = None

    @property
    def cell(self) -> tuple[str, str, str, str]:
        """Account, region, cluster, operating system: the workloads that may share instances."""
        return (self.account_id, self.region, self.cluster, self.operating_system.value)

    @property
    def spot_part_of(self) -> int | None:
        """Row of its service when it is what Spot may take of one; null otherwise."""
        return None if self.firm else self.beside

    def spread_on(self, launch_type: LaunchType) -> int:
        """Return the fewest instances that its tasks ask for.

        Managed Instances put a service of several tasks on three instances in different zones where they can, before
        they fill any (ECS developer guide, managed-instance-auto-scaling).
        """
        managed = launch_type is LaunchType.MANAGED_INSTANCES and self.spread > 1
        return max(self.spread, MANAGED_INSTANCES_SPREAD) if managed else self.spread

    @property
    def fixed(self) -> bool:
        """True when it must stay where it is."""
        return self.withheld is not None


def tasks(
    workloads: pl.DataFrame, profiles: Profiles, config: Config, parts: Parts | None = None
) -> list[Task]:
    """Return every workload's task, in the order of the workloads table.

    Args:
        parts: as `parts.in_parts` returns them.
    """
    facts = workloads.iter_rows(named=True)
    found = [
        _task(i, w, p, config)
        for i, (w, p) in enumerate(zip(facts, profiles.table.iter_rows(named=True), strict=True))
    ]
    for row in parts.firm if parts else ():
        found[row] = replace(found[row], firm=True)
    for row, service in parts.spot.items() if parts else ():
        # what is said of the service holds for both: its pin by name, its zones though a part has a task only
        spread = _spread(workloads.row(service, named=True), config)
        found[row] = replace(found[row], beside=service, pin=found[service].pin, spread=spread)
        found[service] = replace(found[service], beside=row, spread=spread)
    return found


def _task(index: int, w: dict[str, Any], p: dict[str, Any], config: Config) -> Task:
    workload_id = w["workload_id"]
    launch_type = LaunchType(w["launch_type"]) if w["launch_type"] else None
    kind = WorkloadKind(w["kind"] or WorkloadKind.SERVICE)
    withheld, costable = _standing(w, p, config)
    vcpu, memory = w["task_vcpu"] or None, w["task_memory_mib"] or None
    right_vcpu = p["right_vcpu"] if withheld is None and p["right_vcpu"] is not None else vcpu
    right_memory = p["right_memory_mib"] if withheld is None and p["right_memory_mib"] is not None else memory
    usual = NetworkMode.AWSVPC if launch_type is LaunchType.FARGATE else NetworkMode.BRIDGE
    mode = usual if launch_type is LaunchType.FARGATE else NetworkMode(w["network_mode"] or usual)
    interruptible, arm_ready = w["interruptible"], w["arm_ready"]
    return Task(
        workload=index,
        workload_id=workload_id,
        account_id=w["account_id"] or "",
        region=w["region"] or "",
        cluster=w["cluster"] or "default",
        kind=kind,
        launch_type=launch_type,
        capacity_option=CapacityOption(w["capacity_option"] or CapacityOption.ON_DEMAND),
        cpu_architecture=CpuArchitecture(w["cpu_architecture"] or CpuArchitecture.X86_64),
        arm_ready=config.plan.assume_arm_ready if arm_ready is None else bool(arm_ready),
        operating_system=OperatingSystem(w["operating_system"] or OperatingSystem.LINUX),
        vcpu=vcpu,
        memory_mib=memory,
        right_vcpu=right_vcpu or 0.0,
        right_memory_mib=right_memory or 0.0,
        vcpu_used=p["vcpu_p50"],
        ephemeral_storage_gib=w["ephemeral_storage_gib"] or 0.0,
        gpus=w["gpus"] or 0,
        network_mode=mode,
        # a task with a network interface of its own takes no port of its host (ecs-semantics B.2)
        host_ports=()
        if mode is NetworkMode.AWSVPC
        else tuple((w["host_ports"] or "").replace(",", " ").split()),
        assign_public_ip=bool(w["assign_public_ip"]),
        privileged=bool(w["privileged"]),
        volumes=frozenset((w["volumes"] or "").lower().replace(",", " ").split()),
        spread=_spread(w, config) if kind is WorkloadKind.SERVICE and (p["tasks_max"] or 0) >= 2 else 1,
        interruptible=config.spot.assume_interruptible if interruptible is None else bool(interruptible),
        placement_constraints=w["placement_constraints"] or "",
        owner=_owner(w["tags"], config),
        workload_class=p["workload_class"],
        tasks_mean=p["tasks_mean"] or 0.0,
        covered_hours=p["covered_hours"] or 0,
        withheld=withheld,
        costable=costable,
        pin=next((pin for pin in config.plan.pins if fnmatchcase(workload_id, pin.match)), None),
    )


def _spread(w: Mapping[str, Any], config: Config) -> int:
    """Return the zones of a service of several tasks."""
    if not config.fleet.spread_over_azs:
        return 1
    return max(w["az_count"] or config.fleet.default_az_count, config.fleet.min_az_count)


def _standing(w: dict[str, Any], p: dict[str, Any], config: Config) -> tuple[str | None, bool]:
    """Return why nothing is advised (or null), and whether the workload can be priced at all."""
    missing = [
        text for column, text in (("task_vcpu", "vCPU"), ("task_memory_mib", "memory")) if not w[column]
    ]
    if missing:
        return f"task size unknown ({' and '.join(missing)}): profiled only; give it or use --assume", False
    if p["tasks_mean"] is None:
        return "task count unknown: profiled only; give tasks or use --assume tasks=1", False
    if not w["region"]:
        return "region unknown: profiled only; give it or use --assume region=us-east-1", False
    if not p["covered_hours"]:
        return "no usage in the window: profiled only", False
    if any(fnmatchcase(w["workload_id"], glob) for glob in config.plan.exclude):
        return "excluded by plan.exclude", True
    return p["withheld"], True


def _owner(tags: str | None, config: Config) -> str | None:
    try:
        value = json.loads(tags).get(config.plan.owner_tag) if tags else None
    except (ValueError, AttributeError):
        return None
    return None if value is None else config.plan.owners.get(str(value), str(value))
