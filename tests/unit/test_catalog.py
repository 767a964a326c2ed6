"""The bundled price book: known prices to the last digit, and what must hold of every row."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import polars as pl
import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.age import price_dates, stale
from advisor.errors import CatalogError, StalePriceWarning
from advisor.terms import CapacityOption, CpuArchitecture, OperatingSystem, PriceMethod
from advisor.units import PICO_PER_USD, pico_usd

METHODS = {m.value for m in PriceMethod}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    ("region", "instance_type", "usd"),
    [
        ("us-east-1", "m5.large", "0.096"),
        ("us-east-1", "c5.xlarge", "0.17"),
        ("us-east-1", "m6g.large", "0.077"),
        ("us-east-1", "r5.2xlarge", "0.504"),
        ("us-east-1", "t3.medium", "0.0416"),
        ("us-east-1", "t4g.large", "0.0672"),
        ("us-east-1", "c7g.xlarge", "0.145"),
        ("us-east-1", "m7i.xlarge", "0.2016"),
        ("us-east-1", "g4dn.xlarge", "0.526"),
        ("us-east-1", "c6a.2xlarge", "0.306"),
        ("us-east-1", "m7a.2xlarge", "0.46368"),
        ("us-east-1", "c5.large", "0.085"),
        ("eu-west-1", "m5.large", "0.107"),
        ("eu-west-1", "c5.large", "0.096"),
        ("eu-central-1", "m5.large", "0.115"),
        ("ap-northeast-1", "m5.large", "0.124"),
        ("ap-southeast-2", "m5.large", "0.12"),
        ("sa-east-1", "m5.large", "0.153"),
        ("us-west-2", "m5.large", "0.096"),
        ("us-east-2", "c6g.xlarge", "0.136"),
    ],
)
def test_known_on_demand_price_is_exact(catalog: Catalog, region: str, instance_type: str, usd: str) -> None:
    """AWS's published rates come back as whole pico-dollars, with how and when they were read."""
    row = catalog.instance_type(region, instance_type)
    assert row["on_demand_pico_usd_per_hour"] == pico_usd(usd)
    assert row["on_demand_method"] == "observed"
    assert date.fromisoformat(str(row["on_demand_as_of"])) >= date(2024, 1, 1)


@pytest.mark.parametrize(
    ("region", "system", "architecture", "option", "vcpu", "gib"),
    [
        ("us-east-1", "LINUX", "X86_64", "ON_DEMAND", "0.04048", "0.004445"),
        ("us-east-1", "LINUX", "ARM64", "ON_DEMAND", "0.03238", "0.00356"),
        ("us-east-1", "WINDOWS", "X86_64", "ON_DEMAND", "0.046552", "0.00511175"),
        ("eu-west-1", "LINUX", "X86_64", "SPOT", "0.01225536", "0.00134573"),
        ("eu-central-1", "LINUX", "X86_64", "ON_DEMAND", "0.04656", "0.00511"),
        ("af-south-1", "LINUX", "X86_64", "ON_DEMAND", "0.0546", "0.006"),
    ],
)
def test_known_fargate_rate_is_exact(
    catalog: Catalog, region: str, system: str, architecture: str, option: str, vcpu: str, gib: str
) -> None:
    rate = catalog.fargate_rate(
        region, OperatingSystem(system), CpuArchitecture(architecture), CapacityOption(option)
    )
    assert rate is not None
    assert (rate.pico_usd_per_vcpu_hour, rate.pico_usd_per_gib_hour) == (pico_usd(vcpu), pico_usd(gib))
    licence = pico_usd("0.046") if system == "WINDOWS" else 0
    assert rate.pico_usd_per_vcpu_hour_licence == licence


def test_no_price_is_none_and_never_zero(catalog: Catalog) -> None:
    """Windows has no Fargate Spot, ca-west-1 no known Fargate, m9g none outside its first regions."""
    spot = CapacityOption.SPOT, CapacityOption.ON_DEMAND
    assert catalog.fargate_rate("us-east-1", OperatingSystem.WINDOWS, CpuArchitecture.X86_64, spot[0]) is None
    assert catalog.fargate_rate("ca-west-1", OperatingSystem.LINUX, CpuArchitecture.X86_64, spot[1]) is None
    assert catalog.other("us-east-1", "unicorn_hour") is None
    for name, table in catalog.tables.items():
        for column in (c for c in table.columns if c.endswith("pico")):
            assert table.filter(pl.col(column) <= 0).is_empty(), (name, column)


def test_every_price_says_how_and_as_of_when(catalog: Catalog) -> None:
    for name, prefixes in {
        "ec2_prices": ("on_demand_", "spot_"),
        "commitments": ("",),
        "fargate": ("",),
        "managed_instances": ("",),
        "other_prices": ("",),
    }.items():
        for prefix in prefixes:
            table = catalog.tables[name]
            priced = (
                table.filter(pl.col("spot_pico" if prefix == "spot_" else "on_demand_pico").is_not_null())
                if prefix
                else table
            )
            assert len(priced)
            assert set(priced[f"{prefix}method"].unique()) <= METHODS, name
            days = [date.fromisoformat(d) for d in priced[f"{prefix}as_of"].unique()]
            assert min(days) >= date(2017, 1, 1)
            assert priced[f"{prefix}source"].null_count() == 0
            assert not (priced[f"{prefix}source"] == "").any()


def test_coverage_by_region(catalog: Catalog) -> None:
    """How much is known where; a snapshot that loses a region must say so here."""
    prices = catalog.tables["ec2_prices"]
    known = prices.filter(pl.col("on_demand_pico").is_not_null()).group_by("region").len()
    counts = dict(known.iter_rows())
    assert len(counts) == 31
    assert min(counts.values()) == counts["ca-west-1"] == 172
    assert counts["us-east-1"] == 1294
    assert sum(counts.values()) == 19_050
    assert prices.filter(pl.col("spot_pico").is_not_null())["region"].n_unique() >= 28
    assert catalog.tables["fargate"]["region"].n_unique() == 23
    assert catalog.regions() == sorted(counts.keys() | set(catalog.tables["fargate"]["region"]))


def test_spot_never_costs_more_than_on_demand(catalog: Catalog) -> None:
    table = catalog.tables["ec2_prices"]
    assert table.filter(pl.col("spot_pico") > pl.col("on_demand_pico")).is_empty()
    assert table.filter(pl.col("spot_pico").is_not_null() & (pl.col("spot_as_of") < "2024-01-01")).is_empty()


@pytest.mark.parametrize(
    ("instance_type", "plain", "trunked"),
    [
        ("c5.large", 2, 10),
        ("m5.large", 2, 10),
        ("m5.xlarge", 3, 20),
        ("m5.2xlarge", 3, 40),
        ("m5.4xlarge", 7, 60),
        ("m6g.medium", 1, 4),
    ],
)
def test_awsvpc_task_limits(catalog: Catalog, instance_type: str, plain: int, trunked: int) -> None:
    """ECS Developer Guide, container-instance-eni; not Karpenter's branch limits."""
    row = catalog.instance_type("us-east-1", instance_type)
    assert (row["awsvpc_tasks"], row["awsvpc_tasks_trunked"]) == (plain, trunked)


def test_t3_cannot_trunk(catalog: Catalog) -> None:
    assert catalog.instance_type("us-east-1", "t3.large")["awsvpc_tasks_trunked"] is None


def test_gpus_are_whole_nvidia_ones(catalog: Catalog) -> None:
    """ECS gives tasks NVIDIA GPUs only, and whole ones: an AMD type must not win a CUDA task by being cheap."""
    gpus = dict(catalog.tables["instance_types"].select("instance_type", "gpus").iter_rows())
    assert gpus["g4dn.12xlarge"] == 4
    assert gpus["g5.48xlarge"] == 8
    assert gpus["g4ad.xlarge"] == gpus["g6f.large"] == gpus["dl1.24xlarge"] == gpus["m5.large"] == 0


def test_windows_price_only_where_its_rule_holds(catalog: Catalog) -> None:
    """Linux + 0.046 a vCPU; not on ARM, where Windows does not run, nor on T types, which have other licences."""
    assert catalog.instance_type("us-east-1", "m5.large")["windows_pico_usd_per_hour"] == pico_usd("0.188")
    assert catalog.instance_type("us-east-1", "m6g.large")["windows_pico_usd_per_hour"] is None
    assert catalog.instance_type("us-east-1", "t3.medium")["windows_pico_usd_per_hour"] is None


@pytest.mark.parametrize(
    ("scope", "term", "payment", "usd"),
    [
        ("FARGATE_X86_64_VCPU", 1, "NO_UPFRONT", "0.032384"),
        ("FARGATE_X86_64_VCPU", 3, "ALL_UPFRONT", "0.0194304"),
        ("FARGATE_ARM64_VCPU", 1, "NO_UPFRONT", "0.0255"),
        ("FARGATE_ARM64_VCPU", 3, "NO_UPFRONT", "0.01749"),
        ("FARGATE_X86_64_GIB", 3, "NO_UPFRONT", "0.00244475"),
        ("FARGATE_ARM64_GIB", 3, "NO_UPFRONT", "0.00192"),
    ],
)
def test_observed_fargate_plan_rates_come_back_exactly(
    catalog: Catalog, scope: str, term: int, payment: str, usd: str
) -> None:
    """The discount share holds digits enough for the rate that AWS publishes (offer of 2026-09-25)."""
    _, system, dimension = scope.replace("X86_64", "X86-64").split("_")
    row = catalog.fargate("us-east-1").row(
        by_predicate=(pl.col("cpu_architecture") == system.replace("-", "_"))
        & (pl.col("capacity_option") == "ON_DEMAND")
        & (pl.col("operating_system") == "LINUX"),
        named=True,
    )
    plan = catalog.commitments("us-east-1").row(
        by_predicate=(pl.col("kind") == "COMPUTE_SP")
        & (pl.col("scope") == scope)
        & (pl.col("term_years") == term)
        & (pl.col("payment_option") == payment),
        named=True,
    )
    full = row[f"pico_usd_per_{dimension.lower()}_hour"]
    assert round(full * (1 - Fraction(plan["discount_share"]))) == pico_usd(usd)
    assert plan["method"] == "observed"


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-northeast-1", "ca-west-1", "sa-east-1"])
def test_commitments_are_lawful(catalog: Catalog, region: str) -> None:
    """One row a key, shares between 0 and 1, prepaying and binding more never cost more."""
    table = catalog.commitments(region).with_columns(pl.col("discount_share").cast(pl.Float64))
    keys = ["kind", "scope", "term_years", "payment_option"]
    assert not table.select(keys).is_duplicated().any()
    assert table["discount_share"].is_between(0, 1, closed="none").all()
    paid = table.pivot(on="payment_option", index=keys[:3], values="discount_share")
    assert paid.filter(pl.col("ALL_UPFRONT") < pl.col("PARTIAL_UPFRONT")).is_empty()
    assert paid.filter(pl.col("PARTIAL_UPFRONT") < pl.col("NO_UPFRONT")).is_empty()
    kinds = table.pivot(on="kind", index=keys[1:], values="discount_share")
    assert kinds.filter(pl.col("COMPUTE_SP") > pl.col("EC2_INSTANCE_SP")).is_empty()


def test_lent_discounts_are_marked_estimated(catalog: Catalog) -> None:
    """ca-west-1 has no plan rates of its own: every one is us-east-1's, and says so."""
    assert set(catalog.commitments("ca-west-1")["method"]) == {"estimated"}
    home = catalog.commitments("us-east-1").select("kind", "scope").unique()
    assert (
        catalog.commitments("ca-west-1")
        .select("kind", "scope")
        .unique()
        .sort("kind", "scope")
        .equals(home.sort("kind", "scope"))
    )


def test_compute_plans_on_ec2_are_estimated_but_for_one(catalog: Catalog) -> None:
    plans = catalog.commitments("us-east-1").filter(
        (pl.col("kind") == "COMPUTE_SP") & ~pl.col("scope").str.starts_with("FARGATE")
    )
    assert plans.filter(pl.col("method") == "observed")["scope"].to_list() == ["m6a"]


@pytest.mark.parametrize(
    ("family", "share"), [("m5", 0.12), ("g6e", 0.078), ("p5", 0.048), ("trn1", 0.048), ("c7g", 0.12)]
)
def test_managed_instances_fee(catalog: Catalog, family: str, share: float) -> None:
    fee = catalog.managed_instances_fee(family, "eu-west-1")
    assert fee is not None
    assert fee[0] == share
    assert fee[1] in METHODS


def test_other_prices_borrow_from_home_as_estimates(catalog: Catalog) -> None:
    own, lent = catalog.other("eu-west-1", "ebs_gp3_storage"), catalog.other("eu-west-1", "nat_gateway_hour")
    assert own is not None
    assert lent is not None
    assert (own.pico_usd, own.method, own.unit) == (pico_usd("0.088"), "observed", "GB-month")
    assert (lent.pico_usd, lent.method) == (pico_usd("0.045"), "estimated")
    assert "us-east-1" in lent.note
    address = catalog.other("ap-south-1", "public_ipv4")
    assert address is not None
    assert address.pico_usd == 5 * PICO_PER_USD // 1000


def test_registered_memory_is_less_than_nominal(catalog: Catalog) -> None:
    shapes = catalog.tables["instance_types"]
    assert shapes.filter(pl.col("registered_memory_mib") >= pl.col("memory_mib")).is_empty()
    assert shapes.filter(pl.col("registered_memory_mib") < pl.col("memory_mib") * 0.92).is_empty()
    row = catalog.instance_type("us-east-1", "m4.large")
    assert (row["registered_memory_mib"], row["registered_memory_method"]) == (7985, "observed")
    assert catalog.instance_type("us-east-1", "m5.large")["registered_memory_method"] == "estimated"


def test_unknown_names_get_a_hint(catalog: Catalog) -> None:
    with pytest.raises(CatalogError, match="eu-west-9") as region:
        catalog.check_region("eu-west-9")
    assert "did you mean eu-west-" in str(region.value.hint)
    assert "us-east-1" in str(region.value.hint)
    with pytest.raises(CatalogError, match=r"m5\.larg") as name:
        catalog.instance_type("us-east-1", "m5.larg")
    assert name.value.hint == "did you mean m5.large?"


def test_old_prices_warn_by_kind(catalog: Catalog) -> None:
    """The catalog reads no clock: age depends on the day that it is told."""
    dates = price_dates(catalog, "eu-west-1")
    assert dates["EC2 on-demand"] == date(2026, 2, 7)
    assert stale(catalog, "eu-west-1", date(2025, 6, 28), 180) == []
    old = stale(catalog, "eu-west-1", date(2028, 1, 1), 180)
    assert len(old) == len(dates)
    assert all(isinstance(w, StalePriceWarning) for w in old)
    assert str(old[0]) == "EC2 Spot prices in eu-west-1 are 917 days old, as of 2025-06-28"


def test_frames_are_the_same_every_time(catalog: Catalog) -> None:
    again = Catalog(catalog.as_of, catalog.digest, catalog.tables)
    for region in ("us-east-1", "af-south-1"):
        assert again.ec2(region).equals(catalog.ec2(region))
        assert again.commitments(region).equals(catalog.commitments(region))
        assert again.ec2(region)["instance_type"].is_sorted()
