"""What a settled solution costs a month, in the usage types of AWS's bill, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from advisor.plan.pool_extras import Item
from advisor.plan.settle import Settled
from advisor.plan.usage_types import (
    COMMITMENTS,
    CREDITS,
    DISKS,
    REWORK,
    fargate_meter,
    fee_meter,
    instance_meter_name,
)
from advisor.terms import CapacityOption
from advisor.units import HOURS_PER_MONTH


@dataclass(frozen=True)
class Charge:
    """One line of the model's bill.

    Attributes:
        region: empty for what belongs to the account.
        meter: usage type without prefix, as `usage_types.meter` returns it.
        quantity: a month's, in the usage type's unit; null where the model counts in another one.
        pico: a month's pico-dollars, commitments and the private discount taken off.
        assumed: it is of instances that we packed ourselves: their types are our choice, not the account's.
    """

    region: str
    meter: str
    quantity: Fraction | None
    pico: Fraction
    assumed: bool = False


def charges(settled: Settled) -> tuple[Charge, ...]:
    """Return the lines of a month; they add up to the solution's total."""
    return (*_discounted(settled), *_items(settled), *_unused(settled))


def _discounted(settled: Settled) -> Iterator[Charge]:
    use, cost = settled.metered, settled.bill.effective_pico_usd
    packed = {pool.pool_id for pool in settled.solution.pools if not pool.kept}
    quanta: dict[str, dict[bool, int]] = {meter_id: {} for meter_id in cost}
    for (owner, meter_id), ran in use.owners.items():
        quanta[meter_id][owner in packed] = quanta[meter_id].get(owner in packed, 0) + ran
    hours = Fraction(HOURS_PER_MONTH, settled.solution.window.hours)
    for metered in use.meters:
        kind, *rest = use.facts[metered.meter_id][0].partition(" in ")[0].split("/")
        if kind == "FARGATE":
            operating_system, architecture, _, dimension = rest
            name = fargate_meter(dimension, operating_system, architecture, spot=False)
        else:
            name = instance_meter_name(rest[1], spot=False)
        whole = sum(quanta[metered.meter_id].values())
        for assumed, ran in quanta[metered.meter_id].items():
            part = Fraction(ran, whole) if whole else Fraction(0)
            pico = cost[metered.meter_id] * part * settled.to_month
            yield Charge(metered.region, name, Fraction(ran, metered.scale) * hours, pico, assumed)


def _items(settled: Settled) -> Iterator[Charge]:
    solution = settled.solution
    hours = Fraction(HOURS_PER_MONTH, solution.window.hours)
    regions = {pool.pool_id: pool.cell[1] for pool in solution.pools}
    packed = {pool.pool_id for pool in solution.pools if not pool.kept}
    runs = {}
    for cell in solution.cells:
        for task in cell.tasks:
            regions[task.workload_id] = cell.key[1]
            way = solution.assignment[task.workload]
            runs[task.workload_id] = cell.key[3], way.cpu_architecture, way.capacity_option
    for item in settled.metered.items:
        name, counts = _meter_of(item, *runs.get(item.owner, ("", "", "")))
        quantity = item.quantity * hours if counts else None
        pico = item.pico * settled.to_month
        yield Charge(regions[item.owner], name, quantity, pico, item.owner in packed)


def _meter_of(item: Item, operating_system: str, architecture: str, option: str) -> tuple[str, bool]:
    """Return a line's usage type, and whether it is counted in the usage type's unit."""
    kind, _, what = item.item.partition("/")
    if "EXPECTED_REWORK" in (kind, what):
        return REWORK, False
    if kind.startswith("FARGATE"):
        spot = option == CapacityOption.SPOT
        return fargate_meter(what, operating_system, architecture, spot=spot), True
    if kind == "EC2_SPOT":
        return instance_meter_name(what, spot=True), True
    if kind == "MANAGED_INSTANCES_FEE":
        return fee_meter(what), True
    # disks of instances come with their addresses, by the hour of an instance
    return (CREDITS, True) if kind == "SURPLUS_CPU_CREDITS" else (DISKS, kind == "TASK_DISK")


def _unused(settled: Settled) -> Iterator[Charge]:
    idle = sum(settled.bill.unused_pico_usd.values(), Fraction(0))
    if idle:
        yield Charge("", COMMITMENTS, None, idle * settled.to_month)
