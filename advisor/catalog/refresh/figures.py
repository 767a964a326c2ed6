"""Every price of a snapshot as one long list: what old and new are compared by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import polars as pl

from advisor.units import PICO_PER_USD

SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String, "region": pl.String, "name": pl.String, "pico": pl.Int64, "as_of": pl.String,
}  # fmt: skip
KEY = ["kind", "region", "name"]
FARGATE_PARTS = ("vcpu", "gib", "ephemeral", "licence")


def figures(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return `kind, region, name, pico, as_of`, a row for each price that is known.

    `pico` is pico-dollars; of a discount the share that is left to pay and of a fee its share, in 10⁻¹².
    """
    return pl.DataFrame(list(_figures(tables)), schema=SCHEMA, orient="row")


def _figures(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, str, str, int, str]]:
    for price in tables["ec2_prices"].iter_rows(named=True):
        for kind in ("on_demand", "spot"):
            if price[f"{kind}_pico"] is not None:
                yield (
                    f"ec2_{kind}", price["region"], price["instance_type"], price[f"{kind}_pico"],
                    price[f"{kind}_as_of"],
                )  # fmt: skip
    for rate in tables["fargate"].iter_rows(named=True):
        for part in FARGATE_PARTS:
            if rate[f"{part}_pico"] is not None:
                name = f"{rate['operating_system']}/{rate['cpu_architecture']}/{part}".lower()
                kind = f"fargate_{rate['capacity_option'].lower()}"
                yield kind, rate["region"], name, rate[f"{part}_pico"], rate["as_of"]
    for plan in tables["commitments"].iter_rows(named=True):
        left = int((1 - Decimal(plan["discount_share"])) * PICO_PER_USD)
        name = f"{plan['scope']}/{plan['term_years']}y/{plan['payment_option'].lower()}"
        yield plan["kind"].lower(), plan["region"], name, left, plan["as_of"]
    for fee in tables["managed_instances"].iter_rows(named=True):
        share = int(Decimal(fee["fee_share"]) * PICO_PER_USD)
        yield "managed_instances_fee", fee["region"], fee["scope"], share, fee["as_of"]
    for other in tables["other_prices"].iter_rows(named=True):
        name = "/".join(filter(None, (other["item"], other["note"])))
        yield "other", other["region"], name, other["pico"], other["as_of"]


def changes(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Return the figures that are in both and differ, with `old_pico`."""
    both = new.join(old.select(*KEY, pl.col("pico").alias("old_pico")), on=KEY, how="inner")
    return both.filter(pl.col("pico") != pl.col("old_pico")).sort(KEY)
