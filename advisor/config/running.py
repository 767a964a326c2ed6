"""What instances may be, how much of it Spot, and what people's time costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from advisor.config.kinds import STRICT, Flag, NonNegative, Share


@dataclass(frozen=True)
class FleetPolicy:
    """What EC2 capacity may look like."""

    __pydantic_config__ = STRICT
    families: tuple[str, ...] = ("c*", "m*", "r*", "t*", "g*", "p*")
    """Globs on the instance family. Storage, HPC and accelerator-only families are for those who ask."""
    exclude_families: tuple[str, ...] = ("*-flex",)
    """Flex types give 40 % of CPU baseline: not for packed hosts."""
    allow_burstable: Flag = False
    """T types are cheap until their credits end; packed full, they end."""
    allow_bare_metal: Flag = False
    min_generation: Annotated[int, Field(ge=1)] = 5
    max_vcpu: Annotated[int, Field(ge=1)] = 64
    """Half a fleet on one machine is no fleet."""
    max_instance_types_per_pool: Annotated[int, Field(ge=1, le=10)] = 2
    max_pools_per_architecture: Annotated[int, Field(ge=1, le=8)] = 2
    """Each pool is a capacity provider that somebody looks after; On-Demand and Spot are two."""
    min_instances_per_pool: Annotated[int, Field(ge=0)] = 0
    """Kept and paid even when nothing runs, so that the next task need not wait for a start."""
    max_instances_per_pool: Annotated[int, Field(ge=1)] | None = None
    """Where it binds, larger instances are taken; null: no limit."""
    awsvpc_trunking: Flag = True
    """Account setting `awsvpcTrunking`; without it an m5.large holds two awsvpc tasks."""
    agent_reserve_mib: NonNegative = 256.0
    """`ECS_RESERVED_MEMORY` as AWS's example has it."""
    daemon_vcpu: NonNegative = 0.0
    daemon_memory_mib: NonNegative = 0.0
    """Reserved on every instance for daemons that are not in the workloads table."""
    root_volume_gib: NonNegative = 30.0
    managed_data_volume_gib: NonNegative = 80.0
    public_ipv4_per_instance: Flag = False
    spread_over_azs: Flag = True
    default_az_count: Annotated[int, Field(ge=1, le=6)] = 2
    """Zones of a service that does not say: one zone can fail."""
    min_az_count: Annotated[int, Field(ge=1, le=6)] = 1
    """Zones that a service of several tasks is spread over at the least, whatever it says; 1: as it says."""
    headroom_share: Share = 0.0
    """Capacity kept free for deployments and scaling lag."""


@dataclass(frozen=True)
class SpotPolicy:
    """What Spot may do."""

    __pydantic_config__ = STRICT
    allowed: Flag = True
    assume_interruptible: Flag = False
    """Treat workloads that do not say so as interruptible."""
    max_share: Share = 1.0
    """Of a service's tasks beyond `base_tasks`, to a hundredth. Below 1 a service is planned in two parts: what its capacity
    provider strategy leaves on On-Demand is there when Spot is not (ECS does not fall back)."""
    base_tasks: Annotated[int, Field(ge=0)] = 0
    """Tasks of every service that stay on On-Demand before any goes to Spot."""
    restart_hours: NonNegative = 0.1
    """Work lost and start-up paid again at each interruption of a service task."""
    interchangeable_types: Annotated[int, Field(ge=1, le=40)] = 10
    """Kinds of instance that a Spot pool should be free to start: AWS reclaims kind by kind and advises ten or more."""
    interchangeable_within_share: NonNegative = 0.5
    """A kind may stand in for another if it costs at most half more: still far below the on-demand price."""
    only_interchangeable: Flag = False
    """Pack Spot pools of no kind that too few can stand in for. Off, such kinds are told; on, hardly a GPU is left."""
    fargate_interruptions_per_month: NonNegative = 0.35
    """No rate is published; prior of λ = 2e-4–1e-3 per hour (ecs-semantics §G), assumed."""


@dataclass(frozen=True)
class OperationsPolicy:
    """People's time as an optional line, shown apart from cash. Hours: a + b·pools + c·instances a month."""

    __pydantic_config__ = STRICT
    usd_per_hour: NonNegative = 0.0
    """Zero: not counted."""
    hours_per_cluster_month: NonNegative = 4.0
    hours_per_pool_month: NonNegative = 2.0
    hours_per_instance_month: NonNegative = 0.25
    """Labour follows clusters and machine images more than instances (ecs-semantics §I, assumed)."""
    managed_instances_factor: Share = 0.25
    """AWS's calculator: 0.5 h on Managed Instances against 2.0 h on self-managed EC2."""
