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
from advisor.plan.people import instance_usd_per_hour
from advisor.plan.tasks import Task
from advisor.plan.ways import group_name
from advisor.terms import CapacityOption, LaunchType, NetworkMode, OperatingSystem
from advisor.units import CPU_UNITS_PER_VCPU, HOURS_PER_MONTH, PICO_PER_USD, SECONDS_PER_HOUR

RESOURCES = ("cpu_units", "memory_mib", "task_slots", "gpus")
"""Resources of every bin; static host ports come on top, one column each."""


def bins(
    prices: pl.DataFrame,
    policy: FleetPolicy,
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
        prices: `instance_prices` of the cell's region and operating system.
        daemons: tasks that run once on every instance of the cell.
        in_use: instance types that run today; allowed whatever the policy on families says.
    """
    if not len(prices):
        return prices
    used = pl.col("instance_type").is_in(pl.Series(sorted(set(in_use)), dtype=pl.String).implode())
    vcpu = policy.daemon_vcpu + sum(d.vcpu or 0.0 for d in daemons)
    memory = policy.agent_reserve_mib + policy.daemon_memory_mib + sum(d.memory_mib or 0.0 for d in daemons)
    taken = sum(d.network_mode is NetworkMode.AWSVPC for d in daemons)
    left = 1.0 - policy.headroom_share
    found = (
        prices.lazy()
        .filter(pl.col("allowed") | used)
        .with_columns(
            ((pl.col("vcpu") * left - vcpu) * CPU_UNITS_PER_VCPU).floor().alias("cpu_units"),
            ((pl.col("registered_memory_mib") * left) - memory).floor().alias("memory_mib"),
            (pl.col("slots") - taken).cast(pl.Float64).alias("task_slots"),
        )
        .filter((pl.col("cpu_units") > 0) & (pl.col("memory_mib") > 0))
        .select(_COLUMNS)
        .collect()
    )
    return found if len(found) else pl.DataFrame()


def shapes(catalog: Catalog, region: str, operating_system: OperatingSystem) -> pl.DataFrame:
    """Return every priced instance type of a region, whatever the policy says: shape, on-demand price, managed fee."""
    windows = operating_system is OperatingSystem.WINDOWS
    price = pl.col("windows_pico_usd_per_hour" if windows else "on_demand_pico_usd_per_hour")
    found = catalog.ec2(region).filter(price.is_not_null() & pl.col("registered_memory_mib").is_not_null())
    found = found.with_columns(
        price.alias("od_pico"),
        pl.coalesce("awsvpc_tasks", pl.lit(0)).alias("plain_slots"),
        pl.coalesce("awsvpc_tasks_trunked", "awsvpc_tasks", pl.lit(0)).alias("trunked_slots"),
        pl.col("gpus").fill_null(0).cast(pl.Float64),
    )
    return found.with_columns(_fee_pico(found, catalog, region))


def instance_prices(
    types: pl.DataFrame, catalog: Catalog, region: str, operating_system: OperatingSystem, config: Config
) -> pl.DataFrame:
    """Return what an hour of every instance type costs in a region, whatever lies on it.

    The columns of `bins` but for the room, and `slots` (awsvpc tasks) and `allowed` (by the policy). Sorted by group and
    type; empty where the price of a volume or an address is not known.

    Args:
        types: `shapes` of the region and operating system.
    """
    return with_people(cash_prices(types, catalog, region, operating_system, config), config)


def with_people(cash: pl.DataFrame, config: Config) -> pl.DataFrame:
    """Return `cash_prices` with people's time on every instance."""
    if not len(cash):
        return cash
    # the private discount comes off the whole bill, and people are none of it
    people = {
        launch_type.value: instance_usd_per_hour(launch_type, config.operations)
        / (1.0 - config.prices.edp_share)
        for launch_type in (LaunchType.EC2, LaunchType.MANAGED_INSTANCES)
    }
    rate = pl.col("launch_type").replace_strict(people, return_dtype=pl.Float64)
    pico = pl.sum_horizontal("instance_pico", "fee_pico", "extra_pico", "rework_pico")
    return cash.with_columns(
        rate.alias("operations_usd_per_hour"), (pico / PICO_PER_USD + rate).alias("usd_per_hour")
    )


def cash_prices(
    types: pl.DataFrame, catalog: Catalog, region: str, operating_system: OperatingSystem, config: Config
) -> pl.DataFrame:
    """Return `instance_prices` before people's time, on which `config.operations` has no influence."""
    extra = _extra_pico(catalog, region, config)
    if not extra:
        return pl.DataFrame()
    windows = operating_system is OperatingSystem.WINDOWS
    types = types.with_columns(_allowed(types, config.fleet).alias("allowed"))
    offered = [
        _offered(types, launch_type, option, extra[launch_type], config, windows=windows)
        for launch_type in (LaunchType.EC2, LaunchType.MANAGED_INSTANCES)
        for option in CapacityOption
        # neither Managed Instances nor a known Spot price goes with Windows
        if not windows or (launch_type, option) == (LaunchType.EC2, CapacityOption.ON_DEMAND)
    ]
    return pl.concat(offered).sort("group", "instance_type")


def _allowed(shapes: pl.DataFrame, policy: FleetPolicy) -> pl.Expr:
    families = [f for f in shapes["family"].unique().to_list() if _family_allowed(f, policy)]
    return (
        pl.col("family").is_in(pl.Series(families, dtype=pl.String).implode())
        & (pl.col("generation") >= policy.min_generation)
        & (pl.col("vcpu") <= policy.max_vcpu)
        & (pl.lit(policy.allow_burstable) | ~pl.col("burstable"))
        & (pl.lit(policy.allow_bare_metal) | ~pl.col("bare_metal"))
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


def _fee_pico(shapes: pl.DataFrame, catalog: Catalog, region: str) -> pl.Series:
    """Return each type's hourly fee of Managed Instances, null where none is known."""
    known = {f: catalog.managed_instances_fee(f, region) for f in shapes["family"].unique().to_list()}
    share = {
        f: managed_instances_fee_pico_usd(1, fee[0], SECONDS_PER_HOUR) for f, fee in known.items() if fee
    }
    fees = [
        round(od * share[family]) if family in share else None
        for family, od in shapes.select("family", "od_pico").iter_rows()
    ]
    return pl.Series("fee_pico", fees, dtype=pl.Int64)


def _offered(
    shapes: pl.DataFrame,
    launch_type: LaunchType,
    option: CapacityOption,
    extra_pico: int,
    config: Config,
    *,
    windows: bool,
) -> pl.DataFrame:
    """Return `instance_prices` of one launch type and capacity option; types without a price of it are left out."""
    spot = option is CapacityOption.SPOT
    managed = launch_type is LaunchType.MANAGED_INSTANCES
    price = "spot" if spot else "on_demand"
    instance = pl.col("spot_pico_usd_per_hour" if spot else "od_pico")
    # on Managed Instances trunking is on whatever the account setting says; Windows has none (ecs-semantics B.4)
    trunked = not windows and (managed or config.fleet.awsvpc_trunking)
    priced = shapes.filter(
        instance.is_not_null() & (pl.col("fee_pico").is_not_null() if managed else pl.lit(True))
    )
    interruptions = _interruptions(priced["interruption_share_high"]) if spot else pl.lit(0.0)
    names = [
        group_name(launch_type, option, architecture, gpu=bool(gpus))
        for architecture, gpus in priced.select("cpu_architecture", "gpus").iter_rows()
    ]
    rework = instance * pl.col("interruptions_per_month") / HOURS_PER_MONTH * config.spot.restart_hours
    return (
        priced.with_columns(
            pl.Series("group", names, dtype=pl.String),
            pl.lit(launch_type.value).alias("launch_type"),
            pl.lit(option.value).alias("capacity_option"),
            pl.col("trunked_slots" if trunked else "plain_slots").alias("slots"),
            instance.alias("instance_pico"),
            pl.col("fee_pico") if managed else pl.lit(0, pl.Int64).alias("fee_pico"),
            pl.lit(extra_pico, pl.Int64).alias("extra_pico"),
            interruptions.alias("interruptions_per_month"),
            pl.lit(0.0).alias("operations_usd_per_hour"),
            pl.lit(0.0).alias("usd_per_hour"),
            pl.col(f"{price}_method").alias("method"),
            pl.col(f"{price}_as_of").cast(pl.String).alias("as_of"),
        )
        .with_columns(rework.round(mode="half_to_even").cast(pl.Int64).alias("rework_pico"))
        .select(
            "slots", "allowed", *(c for c in _COLUMNS if c not in ("cpu_units", "memory_mib", "task_slots"))
        )
    )


_COLUMNS = [
    *("group", "launch_type", "capacity_option", "cpu_architecture", "instance_type", "family", "vcpu"),
    *("registered_memory_mib", "cpu_units", "memory_mib", "task_slots", "gpus"),
    *("instance_pico", "fee_pico", "extra_pico", "rework_pico", "operations_usd_per_hour", "usd_per_hour"),
    *("interruptions_per_month", "method", "as_of"),
]


def _interruptions(monthly_share: pl.Series) -> pl.Series:
    """Return expected interruptions a month from the share of instances that suffer one; the worst band's if unknown."""
    known = {
        share: -math.log1p(-min(0.25 if share is None else share, 0.95)) for share in monthly_share.unique()
    }
    return pl.Series([known[share] for share in monthly_share], dtype=pl.Float64)
