"""How things run today: each workload's way, and the instances that are known."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from advisor.catalog import Catalog
from advisor.plan.hours import Window
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import CapacityOption, LaunchType


def todays_way(task: Task, ways: Sequence[Way]) -> Way | None:
    """Return the way that keeps a workload where it is, null when it is not lawful or not known."""
    now = (task.launch_type, task.capacity_option, task.cpu_architecture)
    return next((w for w in ways if (w.launch_type, w.capacity_option, w.cpu_architecture) == now), None)


def known_instances(
    instances: pl.DataFrame, key: tuple[str, str, str, str], hours: Window, catalog: Catalog
) -> pl.DataFrame | None:
    """Return today's instances of a cell by hour: `group, hour, instance_type, count_milli`; null when not given.

    Hours in which a type was not reported hold none of it only if the cluster was reported in that hour; hours
    without any report are given the cluster's mean hour, as for demand.

    Args:
        instances: `schema.INSTANCES`.
        key: account, region, cluster, operating system.
    """
    account, region, cluster, _ = key
    same = (
        (pl.col("cluster") == cluster)
        & (pl.col("account_id").fill_null(account) == account)
        & (pl.col("region").fill_null(region) == region)
    )
    rows = instances.filter(same)
    if not len(rows):
        return None
    starts = pl.DataFrame(
        {"hour_start": list(hours.starts), "hour": pl.Series(range(hours.hours), dtype=pl.Int32)},
        schema_overrides={"hour_start": pl.Datetime("us", "UTC")},
    )
    architecture = pl.DataFrame(
        catalog.ec2(region).select("instance_type", "cpu_architecture")
        if region in catalog.regions()
        else {"instance_type": [], "cpu_architecture": []},
        schema={"instance_type": pl.String, "cpu_architecture": pl.String},
    )
    hourly = (
        rows.with_columns(
            pl.col("start").dt.truncate("1h").alias("hour_start"),
            pl.col("capacity_option").fill_null(CapacityOption.ON_DEMAND.value),
            (pl.col("count") * 1000).round().cast(pl.Int64).alias("milli"),
            pl.col("interval_s").fill_null(3600),
        )
        .join(architecture, on="instance_type", how="left")
        .with_columns(
            pl.concat_str(
                pl.lit(LaunchType.EC2.value),
                "capacity_option",
                pl.col("cpu_architecture").fill_null("X86_64"),
                separator="/",
            ).alias("group")
        )
        # zones and reports inside the hour: instance-seconds add up, then become the hour's mean
        .group_by("group", "instance_type", "hour_start")
        .agg((pl.col("milli") * pl.col("interval_s").clip(upper_bound=3600)).sum().alias("milli_s"))
        .join(starts, on="hour_start")
        .select("group", "hour", "instance_type", (pl.col("milli_s") // 3600).alias("count_milli"))
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
