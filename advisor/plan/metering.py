"""The hours of a solution as AWS would meter them: what plans can discount, and what they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from advisor.catalog import Catalog
from advisor.plan.alone import AlonePrice
from advisor.plan.meters import CPU_SCALE, MEMORY_SCALE, Meter, finer, instance_meter
from advisor.plan.pool_extras import Item, surplus_credits, task_disks
from advisor.plan.solution import MILLI, PoolPlan, Solution
from advisor.plan.ways import Way
from advisor.terms import CapacityOption, LaunchType, OperatingSystem
from advisor.units import CPU_UNITS_PER_VCPU, SECONDS_PER_HOUR

PLAN_DIMENSIONS = {"VCPU": CPU_SCALE, "GIB": MEMORY_SCALE}
"""Fargate meters that Compute Savings Plans reach, and their quanta per unit-hour."""


@dataclass(frozen=True)
class Metered:
    """Everything a solution costs before commitments.

    Attributes:
        meters: what plans may discount; ids unique, sorted.
        usage: hour × meter, in the meters' quanta.
        owners: (owner, meter id) → quanta over the window; an owner is a pool or a workload.
        facts: meter id → (item, unit, method, as of).
        items: the lines that no plan discounts: Spot, storage, fees, licences.
    """

    meters: tuple[Meter, ...]
    usage: tuple[tuple[int, ...], ...]
    owners: dict[tuple[str, str], int]
    facts: dict[str, tuple[str, str, str, str]]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class _Use:
    """One owner's use of one meter: `units` quanta for each second of a workload, or thousandth of an instance-hour."""

    owner: str
    meter: Meter
    fact: tuple[str, str, str, str]
    units: int
    workload: int | None = None


def metered(solution: Solution, catalog: Catalog) -> Metered:
    """Return the meters and their hourly use."""
    ran = _instance_hours(solution)
    uses = [*_fargate_uses(solution), *_instance_uses(solution, ran, catalog)]
    items = [
        *_fargate_items(solution),
        *_instance_items(solution, ran),
        *surplus_credits(solution, catalog),
        *task_disks(solution, catalog),
    ]
    meters = {u.meter.meter_id: u.meter for u in uses}
    names = sorted(meters)
    counted = _counted(uses, solution)
    owners: dict[tuple[str, str], int] = {}
    for use, quanta in counted.group_by("use").agg(pl.col("quanta").sum()).sort("use").iter_rows():
        key = uses[use].owner, uses[use].meter.meter_id
        owners[key] = owners.get(key, 0) + quanta
    return Metered(
        tuple(meters[m] for m in names),
        _rows(counted, [names.index(u.meter.meter_id) for u in uses], solution.window.hours, len(names)),
        owners,
        {u.meter.meter_id: u.fact for u in uses},
        tuple(sorted(items, key=lambda i: (i.owner, i.item))),
    )


def _counted(uses: list[_Use], solution: Solution) -> pl.DataFrame:
    """Return `use, hour, quanta`; use is a row of `uses`."""
    index = pl.Series("use", range(len(uses)), dtype=pl.UInt32)
    table = pl.DataFrame(
        {
            "use": index,
            "units": pl.Series([u.units for u in uses], dtype=pl.Int64),
            "workload": pl.Series([u.workload for u in uses], dtype=pl.UInt32),
            "pool_id": pl.Series([u.owner for u in uses], dtype=pl.String),
            "instance_type": pl.Series([u.meter.instance_type for u in uses], dtype=pl.String),
        }
    ).lazy()
    quanta = (pl.col("n") * pl.col("units")).alias("quanta")
    billed = solution.window.demand.lazy().filter(pl.col("billed_seconds") > 0)
    ran = billed.select("workload", "hour", pl.col("billed_seconds").alias("n")).join(table, on="workload")
    parts = [ran.select("use", "hour", quanta)]
    if solution.pools:
        fleet = pl.concat([p.fleet.lazy() for p in solution.pools]).rename({"count_milli": "n"})
        parts.append(fleet.join(table, on=["pool_id", "instance_type"]).select("use", "hour", quanta))
    return pl.concat(parts).collect()


def _rows(
    counted: pl.DataFrame, column_of: list[int], hours: int, columns: int
) -> tuple[tuple[int, ...], ...]:
    """Return quanta, hour × meter."""
    if not columns:
        return ((),) * hours
    at = pl.DataFrame(
        {
            "use": pl.Series(range(len(column_of)), dtype=pl.UInt32),
            "column": pl.Series(column_of, dtype=pl.Int64),
        }
    )
    cell = pl.col("hour").cast(pl.Int64) * columns + pl.col("column")
    sums = counted.join(at, on="use").group_by(cell.alias("cell")).agg(pl.col("quanta").sum())
    flat = [0] * (hours * columns)
    for place, quanta in sums.iter_rows():
        flat[place] = quanta
    return tuple(tuple(flat[h * columns : (h + 1) * columns]) for h in range(hours))


def _fargate_prices(solution: Solution) -> Iterator[tuple[AlonePrice, tuple[str, str, str, str]]]:
    for cell in solution.cells:
        for task in cell.tasks:
            way = solution.assignment[task.workload]
            if way.launch_type is LaunchType.FARGATE:
                yield cell.alone[way], cell.key


def _plans_reach(dimension: str, way: Way, operating_system: str) -> bool:
    """Return whether a Savings Plan may discount a Fargate meter: not Spot, and of Windows no rate is known."""
    linux = operating_system == OperatingSystem.LINUX
    return dimension in PLAN_DIMENSIONS and way.capacity_option is not CapacityOption.SPOT and linux


def _fargate_uses(solution: Solution) -> Iterator[_Use]:
    for price, (account, region, _, operating_system) in _fargate_prices(solution):
        way = price.way
        if way.capacity_option is CapacityOption.SPOT:
            continue
        units = {"VCPU": round(way.task_vcpu * CPU_UNITS_PER_VCPU), "GIB": round(way.task_memory_mib)}
        for charge in price.charges:
            if not _plans_reach(charge.dimension, way, operating_system):
                continue
            name = (
                f"FARGATE/{operating_system}/{way.cpu_architecture}/{way.capacity_option}/{charge.dimension}"
            )
            meter = Meter(
                meter_id="/".join(p for p in (account, region, name) if p),
                od_pico_usd=charge.pico_per_unit_hour,
                account_id=account,
                region=region,
                operating_system=operating_system,
                scale=PLAN_DIMENSIONS[charge.dimension],
            )
            fact = f"{name} in {region}", charge.unit, charge.method, charge.as_of
            yield _Use(way.workload_id, meter, fact, units[charge.dimension], way.workload)


def _fargate_items(solution: Solution) -> Iterator[Item]:
    totals = solution.window.billed_seconds
    for price, (_, _, _, operating_system) in _fargate_prices(solution):
        task_hours = Fraction(totals.get(price.way.workload, 0), SECONDS_PER_HOUR)
        for charge in price.charges:
            if not _plans_reach(charge.dimension, price.way, operating_system):
                spot = "_SPOT" if price.way.capacity_option is CapacityOption.SPOT else ""
                yield Item(
                    price.way.workload_id,
                    f"FARGATE{spot}/{charge.dimension}",
                    charge.unit,
                    task_hours * Fraction(str(charge.quantity_per_task)),
                    charge.pico_per_unit_hour,
                    charge.method,
                    charge.as_of,
                    billed=charge.dimension != "EXPECTED_REWORK",
                )


def _on_spot(pool: PoolPlan) -> bool:
    return pool.group.split("/")[1] == CapacityOption.SPOT


def _facts(pool: PoolPlan) -> dict[str, dict[str, Any]]:
    """Return instance type → its row of `capacity.bins`."""
    return {row["instance_type"]: row for row in pool.bins.iter_rows(named=True)}


_Ran = dict[str, dict[str, int]]
"""Pool → instance type → thousandths of an instance-hour; types sorted."""


def _instance_hours(solution: Solution) -> _Ran:
    found: _Ran = {pool.pool_id: {} for pool in solution.pools}
    if solution.pools:
        fleets = pl.concat([pool.fleet.lazy() for pool in solution.pools])
        keys = ["pool_id", "instance_type"]
        summed = fleets.group_by(keys).agg(pl.col("count_milli").sum()).sort(keys).collect()
        for pool_id, instance_type, milli in summed.iter_rows():
            found[pool_id][instance_type] = milli
    return found


def _instance_uses(solution: Solution, ran: _Ran, catalog: Catalog) -> Iterator[_Use]:
    for pool in solution.pools:
        account, region, _, operating_system = pool.cell
        if _on_spot(pool):
            continue
        facts = _facts(pool)
        for instance_type in ran[pool.pool_id]:
            row = facts[instance_type]
            meter = instance_meter(
                instance_type,
                row["instance_pico"],
                account_id=account,
                region=region,
                operating_system=operating_system,
                size_flexible=catalog.size_flexible(row["family"]),
            )
            item = f"EC2/{operating_system}/{instance_type}/ON_DEMAND in {region}"
            fact = item, "instance-hour", row["method"], row["as_of"]
            yield _Use(pool.pool_id, finer([meter], MILLI)[0], fact, SECONDS_PER_HOUR)


def _instance_items(solution: Solution, ran: _Ran) -> Iterator[Item]:
    names = {
        "fee_pico": "MANAGED_INSTANCES_FEE",
        "extra_pico": "EBS_AND_IPV4",
        "rework_pico": "EXPECTED_REWORK",
    }
    for pool in solution.pools:
        columns = {"instance_pico": "EC2_SPOT", **names} if _on_spot(pool) else names
        facts = _facts(pool)
        for instance_type, milli in ran[pool.pool_id].items():
            row = facts[instance_type]
            for column, name in columns.items():
                if row[column]:
                    yield Item(
                        pool.pool_id,
                        f"{name}/{instance_type}",
                        "instance-hour",
                        Fraction(milli, MILLI),
                        row[column],
                        "estimated" if column == "rework_pico" else row["method"],
                        row["as_of"],
                        billed=column != "rework_pico",
                    )
