"""The account's own rate of Fargate Spot, which AWS publishes nowhere by account, from the lines of its bill."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from advisor.catalog import Catalog
from advisor.config import PricePolicy
from advisor.plan.billed import Line, billed
from advisor.plan.usage_types import fargate_meter, is_of_ecs
from advisor.terms import CapacityOption, CpuArchitecture, OperatingSystem, PriceMethod
from advisor.units import format_usd, usd

SOURCE = "bill"
LEAST_UNIT_HOURS = 1
"""A month's vCPU- or GB-hours below which a bill's rounding is seen in the rate."""
COLUMNS = {"vcpu_pico": "VCPU", "gib_pico": "GIB"}
"""Column of the catalog's Fargate table → dimension."""


@dataclass(frozen=True)
class OwnPrices:
    """A catalog with the account's own rates in it.

    Attributes:
        notes: which rates are its own, in words.
    """

    catalog: Catalog
    notes: tuple[str, ...] = ()


def own_prices(bill: pl.DataFrame | None, catalog: Catalog, policy: PricePolicy) -> OwnPrices:
    """Return the catalog with Fargate Spot as it was billed, where both its rates are on the bill and below on-demand.

    Under a private discount nothing is taken: bills show net prices, ours are list prices.

    Args:
        bill: `schema.BILL`.
    """
    if bill is None or bill.is_empty() or policy.edp_share:
        return OwnPrices(catalog)
    _, end, lines = billed(bill)
    table = catalog.tables["fargate"]
    notes = []
    for row in table.filter(_is_spot()).iter_rows(named=True):
        region, architecture = row["region"], CpuArchitecture(row["cpu_architecture"])
        rates = {column: _rate(lines, region, architecture, name) for column, name in COLUMNS.items()}
        listed = catalog.fargate_rate(region, OperatingSystem.LINUX, architecture, CapacityOption.ON_DEMAND)
        if listed is None:
            continue
        most = listed.pico_usd_per_vcpu_hour, listed.pico_usd_per_gib_hour
        if not all(r is not None and 0 < r <= top for r, top in zip(rates.values(), most, strict=True)):
            continue
        said = {**rates, "method": PriceMethod.OBSERVED.value, "source": SOURCE, "as_of": str(end.date())}
        here = _is_spot() & (pl.col("region") == region) & (pl.col("cpu_architecture") == architecture)
        table = table.with_columns(
            pl.when(here).then(pl.lit(value, dtype=table.schema[name])).otherwise(pl.col(name)).alias(name)
            for name, value in said.items()
        )
        notes.append(_note(region, architecture, rates["vcpu_pico"] or 0, row["vcpu_pico"], end.date()))
    if not notes:
        return OwnPrices(catalog)
    return OwnPrices(
        Catalog(catalog.as_of, catalog.digest, {**catalog.tables, "fargate": table}), tuple(notes)
    )


def _is_spot() -> pl.Expr:
    linux = pl.col("operating_system") == OperatingSystem.LINUX.value
    return linux & (pl.col("capacity_option") == CapacityOption.SPOT.value)


def _rate(lines: Iterable[Line], region: str, architecture: CpuArchitecture, dimension: str) -> int | None:
    """Return pico-dollars a unit-hour; null where too little of it was used."""
    name = fargate_meter(dimension, OperatingSystem.LINUX, architecture, spot=True)
    ours = [
        x
        for x in lines
        if (x.region, x.meter) == (region, name)
        and x.record_type in ("", "Usage")
        and is_of_ecs(x.usage_type, x.service)
    ]
    quantity = sum((x.quantity or 0 for x in ours), Fraction(0))
    if quantity < LEAST_UNIT_HOURS:
        return None
    return round(sum((x.pico for x in ours), Fraction(0)) / quantity)


def _note(region: str, architecture: CpuArchitecture, own_pico: int, listed_pico: int, end: date) -> str:
    return (
        f"Fargate Spot {architecture} in {region} is priced as your bill has it until {end}: "
        f"{format_usd(usd(own_pico), 5)} a vCPU-hour, the catalog says {format_usd(usd(listed_pico), 5)}"
    )
