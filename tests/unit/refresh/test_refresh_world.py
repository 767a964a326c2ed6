"""A whole refresh against a fake AWS: what is the same stays the same, what is silent keeps its date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from fakes_prices import NOW, REGIONS, TODAY, World, small_catalog

from advisor.aws.failures import Status
from advisor.catalog import Catalog, load_catalog
from advisor.catalog.load import SNAPSHOT
from advisor.catalog.refresh import keep_snapshot
from advisor.catalog.refresh.figures import figures
from advisor.catalog.refresh.summary import summary
from advisor.errors import AwsError, DeniedError

PROVENANCE = ("as_of", "source", "method")
ADDED = ["ec2_windows_licence", "public_ipv4"]
"""Prices that the world tells region by region where the catalog has one for all."""


@pytest.fixture
def world() -> World:
    return World(small_catalog())


def load_bundled() -> Catalog:
    return load_catalog(SNAPSHOT)


def near(table: pl.DataFrame) -> pl.DataFrame:
    shares = [c for c in table.columns if c == "discount_share"]
    return table.with_columns(pl.col(c).cast(pl.Float64).round(9) for c in shares)


def bare(table: pl.DataFrame) -> pl.DataFrame:
    return table.drop([c for c in table.columns if c.endswith(PROVENANCE)])


@pytest.mark.parametrize("sold", [small_catalog, pytest.param(load_bundled, marks=pytest.mark.slow)])
def test_the_same_prices_give_the_same_snapshot(sold: Callable[[], Catalog]) -> None:
    world = World(sold(), page=500)
    refreshed, ledger = world.refreshed()
    assert {cell.status for cell in ledger.cells()} == {Status.COMPLETE}
    assert refreshed.faults == ()
    for name, table in refreshed.tables.items():
        if name == "other_prices":
            table = table.filter(~(pl.col("item").is_in(ADDED) & pl.col("region").is_in(REGIONS)))
        # shares are as exact as their rates, which AWS rounds: here to the pico-dollar
        assert near(bare(table)).equals(near(bare(world.catalog.tables[name]))), name
        assert table.schema == world.catalog.tables[name].schema


def test_only_what_was_read_is_of_today(world: World) -> None:
    """Fargate Spot, what is not asked for and fees of families that nobody told keep their dates to the row."""
    refreshed, _ = world.refreshed()
    old, new = figures(world.catalog.tables), figures(refreshed.tables)
    kept = new.filter(pl.col("as_of") != TODAY)
    assert kept.join(old, on=kept.columns, how="anti").is_empty()
    assert set(kept["kind"]) == {"fargate_spot", "compute_sp", "managed_instances_fee", "other"}
    assert kept.filter(pl.col("kind") == "compute_sp")["region"].unique().to_list() == ["*"]
    assert set(kept.filter(pl.col("kind") == "managed_instances_fee")["name"]) == {"p", "trn"}


@pytest.mark.parametrize(
    ("name", "api", "kinds"),
    [
        ("pricing:GetProducts", "pricing", {"ec2_on_demand", "fargate_on_demand"}),
        ("ec2:DescribeSpotPriceHistory", "ec2", {"ec2_spot"}),
        (
            "savingsplans:DescribeSavingsPlansOfferingRates",
            "savingsplans",
            {"compute_sp", "ec2_instance_sp"},
        ),
        ("ec2:DescribeReservedInstancesOfferings", "ec2", {"ri_standard"}),
    ],
)
def test_a_denied_source_keeps_its_rows_and_dates(world: World, name: str, api: str, kinds: set[str]) -> None:
    world.refuses[name, "us-east-1"] = DeniedError("no", hint=f"allow {name}")
    refreshed, ledger = world.refreshed()
    holes = {(cell.region, cell.api, cell.status) for cell in ledger.cells() if cell.is_hole}
    # without prices to hold them against, rates and offers cannot be used either, and that is said
    bare = {("us-east-1", other, Status.PARTIAL) for other in ("ec2", "savingsplans") if api == "pricing"}
    assert holes == {("us-east-1", api, Status.DENIED), *bare}
    old, new = figures(world.catalog.tables), figures(refreshed.tables)
    for kind in kinds:
        silent = (pl.col("kind") == kind) & (pl.col("region") == "us-east-1")
        assert new.filter(silent).equals(old.filter(silent))
        assert not new.filter(silent).is_empty()
    elsewhere = new.filter(pl.col("kind").is_in(list(kinds)) & (pl.col("region") == "eu-west-1"))
    assert set(elsewhere["as_of"]) <= {TODAY}


def test_another_spelling_is_no_silence(world: World) -> None:
    """Prices that are there and cannot be used are a hole, not a complete reading of nothing."""

    def renamed(products: list[str]) -> list[str]:
        return [p.replace("PublicIPv4:InUse", "IPv4:InUse") for p in products]

    world.change["pricing:GetProducts"] = renamed
    refreshed, ledger = world.refreshed()
    holes = [str(cell) for cell in ledger.cells() if cell.is_hole]
    assert len(holes) == 2
    assert "us-east-1 pricing: partial, of addresses 2 prices were listed and none could be used" in holes[1]
    address = refreshed.tables["other_prices"].filter(pl.col("item") == "public_ipv4")
    assert TODAY not in address["as_of"].to_list()


def test_discounts_are_never_taken_of_prices_of_another_day(world: World) -> None:
    """Without on-demand prices of today, rates say nothing."""
    world.refuses["pricing:GetProducts", "us-east-1"] = DeniedError("no")
    refreshed, _ = world.refreshed()
    plans = refreshed.tables["commitments"].filter(pl.col("region") == "us-east-1")
    assert TODAY not in plans["as_of"].to_list()


def test_a_silent_region_keeps_shapes_that_another_tells(world: World) -> None:
    world.refuses["ec2:DescribeInstanceTypes", "eu-west-1"] = DeniedError("no")
    refreshed, _ = world.refreshed()
    assert set(refreshed.tables["instance_types"]["shape_as_of"]) == {TODAY}


def test_prices_are_read_where_no_shape_is(world: World) -> None:
    for region in ("eu-west-1", "us-east-1"):
        world.refuses["ec2:DescribeInstanceTypes", region] = DeniedError("no")
    refreshed, _ = world.refreshed()
    assert TODAY not in refreshed.tables["instance_types"]["shape_as_of"].to_list()
    assert set(refreshed.tables["ec2_prices"]["on_demand_as_of"].drop_nulls()) == {TODAY}


def test_what_is_gone_is_gone(world: World) -> None:
    """A GPU that EC2 no longer tells of does not stay behind."""
    world.change["ec2:DescribeInstanceTypes"] = lambda types: [
        {k: v for k, v in t.items() if k != "GpuInfo"} for t in types
    ]
    refreshed, _ = world.refreshed()
    assert refreshed.tables["instance_types"]["gpu_model"].drop_nulls().is_empty()
    assert not world.catalog.tables["instance_types"]["gpu_model"].drop_nulls().is_empty()


def test_a_new_type_comes_with_its_shape_and_its_prices(world: World) -> None:
    known = pl.col("instance_type") != "m5.large"
    tables = {
        name: t.filter(known) if "instance_type" in t.columns else t
        for name, t in world.catalog.tables.items()
    }
    world.old = Catalog(world.catalog.as_of, world.catalog.digest, tables)
    refreshed, _ = world.refreshed()
    assert refreshed.faults == ()
    for name in ("instance_types", "ec2_prices"):
        new, told = (t[name].filter(~known) for t in (refreshed.tables, world.catalog.tables))
        unknown = ["awsvpc_tasks_trunked", "trunk_source"] if name == "instance_types" else []
        assert bare(new).drop(unknown, strict=False).equals(bare(told).drop(unknown, strict=False))
        assert len(new) > 0


def test_a_lost_public_document_keeps_the_bands(world: World) -> None:
    def lost(address: str) -> object:
        raise AwsError(f"{address}: gone")

    refreshed, ledger = world.refreshed(fetch=lost)
    assert [cell.api for cell in ledger.cells() if cell.is_hole] == ["spot-advisor"]
    assert TODAY not in refreshed.tables["ec2_prices"]["interruption_as_of"].to_list()
    told = next(kept for kept in summary(refreshed).kept if kept.kind == "interruption_band")
    assert (told.oldest, told.newest) == ("2025-06-28", "2025-06-28")


def test_a_changed_price_is_put_in_exactly(world: World) -> None:
    def dearer(products: list[str]) -> list[str]:
        return [
            p.replace('"USD": "0.107', '"USD": "0.1070000001') if ":m5.large" in p else p for p in products
        ]

    world.change["pricing:GetProducts"] = dearer
    refreshed, _ = world.refreshed()
    price = refreshed.tables["ec2_prices"].filter(
        (pl.col("region") == "eu-west-1") & (pl.col("instance_type") == "m5.large")
    )
    assert price["on_demand_pico"].to_list() == [107_000_000_100]
    told = summary(refreshed)
    assert ("ec2_on_demand", "eu-west-1", "m5.large", 107_000_000_000, 107_000_000_100) in {
        (c.kind, c.region, c.name, c.old_pico, c.pico) for c in told.biggest
    }


def test_the_loader_takes_what_was_kept(world: World, tmp_path: Path) -> None:
    refreshed, _ = world.refreshed()
    loaded = load_catalog(keep_snapshot(refreshed.tables, tmp_path, NOW.date()))
    assert all(loaded.tables[name].equals(table) for name, table in refreshed.tables.items())
    assert str(loaded.as_of) == TODAY
    assert loaded.commitments("us-east-1").height and loaded.ec2("eu-west-1").height
    assert loaded.other("eu-west-1", "public_ipv4").as_of == TODAY


def test_every_source_is_explained_in_the_manifest(world: World, tmp_path: Path) -> None:
    refreshed, _ = world.refreshed()
    text = (keep_snapshot(refreshed.tables, tmp_path, NOW.date()) / "MANIFEST.toml").read_text()
    for source in (
        *("price_list_api", "spot_price_history", "savings_plan_rates"),
        *("reserved_offerings", "instance_types_api"),
    ):
        assert f'"{source}" = "' in text


def test_the_summary_counts(world: World) -> None:
    told = summary(world.refreshed()[0])
    rows = {t.table: (t.old, t.new, t.read) for t in told.tables}
    assert rows["ec2_prices"] == (96, 96, 96)
    assert rows["other_prices"] == (48, 52, 10)
    assert rows["fargate_sizes"] == (77, 77, 0)
    assert (told.changed, told.added) == (0, 4)
    assert next(k for k in told.kept if k.kind == "fargate_spot").newest == "2026-09-29"
