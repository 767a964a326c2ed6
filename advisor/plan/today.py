"""How things run today: each workload's way, and the instances that are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from advisor.catalog import Catalog
from advisor.plan.hours import Window
from advisor.plan.solution import MILLI
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import CapacityOption, LaunchType
from advisor.units import SECONDS_PER_HOUR


def todays_way(task: Task, ways: Sequence[Way]) -> Way | None:
    """Return the way that keeps a workload where it is, null when it is not lawful or not known."""
    now = (task.launch_type, task.capacity_option, task.cpu_architecture)
    return next((w for w in ways if (w.launch_type, w.capacity_option, w.cpu_architecture) == now), None)


def known_instances(
    instances: pl.DataFrame,
    key: tuple[str, str, str, str],
    hours: Window,
    catalog: Catalog,
    others: Iterable[tuple[str, str, str, str]] = (),
) -> pl.DataFrame | None:
    """Return today's instances of a cell by hour: `group, hour, instance_type, count_milli`; null when not known.

    Hours in which a type was not reported hold none of it only if the cluster was reported in that hour; hours
    without any report are given the cluster's mean hour. No instance is counted in two cells: a report that may
    belong to several is known to none.

    Args:
        instances: `schema.INSTANCES`.
        key: account, region, cluster, operating system.
        others: the keys of all cells.
    """
    rows = instances.filter(_may_be_of(key))
    for other in others:
        if other != key and len(rows.filter(_may_be_of(other))):
            return None
    if not len(rows):
        return None
    starts = pl.DataFrame(
        {"hour_start": list(hours.starts), "hour": pl.Series(range(hours.hours), dtype=pl.Int32)},
        schema_overrides={"hour_start": pl.Datetime("us", "UTC")},
    )
    hourly = (
        _counted(rows)
        .join(_groups(catalog, key[1]), on="instance_type", how="left")
        .with_columns(
            pl.concat_str(
                pl.lit(LaunchType.EC2.value),
                "capacity_option",
                pl.col("rest").fill_null("X86_64"),
                separator="/",
            ).alias("group")
        )
        .group_by("group", "instance_type", "hour_start")
        .agg(pl.col("milli").sum().alias("count_milli"))
        .join(starts, on="hour_start")
        .select("group", "hour", "instance_type", "count_milli")
    )
    reported = hourly.select("hour").unique()
    if not len(reported):
        return None
    means = hourly.group_by("group", "instance_type").agg(
        (pl.col("count_milli").sum() // len(reported)).alias("count_milli")
    )
    missing = starts.select("hour").join(reported, on="hour", how="anti")
    filled = missing.join(means, how="cross").select("group", "hour", "instance_type", "count_milli")
    return (
        pl.concat([hourly, filled]).filter(pl.col("count_milli") > 0).sort("group", "hour", "instance_type")
    )


def _may_be_of(key: tuple[str, str, str, str]) -> pl.Expr:
    account, region, cluster, operating_system = key
    return (
        (pl.col("cluster") == cluster)
        & (pl.col("account_id").fill_null(account) == account)
        & (pl.col("region").fill_null(region) == region)
        & (pl.col("operating_system").fill_null(operating_system) == operating_system)
    )


def _groups(catalog: Catalog, region: str) -> pl.DataFrame:
    """Return `instance_type, rest`: what follows the capacity option in the name of its group of bins."""
    if region not in catalog.regions():
        return pl.DataFrame(schema={"instance_type": pl.String, "rest": pl.String})
    gpu = pl.when(pl.col("gpus").fill_null(0) > 0).then(pl.lit("/GPU")).otherwise(pl.lit(""))
    return catalog.ec2(region).select("instance_type", (pl.col("cpu_architecture") + gpu).alias("rest"))


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `instance_type, capacity_option, hour_start, milli`: the mean count of an hour over its reported time.

    Zones add up. Without `interval_s` an interval lasts as long as the usual spacing of its reports, an hour at most.
    """
    series = ["instance_type", "capacity_option", "availability_zone"]
    spacing = pl.col("start").diff().dt.total_seconds().over(series)
    rows = rows.with_columns(pl.col("capacity_option").fill_null(CapacityOption.ON_DEMAND.value)).sort(
        *series, "start"
    )
    usual = (
        rows.select(*series, spacing.alias("s"))
        .filter(pl.col("s") > 0)
        .group_by(series)
        .agg(pl.col("s").median().cast(pl.Int64).alias("usual"))
    )
    seconds = pl.coalesce("interval_s", "usual", pl.lit(SECONDS_PER_HOUR)).clip(1, SECONDS_PER_HOUR)
    return (
        rows.join(usual, on=series, how="left", nulls_equal=True)
        .with_columns(
            seconds.alias("seconds"),
            pl.col("start").dt.truncate("1h").alias("hour_start"),
            (pl.col("count") * MILLI).round().cast(pl.Int64).alias("milli"),
        )
        .group_by(*series, "hour_start")
        .agg(((pl.col("milli") * pl.col("seconds")).sum() // pl.col("seconds").sum()).alias("milli"))
    )
