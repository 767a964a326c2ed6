"""Where a workload may run, what that costs, and what lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Rejection:
    """A "no" with its reason: for one option of a workload, or for the whole workload (`option` empty).

    Attributes:
        workload_id: the workload.
        option: `FARGATE SPOT ARM64` and the like; empty when nothing can be advised at all.
        reason: one sentence for people.
        bottleneck: `terms.Bottleneck`.
        context: figures behind the reason.
    """

    workload_id: str
    option: str
    reason: str
    bottleneck: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Placement:
    """Where a workload goes; money is a month (730 h) of the covered window's mean hour.

    Attributes:
        monthly_cost_usd: its share of the plan: instances are split as AWS does, a vCPU weighs nine GB; the shares add
            up to the plan less commitments that nothing uses.
        marginal_monthly_cost_usd: what the cheapest plan would save at the most if it went away; its own bill where it
            shares no instance. These do not add up to the plan.
        baseline_doubt_usd: how far today's cost may be off because its prices are estimates.
        one_more_task_monthly_usd: about what one more task in every hour of a month would add.
        dearest_hour: when room on its instances costs most (ISO 8601); null where it costs much the same always.
        dearest_hour_usd: one task's room in that hour.
    """

    workload_id: str
    launch_type: str
    capacity_option: str
    cpu_architecture: str
    pool_id: str | None
    task_vcpu: float
    task_memory_mib: float
    spot_share: float
    monthly_cost_usd: float
    marginal_monthly_cost_usd: float | None
    baseline_monthly_cost_usd: float
    baseline_is_estimate: bool
    estimated_price: bool
    monthly_cost_low_usd: float
    monthly_cost_high_usd: float
    unchanged: bool
    baseline_doubt_usd: float = 0.0
    one_more_task_monthly_usd: float | None = None
    dearest_hour: str | None = None
    dearest_hour_usd: float | None = None

    @property
    def savings_range_usd(self) -> tuple[float, float]:
        """Least and most that it saves, as far as estimated prices on both sides go."""
        saves = self.baseline_monthly_cost_usd
        return (
            saves - self.monthly_cost_high_usd - self.baseline_doubt_usd,
            saves - self.monthly_cost_low_usd + self.baseline_doubt_usd,
        )

    def option(self) -> str:
        """Return its name in outputs, `FARGATE SPOT ARM64`."""
        return f"{self.launch_type} {self.capacity_option} {self.cpu_architecture}"


@dataclass(frozen=True)
class Pool:
    """An ECS capacity provider one can create.

    Attributes:
        utilization_share: (vCPU, memory) sold to tasks over registered, over the window.
        fluid_monthly_cost_usd: what its tasks would cost on its types if instances came in parts; null where today's
            instances are kept.
        interchangeable_types: of a Spot pool, each of its types → every type that holds the same tasks for little more,
            itself included, cheapest first: what the Auto Scaling group should be free to start instead.
    """

    pool_id: str
    account_id: str
    region: str
    cluster: str
    launch_type: str
    capacity_option: str
    cpu_architecture: str
    operating_system: str
    instance_types: tuple[str, ...]
    min_instances: int
    max_instances: int
    mean_instances: float
    monthly_cost_usd: float
    utilization_share: tuple[float, float]
    workload_ids: tuple[str, ...]
    fluid_monthly_cost_usd: float | None = None
    interchangeable_types: dict[str, tuple[str, ...]] = field(default_factory=dict)
