"""What tasks on instances cost besides the instances: CPU above a burstable type's baseline, and disks of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from advisor.catalog import Catalog
from advisor.plan.solution import MILLI, PoolPlan, Solution
from advisor.plan.tasks import Task
from advisor.terms import LaunchType
from advisor.units import HOURS_PER_MONTH, SECONDS_PER_HOUR


@dataclass(frozen=True)
class Item:
    """One line that no plan discounts: `quantity` unit-hours over the window.

    `billed` is false for expected rework, which is a cost of Spot but no meter.
    """

    owner: str
    item: str
    unit: str
    quantity: Fraction
    pico_per_unit_hour: int
    method: str
    as_of: str
    billed: bool = True

    @property
    def pico(self) -> Fraction:
        """Pico-dollars over the window."""
        return self.quantity * self.pico_per_unit_hour


def surplus_credits(solution: Solution, catalog: Catalog) -> Iterator[Item]:
    """Yield what T instances in `unlimited` mode pay for CPU above their baseline.

    Credits of the window are netted as a whole: mean use of the tasks' median against what the instances earn (EC2
    User Guide, burstable-performance-instances-unlimited-mode-concepts). CPU lies on a pool's types by their vCPU.
    """
    price = catalog.other("us-east-1", "ec2_unlimited_surplus_credit_linux")
    tasks = {t.workload: t for c in solution.cells for t in c.tasks}
    regions = sorted({pool.cell[1] for pool in solution.pools})
    burstable = {region: _burstable(region, catalog) for region in regions}
    for pool in solution.pools:
        shares = burstable[pool.cell[1]]
        shapes = {t: shares[t] for t in pool.bins["instance_type"] if t in shares}
        if not shapes or price is None:
            continue
        vcpu_of = dict(pool.bins.select("instance_type", "vcpu").iter_rows())
        burst = earned = whole = Fraction(0)
        for instance_type, milli in pool.fleet.select("instance_type", "count_milli").iter_rows():
            vcpu_hours = Fraction(milli * int(vcpu_of[instance_type]), MILLI)
            whole += vcpu_hours
            if instance_type in shapes:
                burst += vcpu_hours
                earned += vcpu_hours * shapes[instance_type]
        used = _used_vcpu_hours(pool, solution, tasks) * (burst / whole if whole else 0)
        if used > earned:
            yield Item(
                pool.pool_id,
                "SURPLUS_CPU_CREDITS",
                "vCPU-hour",
                used - earned,
                price.pico_usd,
                "estimated",
                str(price.as_of),
            )


def _burstable(region: str, catalog: Catalog) -> dict[str, Fraction]:
    """Return instance type → baseline share of the region's burstable types."""
    rows = catalog.ec2(region).filter("burstable").select("instance_type", "baseline_share").iter_rows()
    return {name: Fraction(str(share)) for name, share in rows if share is not None}


def _used_vcpu_hours(pool: PoolPlan, solution: Solution, tasks: dict[int, Task]) -> Fraction:
    total = Fraction(0)
    for way in pool.ways:
        used, ran = tasks[way.workload].vcpu_used, solution.window.task_seconds.get(way.workload, 0)
        total += Fraction(ran, SECONDS_PER_HOUR) * Fraction(str(round(used or 0.0, 6)))
    return total


def task_disks(solution: Solution, catalog: Catalog) -> Iterator[Item]:
    """Yield the gp3 volume that a task's ephemeral storage takes on instances; on Fargate it is a meter of its own."""
    tasks = {t.workload: t for c in solution.cells for t in c.tasks}
    if not any(t.ephemeral_storage_gib for t in tasks.values()):
        return
    summed = solution.window.demand.group_by("workload").agg(pl.col("tasks_peak").sum())
    task_hours: dict[int, int] = dict(summed.iter_rows())
    for workload, way in sorted(solution.assignment.items()):
        gib = tasks[workload].ephemeral_storage_gib
        if way.launch_type is LaunchType.FARGATE or not gib:
            continue
        price = catalog.other(tasks[workload].region, "ebs_gp3_storage")
        if price is None:
            continue
        yield Item(
            way.workload_id,
            "TASK_DISK/gp3",
            "GB-month",
            task_hours.get(workload, 0) * Fraction(str(gib)) / HOURS_PER_MONTH,
            price.pico_usd,
            price.method,
            str(price.as_of),
        )
