"""Re-checks every price that a plan rests on against the catalog, with arithmetic of its own."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from advisor.catalog import Catalog
from advisor.plan.alone import AlonePrice
from advisor.plan.settle import Settled
from advisor.plan.solution import PoolPlan
from advisor.terms import CapacityOption, LaunchType


def prices_are_the_catalogs(settled: Settled, catalog: Catalog) -> str:
    """Return which price of a plan is not the catalog's, empty when all are: instances, fees, Fargate."""
    for pool in settled.solution.pools:
        wrong = _instance_prices(pool, catalog)
        if wrong:
            return wrong
    for cell in settled.solution.cells:
        for task in cell.tasks:
            way = settled.solution.assignment[task.workload]
            if way.launch_type is LaunchType.FARGATE:
                wrong = _fargate_prices(cell.alone[way], cell.key, catalog)
                if wrong:
                    return f"{task.workload_id}: {wrong}"
    return ""


def _instance_prices(pool: PoolPlan, catalog: Catalog) -> str:
    """Return what is wrong with a pool's prices and fees, empty when nothing is."""
    launch_type, option, *_ = pool.group.split("/")
    table = catalog.ec2(pool.cell[1])
    on_demand = "windows" if pool.cell[3] == "WINDOWS" else "on_demand"
    column = "spot" if option == CapacityOption.SPOT else on_demand
    paid, listed = (pl.col(f"{c}_pico_usd_per_hour") for c in (column, on_demand))
    rates = table.select("instance_type", paid.alias("paid"), listed.alias("listed"))
    known = {name: prices for name, *prices in rates.iter_rows()}
    rows = pool.bins.select("instance_type", "family", "instance_pico", "fee_pico").iter_rows()
    for instance_type, family, pico, fee in rows:
        price, list_price = known.get(instance_type, (0, 0))
        if not price or pico != price:
            return f"{instance_type} in {pool.cell[1]} is priced at {pico}, the catalog says {price}"
        share = catalog.managed_instances_fee(family, pool.cell[1])
        managed = launch_type == LaunchType.MANAGED_INSTANCES and share is not None
        asked = round(list_price * Fraction(str(share[0]))) if managed and share else 0
        if fee != asked:
            return f"the fee of {instance_type} is {fee}, the catalog says {asked}"
    return ""


FARGATE_COLUMNS = {
    "VCPU": "pico_usd_per_vcpu_hour",
    "GIB": "pico_usd_per_gib_hour",
    "EPHEMERAL_GIB": "pico_usd_per_ephemeral_gib_hour",
    "LICENCE_VCPU": "pico_usd_per_vcpu_hour_licence",
}


def _fargate_prices(price: AlonePrice, cell: tuple[str, str, str, str], catalog: Catalog) -> str:
    """Return what is wrong with the rates of a task on Fargate, empty when nothing is."""
    way = price.way
    row = catalog.fargate(cell[1]).row(
        by_predicate=(pl.col("operating_system") == cell[3])
        & (pl.col("cpu_architecture") == way.cpu_architecture.value)
        & (pl.col("capacity_option") == way.capacity_option.value),
        named=True,
    )
    sizes = {"VCPU": Fraction(str(way.task_vcpu)), "GIB": Fraction(str(way.task_memory_mib)) / 1024}
    for charge in price.charges:
        column = FARGATE_COLUMNS.get(charge.dimension)
        if column is None:
            continue
        if charge.pico_per_unit_hour != row[column]:
            return (
                f"{charge.dimension} is priced at {charge.pico_per_unit_hour}, the catalog says {row[column]}"
            )
        size = sizes.get(charge.dimension)
        # each line of a bill is rounded to whole pico-dollars by itself
        if size is not None and abs(size * row[column] - charge.pico_per_task_hour) > 1:
            return f"an hour of its {charge.dimension} is priced at {charge.pico_per_task_hour}"
    return ""
