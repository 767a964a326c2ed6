"""Whose money an instance is: AWS's split cost allocation, exact, the parts adding up to the whole.

Rule (Cost and Usage Reports User Guide, split-cost-allocation-data): a vCPU weighs nine times a GB; each task
is allocated the larger of what it reserved and what it used; what nobody was allocated is spread over the
tasks in proportion to what each was, for CPU and memory apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from advisor.errors import InputError
from advisor.plan.meters import Amount

VCPU_WEIGHT = 9
GB_WEIGHT = 1


@dataclass(frozen=True)
class TaskShare:
    """What one task reserved and used of an instance in the period; null where use is unknown."""

    task_id: str
    reserved_vcpu: Amount
    reserved_gb: Amount
    used_vcpu: Amount | None = None
    used_gb: Amount | None = None

    @property
    def vcpu(self) -> Amount:
        """Allocated vCPU."""
        return max(self.reserved_vcpu, self.used_vcpu or 0)

    @property
    def gb(self) -> Amount:
        """Allocated memory."""
        return max(self.reserved_gb, self.used_gb or 0)


@dataclass(frozen=True)
class SplitCost:
    """A task's part of an instance in pico-dollars.

    Attributes:
        split_pico_usd: for what it was allocated.
        unused_pico_usd: its part of what nobody was.
        vcpu_share, memory_share: its part of all allocated vCPU and memory, the ratios of the redistribution.
    """

    task_id: str
    split_pico_usd: Fraction
    unused_pico_usd: Fraction
    vcpu_share: Fraction
    memory_share: Fraction

    @property
    def total_pico_usd(self) -> Fraction:
        """Both parts."""
        return self.split_pico_usd + self.unused_pico_usd


def split_cost(
    instance_pico_usd: Amount, vcpu: Amount, memory_gib: Amount, tasks: Sequence[TaskShare]
) -> tuple[SplitCost, ...]:
    """Return each task's part of an instance's (or a pool's) cost; the parts add up to it exactly.

    Args:
        instance_pico_usd: amortized cost of the period.
        vcpu, memory_gib: capacity; in the period's unit too (vCPU-hours) when tasks are.
        tasks: everything that ran. Allocations above the capacity (bursting over the reservation) shrink
            everyone's price a unit instead of adding cost. A resource that nobody was allocated is split by
            the other.

    Raises:
        InputError: no task was allocated anything, so that nobody can bear the cost.
    """
    all_vcpu = sum((Fraction(t.vcpu) for t in tasks), Fraction(0))
    all_gb = sum((Fraction(t.gb) for t in tasks), Fraction(0))
    if not all_vcpu and not all_gb:
        raise InputError("an instance cannot be split: no task reserved or used any of it")
    unit = Fraction(instance_pico_usd) / (VCPU_WEIGHT * Fraction(vcpu) + GB_WEIGHT * Fraction(memory_gib))
    cpu_cost, gb_cost = unit * VCPU_WEIGHT * vcpu, unit * GB_WEIGHT * memory_gib
    parts = []
    for task in tasks:
        gb_share = Fraction(task.gb) / all_gb if all_gb else Fraction(task.vcpu) / all_vcpu
        vcpu_share = Fraction(task.vcpu) / all_vcpu if all_vcpu else gb_share
        cpu_total, gb_total = cpu_cost * vcpu_share, gb_cost * gb_share
        # more allocated than there is: the unit price falls, nothing is left unused
        cpu_split = min(cpu_total, unit * VCPU_WEIGHT * task.vcpu)
        gb_split = min(gb_total, unit * GB_WEIGHT * task.gb)
        split = cpu_split + gb_split
        parts.append(SplitCost(task.task_id, split, cpu_total + gb_total - split, vcpu_share, gb_share))
    return tuple(parts)
