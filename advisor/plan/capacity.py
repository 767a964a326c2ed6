"""The instances a cell may use: what is left of each for tasks, and what an hour of it costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from fractions import Fraction

import polars as pl

from advisor.catalog import Catalog
from advisor.config import Config, FleetPolicy
from advisor.plan.instance_bill import managed_instances_fee_pico_usd, volume_pico_usd
from advisor.plan.tasks import Task
from advisor.plan.ways import group_name
from advisor.terms import CapacityOption, LaunchType, NetworkMode, OperatingSystem
from advisor.units import CPU_UNITS_PER_VCPU, HOURS_PER_MONTH, PICO_PER_USD, SECONDS_PER_HOUR

RESOURCES = ("cpu_units", "memory_mib", "task_slots", "gpus")
"""Resources of every bin; static host ports come on top, one column each."""


def bins(
    catalog: Catalog,
    region: str,
    operating_system: OperatingSystem,
    config: Config,
    *,
    daemons: Sequence[Task] = (),
    in_use: Iterable[str] = (),
) -> pl.DataFrame:
    """Return one row per launch type × capacity option × instance type that the policy allows.

    Columns: `group`, `launch_type`, `capacity_option`, `cpu_architecture`, `instance_type`, `family`, `vcpu`,
    `registered_memory_mib`, the `RESOURCES` left for tasks, `instance_pico` (the meter that plans discount),
    `fee_pico`, `extra_pico` (volume, address), `rework_pico` (expected, not billed), `operations_usd_per_hour`,
    `usd_per_hour` (all of it), `interruptions_per_month`, `method`, `as_of`. Sorted by group and type.

    Args:
        daemons: tasks that run once on every instance of the cell.
        in_use: instance types that run today; allowed whatever the policy on families says.
    """
    shapes = _shapes(catalog, region, operating_system, config.fleet, frozenset(in_use), daemons)
    extra = _extra_pico(catalog, region, config)
    if not extra:
        return pl.DataFrame()
    fees = {f: catalog.managed_instances_fee(f, region) for f in shapes["family"].unique().sort().to_list()}
    windows = operating_system is OperatingSystem.WINDOWS
    rows = []
    for shape in shapes.iter_rows(named=True):
        fee_share = fees[shape["family"]]
        for launch_type in (LaunchType.EC2, LaunchType.MANAGED_INSTANCES):
            if launch_type is LaunchType.MANAGED_INSTANCES and windows:
                continue
            for option in CapacityOption:
                row = _row(shape, windows, launch_type, option, fee_share, extra[launch_type], config)
                if row is not None:
                    rows.append(row)
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.sort("group", "instance_type") if rows else frame


def _shapes(
    catalog: Catalog,
    region: str,
    operating_system: OperatingSystem,
    policy: FleetPolicy,
    in_use: frozenset[str],
    daemons: Sequence[Task],
) -> pl.DataFrame:
    price = (
        "on_demand_pico_usd_per_hour"
        if operating_system is OperatingSystem.LINUX
        else "windows_pico_usd_per_hour"
    )
    table = catalog.ec2(region)
    wanted = [
        t in in_use or _family_allowed(f, policy)
        for t, f in zip(table["instance_type"], table["family"], strict=True)
    ]
    used = pl.col("instance_type").is_in(sorted(in_use))
    allowed = (
        (pl.col("generation") >= policy.min_generation)
        & (pl.col("vcpu") <= policy.max_vcpu)
        & (pl.lit(policy.allow_burstable) | ~pl.col("burstable"))
        & (pl.lit(policy.allow_bare_metal) | ~pl.col("bare_metal"))
    )
    vcpu = policy.daemon_vcpu + sum(d.vcpu or 0.0 for d in daemons)
    memory = policy.agent_reserve_mib + policy.daemon_memory_mib + sum(d.memory_mib or 0.0 for d in daemons)
    taken = sum(d.network_mode is NetworkMode.AWSVPC for d in daemons)
    left = 1.0 - policy.headroom_share
    return (
        table.filter(pl.Series(wanted, dtype=pl.Boolean))
        .filter(used | allowed)
        .filter(pl.col(price).is_not_null() & pl.col("registered_memory_mib").is_not_null())
        .with_columns(
            pl.col(price).alias("od_pico"),
            ((pl.col("vcpu") * left - vcpu) * CPU_UNITS_PER_VCPU).floor().alias("cpu_units"),
            ((pl.col("registered_memory_mib") * left) - memory).floor().alias("memory_mib"),
            (pl.coalesce("awsvpc_tasks", pl.lit(0)) - taken).cast(pl.Float64).alias("plain_slots"),
            (pl.coalesce("awsvpc_tasks_trunked", "awsvpc_tasks", pl.lit(0)) - taken)
            .cast(pl.Float64)
            .alias("trunked_slots"),
            pl.col("gpus").fill_null(0).cast(pl.Float64),
        )
        .filter((pl.col("cpu_units") > 0) & (pl.col("memory_mib") > 0))
    )


def _family_allowed(family: str, policy: FleetPolicy) -> bool:
    return any(fnmatchcase(family, glob) for glob in policy.families) and not any(
        fnmatchcase(family, glob) for glob in policy.exclude_families
    )


def _extra_pico(catalog: Catalog, region: str, config: Config) -> dict[LaunchType, int]:
    """Return pico-dollars an instance-hour for its volume and public address, by launch type; empty without a price."""
    gib_month = catalog.other(region, "ebs_gp3_storage")
    address = catalog.other(region, "public_ipv4")
    if gib_month is None or (address is None and config.fleet.public_ipv4_per_instance):
        return {}
    ipv4 = address.pico_usd if address is not None and config.fleet.public_ipv4_per_instance else 0
    gib = {
        LaunchType.EC2: config.fleet.root_volume_gib,
        LaunchType.MANAGED_INSTANCES: config.fleet.managed_data_volume_gib,
    }
    return {
        launch_type: round(volume_pico_usd(Fraction(str(size)), gib_month.pico_usd, 1)) + ipv4
        for launch_type, size in gib.items()
    }


def _row(
    shape: dict[str, object],
    windows: bool,
    launch_type: LaunchType,
    option: CapacityOption,
    fee_share: tuple[float, str] | None,
    extra_pico: int,
    config: Config,
) -> dict[str, object] | None:
    spot = option is CapacityOption.SPOT
    # Windows is sold on Spot too, but no price of it is known
    price = (None if windows else shape["spot_pico_usd_per_hour"]) if spot else shape["od_pico"]
    managed = launch_type is LaunchType.MANAGED_INSTANCES
    # on Managed Instances trunking is on whatever the account setting says; Windows has none (ecs-semantics B.4)
    trunked = not windows and (managed or config.fleet.awsvpc_trunking)
    if price is None or (managed and fee_share is None):
        return None
    assert isinstance(price, int)
    od = shape["od_pico"]
    assert isinstance(od, int)
    monthly = shape["interruption_share_high"] if spot else 0.0
    interruptions = (
        -math.log1p(-min(float(monthly if isinstance(monthly, float) else 0.25), 0.95)) if spot else 0.0
    )
    instance_pico = price
    operations = config.operations
    # the private discount comes off the whole bill in the end; people's time is none of it
    people = operations.usd_per_hour * operations.hours_per_instance_month / HOURS_PER_MONTH
    people /= 1.0 - config.prices.edp_share
    if managed:
        people *= operations.managed_instances_factor
    fee_pico = (
        round(managed_instances_fee_pico_usd(od, fee_share[0], SECONDS_PER_HOUR))
        if managed and fee_share
        else 0
    )
    rework_pico = round(instance_pico * interruptions / HOURS_PER_MONTH * config.spot.restart_hours)
    return {
        "group": group_name(launch_type, option, str(shape["cpu_architecture"]), gpu=bool(shape["gpus"])),
        "launch_type": launch_type.value,
        "capacity_option": option.value,
        **{
            k: shape[k]
            for k in (
                "cpu_architecture",
                "instance_type",
                "family",
                "vcpu",
                "registered_memory_mib",
                "cpu_units",
                "memory_mib",
            )
        },
        "task_slots": shape["trunked_slots" if trunked else "plain_slots"],
        "gpus": shape["gpus"],
        "instance_pico": instance_pico,
        "fee_pico": fee_pico,
        "extra_pico": extra_pico,
        "rework_pico": rework_pico,
        "operations_usd_per_hour": people,
        "usd_per_hour": (instance_pico + fee_pico + extra_pico + rework_pico) / PICO_PER_USD + people,
        "interruptions_per_month": interruptions,
        "method": shape["spot_method"] if spot else shape["on_demand_method"],
        "as_of": str(shape["spot_as_of"] if spot else shape["on_demand_as_of"]),
    }
