"""What a plan may do, and what is asked of folk rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from advisor.config.kinds import STRICT, Flag, NonNegative, Positive


@dataclass(frozen=True)
class Pin:
    """A workload that must be placed as told; `match` is a glob on `workload_id`."""

    __pydantic_config__ = STRICT
    match: str
    launch_type: Literal["FARGATE", "EC2", "MANAGED_INSTANCES"] | None = None
    capacity_option: Literal["ON_DEMAND", "SPOT"] | None = None
    cpu_architecture: Literal["X86_64", "ARM64"] | None = None


@dataclass(frozen=True)
class PlanPolicy:
    """What a plan may do."""

    __pydantic_config__ = STRICT
    launch_types: tuple[Literal["FARGATE", "EC2", "MANAGED_INSTANCES"], ...] = (
        "FARGATE",
        "EC2",
        "MANAGED_INSTANCES",
    )
    architectures: tuple[Literal["X86_64", "ARM64"], ...] = ("X86_64", "ARM64")
    assume_arm_ready: Flag = False
    """Treat images that do not say so as built for ARM64."""
    exclude: tuple[str, ...] = ()
    """Globs on `workload_id`: left as they are and listed."""
    pins: tuple[Pin, ...] = ()
    """The first that matches a workload holds; `checkout=FARGATE, web*=EC2 SPOT` for short."""
    regions: tuple[str, ...] = ()
    """Regions to plan; workloads elsewhere are left out and listed. Empty: all."""
    demand_growth_share: Annotated[float, Field(ge=-0.95, le=10.0)] = 0.0
    """Demand to plan for: 0.5 is half more than was measured, -0.2 a fifth less; whole tasks in every hour."""
    owner_tag: str = "team"
    """Tag whose value names the owner of a recommendation."""
    owners: dict[str, str] = field(default_factory=dict)
    """Owner tag value → who gets the recommendation."""
    churn_usd: NonNegative = 5.0
    """Where an earlier run is given, its advice holds until another saves this much more a month: a change costs an hour of
    somebody's week, and advice that turns back and forth is not followed."""
    min_savings_usd: NonNegative = 1.0
    """A change that saves less than this a month is not worth a ticket."""


@dataclass(frozen=True)
class FolkPolicy:
    """What the rules of thumb mean by their words, so that they can be held against dollars."""

    __pydantic_config__ = STRICT
    large_vcpu: Positive = 8.0
    """Mean reserved vCPU from which a workload is large: two 2xlarge hosts of its own at half load."""
    small_vcpu: Positive = 1.0
    """Mean reserved vCPU up to which a workload is small: half of the smallest common instance."""
    overhead_usd_per_hour: NonNegative = 75.0
    """What an hour of an engineer costs someone who minds the overhead, loaded."""
