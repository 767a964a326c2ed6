"""Pools of instances for the assignment that was chosen, packed for every hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from advisor import core
from advisor.plan.cell import Cell, by_group
from advisor.plan.fleet import Sizes, demand_of, fitting, with_ports
from advisor.plan.side_by_side import side_by_side
from advisor.plan.solution import FLEET, MILLI, PoolPlan
from advisor.plan.ways import Way
from advisor.terms import CapacityOption, CpuArchitecture, LaunchType


def pools(cells: Sequence[Cell], assignment: Mapping[int, Way]) -> tuple[PoolPlan, ...]:
    """Return the pools of all cells, packed hour by hour with the types chosen for them."""
    names = shared_names(cells)

    def of_cell(cell: Cell) -> list[PoolPlan]:
        chosen = {t.workload: assignment[t.workload] for t in cell.tasks if t.workload in assignment}
        groups = sorted(by_group(chosen.values()).items())
        return [_pool(cell, group, tuple(ways), pool_id(cell, group, names)) for group, ways in groups]

    return tuple(pool for pools_ in side_by_side(of_cell, cells, Cell.task_count) for pool in pools_)


def pool_id(cell: Cell, group: str, shared_names: frozenset[str]) -> str:
    """Return a pool's name: its cluster and what sets it apart; the place too where several share the cluster's name."""
    account, region, cluster, operating_system = cell.key
    launch_type, option, architecture, *gpu = group.split("/")
    parts = [account, region] if cluster in shared_names else []
    parts += [cluster]
    parts += ["windows"] if operating_system == "WINDOWS" else []
    parts += ["mi"] if launch_type == LaunchType.MANAGED_INSTANCES else []
    parts += ["gpu"] if gpu else []
    parts += ["arm"] if architecture == CpuArchitecture.ARM64 else []
    parts += ["spot"] if option == CapacityOption.SPOT else []
    return "-".join(p for p in parts if p)


def shared_names(cells: Sequence[Cell]) -> frozenset[str]:
    """Return the cluster names that stand for more than one place (account and region)."""
    places: dict[str, set[tuple[str, str]]] = {}
    for cell in cells:
        places.setdefault(cell.key[2], set()).add(cell.key[:2])
    return frozenset(name for name, where in places.items() if len(where) > 1)


def _pool(cell: Cell, group: str, ways: tuple[Way, ...], name: str) -> PoolPlan:
    view = cell.sizes((w.workload for w in ways), {w.workload: [w] for w in ways})
    estimate = cell.pool(group, ways)
    assert estimate is not None
    if estimate.kept:
        return kept_pool(cell, group, ways, name)
    bins = fitting(cell.bins, view).filter(pl.col("instance_type").is_in(list(estimate.instance_types)))
    return packed_pool(cell, group, view, ways, bins, name, least=cell.policy.min_instances_per_pool)


def kept_pool(cell: Cell, group: str, ways: tuple[Way, ...], name: str) -> PoolPlan:
    """Return today's instances of a group as a pool, hour by hour as they were reported."""
    known = cell.known_fleet(group)
    assert known is not None
    fleet = known.select(pl.lit(name).alias("pool_id"), "hour", "instance_type", "count_milli")
    types = known["instance_type"].unique().sort().implode()
    bins = cell.bins.filter((pl.col("group") == group) & pl.col("instance_type").is_in(types))
    return PoolPlan(name, cell.key, group, bins, ways, fleet, _NO_PATTERNS, _NO_HOURS, kept=True)


_NO_PATTERNS = pl.DataFrame(
    schema={"pattern_id": pl.Int64, "bin": pl.Int64, "size": pl.Int64, "count_per_bin": pl.Int64}
)
_NO_HOURS = pl.DataFrame(schema={"hour": pl.Int64, "pattern_id": pl.Int64, "bins": pl.Int64})


def packed_pool(
    cell: Cell,
    group: str,
    view: Sizes,
    ways: tuple[Way, ...],
    bins: pl.DataFrame,
    name: str,
    *,
    least: int = 0,
) -> PoolPlan:
    """Return a pool packed anew for every hour.

    Args:
        least: instances that it has whatever runs.
    """
    order = {t.workload: i for i, t in enumerate(view.tasks)}
    ordered = tuple(sorted(ways, key=lambda w: order[w.workload]))
    packed = core.pack_hours(
        view.frame, with_ports(bins, view.ports), demand_of(view, cell.demand), min_bins=view.spread
    )
    types = bins.select("instance_type").with_row_index("bin").cast({"bin": pl.Int64})
    fleet = (
        packed.bins.cast({"bin": pl.Int64})
        .join(types, on="bin")
        .select(
            pl.lit(name).alias("pool_id"),
            pl.col("hour").cast(pl.Int32),
            "instance_type",
            (pl.col("count") * MILLI).cast(pl.Int64).alias("count_milli"),
        )
        .sort("hour", "instance_type")
        .cast(FLEET)  # type: ignore[arg-type]
    )
    as_ints = pl.all().cast(pl.Int64)
    fleet = _kept_up(fleet, cell.demand["hour"].unique().sort(), bins, name, least)
    return PoolPlan(
        name,
        cell.key,
        group,
        bins,
        ordered,
        fleet,
        packed.patterns.select(as_ints),
        packed.hour_patterns.select(as_ints),
        kept=False,
        fluid_share=_fluid_share(packed.hours, fleet, bins),
    )


def _fluid_share(hours: pl.DataFrame, fleet: pl.DataFrame, bins: pl.DataFrame) -> float | None:
    """Return the least that the hours could cost on instances that come in parts, over what the fleet costs."""
    prices = bins.select("instance_type", "usd_per_hour")
    paid = fleet.join(prices, on="instance_type").sort("hour", "instance_type")
    usd = sum(n / MILLI * price for n, price in paid.select("count_milli", "usd_per_hour").iter_rows())
    least = sum(hours.sort("hour")["lower_bound_usd_per_hour"].to_list())
    return min(1.0, least / usd) if usd else None


def _kept_up(
    fleet: pl.DataFrame, hours: pl.Series, bins: pl.DataFrame, name: str, least: int
) -> pl.DataFrame:
    """Return the fleet with at least `least` instances in every hour, the missing ones of its cheapest type."""
    if not least:
        return fleet
    cheapest = bins.sort("usd_per_hour", "instance_type")["instance_type"][0]
    there = fleet.group_by("hour").agg(pl.col("count_milli").sum().alias("there"))
    missing = (
        hours.to_frame()
        .join(there, on="hour", how="left")
        .with_columns((pl.lit(least * MILLI) - pl.col("there").fill_null(0)).alias("count_milli"))
        .filter(pl.col("count_milli") > 0)
        .select(pl.lit(name).alias("pool_id"), "hour", pl.lit(cheapest).alias("instance_type"), "count_milli")
        .cast(FLEET)  # type: ignore[arg-type]
    )
    return (
        pl.concat([fleet, missing])
        .group_by("pool_id", "hour", "instance_type")
        .agg(pl.col("count_milli").sum())
        .sort("hour", "instance_type")
    )
