"""The snapshot against the facts it was made from: same counts, same values, same bytes when made again."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.build_snapshot import PAYMENT, main
from advisor.catalog.load import SNAPSHOT
from advisor.units import pico_usd

FACTS = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[3] / "shared")) / "catalog"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FACTS.is_dir(), reason="the collected facts are not beside the project"),
]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def _rows(name: str) -> list[dict[str, str]]:
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_build_gives_the_bundled_bytes(tmp_path: Path) -> None:
    main(FACTS, tmp_path)
    made = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    bundled = {p.name: p.read_bytes() for p in SNAPSHOT.iterdir()}
    assert sorted(made) == sorted(bundled)
    assert [n for n in made if made[n] != bundled[n]] == []


def test_every_on_demand_price_is_kept_exactly(catalog: Catalog) -> None:
    table = catalog.tables["ec2_prices"].filter(pl.col("on_demand_pico").is_not_null())
    ours = {
        (r["region"], r["instance_type"]): (r["on_demand_pico"], r["on_demand_source"], r["on_demand_as_of"])
        for r in table.iter_rows(named=True)
    }
    facts = {
        (r["region"], r["instance_type"]): (pico_usd(r["usd_per_hour"]), r["source"], r["as_of"])
        for r in _rows("ec2_on_demand")
    }
    assert ours == facts


def test_every_spot_price_comes_from_a_fact(catalog: Catalog) -> None:
    advisor = {
        (r["region"], r["instance_type"], pico_usd(r["est_spot_usd_per_hour"]))
        for r in _rows("ec2_spot_advisor")
        if r["est_spot_usd_per_hour"]
    }
    seen = {
        (r["region"], r["instance_type"], pico_usd(r["usd_per_hour"]))
        for r in _rows("ec2_spot")
        if not r["az_id"]
    }
    table = catalog.tables["ec2_prices"].filter(pl.col("spot_pico").is_not_null())
    for row in table.iter_rows(named=True):
        key = row["region"], row["instance_type"], row["spot_pico"]
        assert key in (advisor if row["spot_method"] == "estimated" else seen), key


def test_every_region_discount_is_kept(catalog: Catalog) -> None:
    ours = {
        tuple(r[:5]): (Decimal(r[5]), r[6])
        for r in catalog.tables["commitments"]
        .select("region", "kind", "scope", "term_years", "payment_option", "discount_share", "method")
        .iter_rows()
    }
    facts = _rows("ec2_reserved")
    for r in facts:
        kind = f"RI_{r['offering_class'].upper()}"
        key = r["region"], kind, r["family"], int(r["term_years"]), PAYMENT[r["payment"]]
        assert ours[key] == (Decimal(r["discount_pct"]) / 100, r["method"])
    reserved = [k for k in ours if str(k[1]).startswith("RI_")]
    assert len(reserved) == len(facts)


def test_fargate_plan_rates_are_within_their_rounded_discount(catalog: Catalog) -> None:
    """The facts round discounts to a hundredth of a point; ours hold the published rate."""
    ours = {
        (r["scope"], r["term_years"], r["payment_option"]): Decimal(r["discount_share"])
        for r in catalog.commitments("us-east-1").iter_rows(named=True)
        if r["kind"] == "COMPUTE_SP"
    }
    for r in _rows("savings_plans"):
        if r["service"] == "fargate" and r["region"] == "us-east-1":
            architecture, _, dimension = r["scope"].upper().partition(":")
            scope = f"FARGATE_{architecture}_{dimension.replace('GB', 'GIB')}"
            share = ours[scope, int(r["term_years"]), PAYMENT[r["payment"]]]
            assert abs(share * 100 - Decimal(r["discount_pct"])) <= Decimal("0.006")


def test_counts(catalog: Catalog) -> None:
    tables = catalog.tables
    assert len(tables["instance_types"]) == len(_rows("instance_types"))
    assert len(tables["other_prices"]) == sum(Decimal(r["usd"] or 0) > 0 for r in _rows("other_prices"))
    fargate = _rows("fargate")
    assert len(tables["fargate"]) == len(fargate) + sum(bool(r["spot_usd_per_vcpu_hour"]) for r in fargate)
    bands = tables["ec2_prices"]["interruption_band"]
    assert len(bands) - bands.null_count() == len(_rows("ec2_spot_advisor"))
