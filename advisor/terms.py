"""The words of the trade as enums, spelled as AWS and the FinOps Foundation spell them."""

from __future__ import annotations

from enum import StrEnum


class LaunchType(StrEnum):
    """Where a task runs (ECS `launchType`; MANAGED_INSTANCES as in `compatibilities`)."""

    FARGATE = "FARGATE"
    EC2 = "EC2"
    MANAGED_INSTANCES = "MANAGED_INSTANCES"


SPOT_PART = "+spot"
"""Ends the name of what Spot may take of a service that is planned in two parts."""


class CapacityOption(StrEnum):
    """How interruptible the capacity is (`capacityOptionType` of the ECS API)."""

    ON_DEMAND = "ON_DEMAND"
    SPOT = "SPOT"


class WorkloadKind(StrEnum):
    """What starts the tasks."""

    SERVICE = "SERVICE"
    SCHEDULED = "SCHEDULED"
    STANDALONE = "STANDALONE"
    DAEMON = "DAEMON"


class CpuArchitecture(StrEnum):
    """`runtimePlatform.cpuArchitecture` of a task definition."""

    X86_64 = "X86_64"
    ARM64 = "ARM64"


class OperatingSystem(StrEnum):
    """`runtimePlatform.operatingSystemFamily`, the Windows editions taken together."""

    LINUX = "LINUX"
    WINDOWS = "WINDOWS"


class NetworkMode(StrEnum):
    """`networkMode` of a task definition."""

    AWSVPC = "awsvpc"
    BRIDGE = "bridge"
    HOST = "host"
    NONE = "none"


class WorkloadClass(StrEnum):
    """The shape of a workload over time."""

    BATCH = "BATCH"
    BURST = "BURST"
    STEADY_STATE = "STEADY_STATE"
    IDLE = "IDLE"


class Finding(StrEnum):
    """Compute Optimizer's words for a size against its use."""

    OVER_PROVISIONED = "OVER_PROVISIONED"
    UNDER_PROVISIONED = "UNDER_PROVISIONED"
    OPTIMIZED = "OPTIMIZED"
    UNKNOWN = "UNKNOWN"


class CommitmentKind(StrEnum):
    """What can be committed to."""

    COMPUTE_SP = "COMPUTE_SP"
    EC2_INSTANCE_SP = "EC2_INSTANCE_SP"
    RI_STANDARD = "RI_STANDARD"
    RI_CONVERTIBLE = "RI_CONVERTIBLE"


class PaymentOption(StrEnum):
    """How a commitment is paid."""

    NO_UPFRONT = "NO_UPFRONT"
    PARTIAL_UPFRONT = "PARTIAL_UPFRONT"
    ALL_UPFRONT = "ALL_UPFRONT"


class PriceMethod(StrEnum):
    """How a price became known."""

    OBSERVED = "observed"
    DERIVED = "derived"
    ESTIMATED = "estimated"


class ActionType(StrEnum):
    """What a recommendation asks for; Cost Optimization Hub's words where it has one."""

    RIGHTSIZE = "Rightsize"
    MIGRATE_LAUNCH_TYPE = "MigrateLaunchType"
    USE_SPOT = "UseSpot"
    MIGRATE_TO_GRAVITON = "MigrateToGraviton"
    PURCHASE_SAVINGS_PLANS = "PurchaseSavingsPlans"
    PURCHASE_RESERVED_INSTANCES = "PurchaseReservedInstances"
    SCALE_IN = "ScaleIn"


class Effort(StrEnum):
    """Cost Optimization Hub's `implementationEffort`."""

    VERY_LOW = "VeryLow"
    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"


class Effect(StrEnum):
    """What another policy does to the plans that are lawful."""

    RELAXES = "relaxes"
    """Every plan stays lawful, more become so."""
    RESTRICTS = "restricts"
    """No plan becomes lawful that was not."""
    CHANGES = "changes"
    """Neither is known."""
    NOTHING = "nothing"


class Change(StrEnum):
    """What becomes of a workload from one plan to another."""

    CHANGED = "changed"
    ADDED = "added"
    """Only the other plan advises on it."""
    REMOVED = "removed"


class Standing(StrEnum):
    """How a row of a reconciliation is to be read."""

    COMPARED = "compared"
    """Bill and model ought to agree."""
    SHARED = "shared"
    """The bill's line also pays for what ECS does not run."""
    UNKNOWN = "unknown"
    """A usage type of ECS that the model has no meter for."""
    ASIDE = "aside"
    """On one side only by its nature: credits, taxes, expected rework, instances that we packed, regions without a bill."""


class Moment(StrEnum):
    """An hour of a pool that is looked at closely."""

    TYPICAL = "TYPICAL"
    """Its instances cost as much as in the middle of all hours."""
    BUSIEST = "BUSIEST"
    """They cost the most."""


class Bottleneck(StrEnum):
    """What stood in the way of an option."""

    CPU = "cpu"
    MEMORY = "memory"
    GPU = "gpu"
    NETWORK = "network"
    PLATFORM = "platform"
    INTERRUPTION = "interruption"
    PRICE = "price"
    COST = "cost"
    HISTORY = "history"
    POLICY = "policy"
    DATA = "data"


class BindingResource(StrEnum):
    """What a way that lost would run out of first, or what makes it dear."""

    VCPU = "vcpu"
    MEMORY = "memory"
    TASK_SLOTS = "task_slots"
    GPUS = "gpus"
    HOST_PORTS = "host_ports"
    SPREAD = "spread"
    WHOLE_INSTANCES = "whole_instances"
    VCPU_STEP = "vcpu_step"
    MEMORY_STEP = "memory_step"


LAUNCH = {LaunchType.FARGATE: "Fargate", LaunchType.EC2: "EC2", LaunchType.MANAGED_INSTANCES: "Managed Inst."}
NOT_KNOWN = "not known"


def place_name(launch_type: str | None, capacity_option: str | None, cpu_architecture: str | None) -> str:
    """Return `Fargate`, `EC2 Spot`, `Fargate ARM` and the like."""
    if not launch_type:
        return NOT_KNOWN
    spot = " Spot" if capacity_option == CapacityOption.SPOT else ""
    arm = " ARM" if cpu_architecture == CpuArchitecture.ARM64 else ""
    return f"{LAUNCH.get(LaunchType(launch_type), launch_type)}{spot}{arm}"
