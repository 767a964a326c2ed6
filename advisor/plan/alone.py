"""What a task costs by itself, without instances: Fargate and Fargate Spot, meter by meter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.errors import CatalogError
from advisor.plan.fargate_bill import FREE_EPHEMERAL_GIB, FargateRates, fargate_lines
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import CapacityOption, LaunchType, OperatingSystem
from advisor.units import CPU_UNITS_PER_VCPU, HOURS_PER_MONTH, MIB_PER_GIB, SECONDS_PER_HOUR


@dataclass(frozen=True)
class Charge:
    """One meter of one task: `pico_per_task_hour` for `quantity_per_task` units.

    `dimension` is VCPU, GIB, EPHEMERAL_GIB, LICENCE_VCPU, PUBLIC_IPV4 or EXPECTED_REWORK; plans discount the
    first two.
    """

    dimension: str
    unit: str
    quantity_per_task: float
    pico_per_unit_hour: int
    pico_per_task_hour: int
    method: str
    as_of: str


@dataclass(frozen=True)
class AlonePrice:
    """The price of one task-hour of a way, and its meters."""

    way: Way
    charges: tuple[Charge, ...]

    @property
    def pico_per_task_hour(self) -> int:
        """Pico-dollars for one task running one hour, expected rework included."""
        return sum(c.pico_per_task_hour for c in self.charges)

    @property
    def method(self) -> str:
        """The weakest method among its meters."""
        methods = {c.method for c in self.charges}
        return next(m for m in ("estimated", "derived", "observed") if m in methods)


def alone_price(task: Task, way: Way, catalog: Catalog, config: Config) -> AlonePrice | None:
    """Return what one task-hour of a Fargate way costs; null when any of its meters has no price."""
    if way.launch_type is not LaunchType.FARGATE:
        return None
    try:
        charges = tuple(_charges(task, way, catalog, config))
    except CatalogError:
        return None  # no price is never zero: a way that lacks one cannot be offered
    return AlonePrice(way, charges) if charges else None


def _charges(task: Task, way: Way, catalog: Catalog, config: Config) -> Iterator[Charge]:
    rate = catalog.fargate_rate(task.region, task.operating_system, way.cpu_architecture, way.capacity_option)
    if rate is None:
        return
    gib = way.task_memory_mib / MIB_PER_GIB
    disk_gib = max(float(FREE_EPHEMERAL_GIB), task.ephemeral_storage_gib)
    windows = task.operating_system is OperatingSystem.WINDOWS
    licensed = way.task_vcpu if windows else 0.0
    hour = fargate_lines(
        SECONDS_PER_HOUR,
        round(way.task_vcpu * CPU_UNITS_PER_VCPU),
        round(way.task_memory_mib),
        FargateRates(
            rate.pico_usd_per_vcpu_hour,
            rate.pico_usd_per_gib_hour,
            rate.pico_usd_per_ephemeral_gib_hour or None,
            rate.pico_usd_per_vcpu_hour_licence or None,
        ),
        ephemeral_gib=Fraction(str(disk_gib)),
        windows=windows,
    )
    meters = [
        ("VCPU", "vCPU-hour", way.task_vcpu, rate.pico_usd_per_vcpu_hour, hour.vcpu),
        ("GIB", "GB-hour", gib, rate.pico_usd_per_gib_hour, hour.memory),
        (
            "EPHEMERAL_GIB",
            "GB-hour",
            disk_gib - FREE_EPHEMERAL_GIB,
            rate.pico_usd_per_ephemeral_gib_hour,
            hour.ephemeral_storage,
        ),
        (
            "LICENCE_VCPU",
            "vCPU-hour",
            licensed,
            rate.pico_usd_per_vcpu_hour_licence,
            hour.windows_licence,
        ),
    ]
    total = 0
    for dimension, unit, quantity, pico, exact in meters:
        if quantity:
            total += round(exact)
            yield Charge(dimension, unit, quantity, pico or 0, round(exact), rate.method, str(rate.as_of))
    if task.assign_public_ip:
        address = catalog.other(task.region, "public_ipv4")
        if address is None:
            raise CatalogError(f"a public IPv4 address in {task.region} has no price")
        net = address.pico_usd
        yield Charge("PUBLIC_IPV4", "address-hour", 1.0, net, net, address.method, str(address.as_of))
    if way.capacity_option is CapacityOption.SPOT:
        lost = config.spot.fargate_interruptions_per_month / HOURS_PER_MONTH * config.spot.restart_hours
        pico = round(total * lost)
        yield Charge("EXPECTED_REWORK", "task-hour", 1.0, pico, pico, "estimated", str(rate.as_of))
