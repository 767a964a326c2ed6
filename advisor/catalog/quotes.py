"""Every price the catalog knows of something, as one list: what it costs, how that is known and as of when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

import polars as pl

from advisor.catalog.book import BANDS, Catalog
from advisor.errors import CatalogError
from advisor.units import format_share, format_size

COLUMNS: dict[str, type[pl.DataType]] = {
    "region": pl.String, "item": pl.String, "bought_as": pl.String, "pico_usd": pl.Int64, "unit": pl.String,
    "method": pl.String, "as_of": pl.String, "source": pl.String, "note": pl.String,
}  # fmt: skip
"""What a list of quotes holds; `pico_usd`, `method` and `as_of` are null together: no price is known."""


def region_quotes(catalog: Catalog, region: str) -> pl.DataFrame:
    """Return a region's Fargate rates, their Savings Plan rates and everything that is billed beside compute.

    Raises:
        CatalogError: nothing is known of the region.
    """
    catalog.check_region(region)
    return _frame(region, [*_fargate(catalog, region), *_others(catalog, region)])


def instance_quotes(catalog: Catalog, region: str, patterns: Sequence[str]) -> pl.DataFrame:
    """Return what instance types cost in a region: on-demand, Spot, Windows, the Managed Instances fee, commitments.

    Args:
        patterns: names or globs (`m7g.*`); each must match something.

    Raises:
        CatalogError: the region, or a name in it, is not known.
    """
    catalog.check_region(region)
    shapes = catalog.ec2(region)
    wanted: set[str] = set()
    for pattern in patterns:
        found = [t for t in shapes["instance_type"] if fnmatchcase(t, pattern)]
        if not found:
            raise CatalogError(f"{pattern!r} is not known in {region}", hint=_near(pattern, shapes, region))
        wanted.update(found)
    plans = _by_family(catalog.commitments(region))
    rows = shapes.filter(pl.col("instance_type").is_in(sorted(wanted))).iter_rows(named=True)
    return _frame(region, [quote for shape in rows for quote in _instance(catalog, region, shape, plans)])


def _near(name: str, shapes: pl.DataFrame, region: str) -> str:
    near = get_close_matches(name, shapes["instance_type"].to_list(), n=3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    families = ", ".join(shapes["family"].unique().sort().to_list())
    return f"families known in {region}: {families}" if families else f"no EC2 prices are known in {region}"


def _frame(region: str, quotes: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{"region": region, **quote} for quote in quotes], schema=COLUMNS)


def _quote(
    item: str, bought_as: str, unit: str, pico: int | None, row: Mapping[str, Any], prefix: str = ""
) -> dict[str, Any]:
    known = {k: row[f"{prefix}{k}"] for k in ("method", "as_of", "source")} if pico is not None else {}
    return {"item": item, "bought_as": bought_as, "unit": unit, "pico_usd": pico, **known}


def _fargate(catalog: Catalog, region: str) -> Iterator[dict[str, Any]]:
    plans = _by_family(catalog.commitments(region))
    if catalog.fargate(region).is_empty():
        yield _quote("Fargate", "ON_DEMAND", "vCPU-hour", None, {})
    for row in catalog.fargate(region).iter_rows(named=True):
        name = f"Fargate {row['operating_system']} {row['cpu_architecture']}"
        option = row["capacity_option"]
        for unit, column, scope in (
            ("vCPU-hour", "pico_usd_per_vcpu_hour", "VCPU"),
            ("GiB-hour", "pico_usd_per_gib_hour", "GIB"),
        ):
            yield _quote(name, option, unit, row[column], row)
            if option == "ON_DEMAND" and row["operating_system"] == "LINUX":
                for plan in plans.get(f"FARGATE_{row['cpu_architecture']}_{scope}", ()):
                    yield _committed(name, unit, row[column], plan, row["method"])
        if row["pico_usd_per_vcpu_hour_licence"] is not None:
            licence = row["pico_usd_per_vcpu_hour_licence"]
            yield _quote(f"{name} licence", option, "vCPU-hour", licence, row)
        if option == "ON_DEMAND":
            ephemeral = {**row, "method": row["ephemeral_method"]}
            pico = row["pico_usd_per_ephemeral_gib_hour"]
            yield _quote(f"{name} storage above 20 GiB", option, "GiB-hour", pico, ephemeral)


def _others(catalog: Catalog, region: str) -> Iterator[dict[str, Any]]:
    for item in catalog.tables["other_prices"]["item"].unique().sort():
        price = catalog.other(region, item)
        if price is not None:
            known = {"method": price.method, "as_of": price.as_of, "source": price.source}
            quote = _quote(item, "ON_DEMAND", price.unit, price.pico_usd, known)
            yield {**quote, "note": price.note or None}


def _instance(
    catalog: Catalog, region: str, shape: Mapping[str, Any], plans: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[dict[str, Any]]:
    name, on_demand = shape["instance_type"], shape["on_demand_pico_usd_per_hour"]
    size = f"{format_size(shape['vcpu'], shape['memory_mib'])}, {shape['cpu_architecture']}"
    yield {**_quote(name, "ON_DEMAND", "hour", on_demand, shape, "on_demand_"), "note": size}
    risk = None
    if shape["interruption_share_high"] is not None:
        low, high = shape["interruption_share_low"], shape["interruption_share_high"]
        worst = low == BANDS[-1][0]
        share = f"over {format_share(low)}" if worst else f"{format_share(low)} to {format_share(high)}"
        risk = f"{share} interrupted a month"
    yield {**_quote(name, "SPOT", "hour", shape["spot_pico_usd_per_hour"], shape, "spot_"), "note": risk}
    if on_demand is None:
        return
    derived = {**{k: shape[f"on_demand_{k}"] for k in ("as_of", "source")}, "method": "derived"}
    if shape["windows_pico_usd_per_hour"] is not None:
        yield _quote(f"{name} Windows", "ON_DEMAND", "hour", shape["windows_pico_usd_per_hour"], derived)
    fee = catalog.managed_instances_fee(shape["family"], region)
    if fee is not None:
        note = f"{format_share(fee[0], 1)} of on-demand, {fee[1]}"
        yield {
            **_quote(
                f"{name} Managed Instances fee",
                "ON_DEMAND",
                "hour",
                _whole(on_demand * Decimal(str(fee[0]))),
                derived,
            ),
            "note": note,
        }
    for plan in plans.get(shape["family"], ()):
        yield _committed(name, "hour", on_demand, plan, shape["on_demand_method"])


def _committed(item: str, unit: str, on_demand: int, plan: Mapping[str, Any], method: str) -> dict[str, Any]:
    """A rate under a commitment is as certain as the weaker of its price and its discount."""
    share = Decimal(plan["discount_share"])
    known = {**plan, "method": "estimated" if method == "estimated" else plan["method"]}
    bought_as = f"{plan['kind']} {plan['term_years']}y {plan['payment_option']}"
    quote = _quote(item, bought_as, unit, _whole(on_demand * (1 - share)), known)
    return {**quote, "note": f"{format_share(float(share), 1)} off"}


def _whole(pico: Decimal) -> int:
    return int(pico.to_integral_value(rounding=ROUND_HALF_UP))


def _by_family(commitments: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in commitments.iter_rows(named=True):
        found.setdefault(row["scope"], []).append(row)
    return found
