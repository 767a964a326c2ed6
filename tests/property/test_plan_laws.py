"""Laws that every plan obeys, whatever the estate, the policy and the strategies."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest
from plan_estates import estate, shuffled
from polars.testing import assert_frame_equal

from advisor.catalog import Catalog, load_catalog
from advisor.config import CommitmentPolicy, Config, Pin, PlanPolicy, SpotPolicy
from advisor.model import Plan
from advisor.pipeline import advise
from advisor.report.table import table

SEEDS = [1, 2, 3]
ONLY = {
    "fargate": Config(plan=PlanPolicy(launch_types=("FARGATE",))),
    "ec2": Config(plan=PlanPolicy(launch_types=("EC2",))),
    "managed": Config(plan=PlanPolicy(launch_types=("MANAGED_INSTANCES",))),
    "everything": Config(),
    "half more demand": Config(plan=PlanPolicy(demand_growth_share=0.5)),
    "a third less demand": Config(plan=PlanPolicy(demand_growth_share=-0.33)),
    "three years ahead": Config(
        commitments=CommitmentPolicy(
            kinds=("COMPUTE_SP", "EC2_INSTANCE_SP", "RI_STANDARD"),
            terms_years=(1, 3),
            payment_options=("NO_UPFRONT", "ALL_UPFRONT"),
        ),
        spot=SpotPolicy(allowed=False),
    ),
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize("policy", ONLY)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_is_audited_bounded_and_adds_up(seed: int, policy: str, catalog: Catalog) -> None:
    plan = advise(estate(seed), catalog, ONLY[policy])
    assert set(plan.audit.values()) == {"ok"}
    assert 0 < plan.lower_bound_monthly_usd <= plan.monthly_cost_usd * (1 + 1e-9)
    parts = sum(p.monthly_cost_usd for p in plan.placements) + plan.existing_commitments_monthly_usd
    assert parts == pytest.approx(plan.monthly_cost_usd, rel=1e-9)
    assert plan.cost_lines["monthly_cost_usd"].sum() == pytest.approx(plan.monthly_cost_usd, rel=1e-9)
    assert len(plan.placements) == 6


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_never_costs_more_than_staying(seed: int, catalog: Catalog) -> None:
    usage = estate(seed)
    pins = tuple(
        Pin(w["workload_id"], w["launch_type"], w["capacity_option"], w["cpu_architecture"])
        for w in usage.workloads.iter_rows(named=True)
    )
    stayed = advise(usage, catalog, Config(plan=PlanPolicy(pins=pins)))
    assert advise(usage, catalog).monthly_cost_usd <= stayed.monthly_cost_usd * (1 + 1e-9)


@pytest.mark.parametrize("policy", ["everything", "three years ahead"])
@pytest.mark.parametrize("seed", SEEDS)
def test_buying_nothing_is_always_an_option(seed: int, policy: str, catalog: Catalog) -> None:
    plan = advise(estate(seed), catalog, ONLY[policy])
    assert plan.monthly_cost_usd <= plan.uncommitted_monthly_cost_usd
    assert (plan.monthly_cost_usd < plan.uncommitted_monthly_cost_usd) == bool(plan.commitments)
    forbidden = dataclasses.replace(ONLY[policy], commitments=CommitmentPolicy(allowed=False))
    bare = advise(estate(seed), catalog, forbidden)
    assert bare.monthly_cost_usd == bare.uncommitted_monthly_cost_usd
    assert "Commit: to nothing" in table(bare)
    assert ("Or commit to nothing" in table(plan)) == bool(plan.commitments)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_input_gives_the_same_plan(seed: int, catalog: Catalog) -> None:
    one, two = advise(estate(seed), catalog), advise(estate(seed), catalog)
    assert_same(one, two)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_workloads_is_irrelevant(seed: int, catalog: Catalog) -> None:
    usage = estate(seed)
    one, two = advise(usage, catalog), advise(shuffled(usage, seed), catalog)
    by_id = {p.workload_id: p for p in two.placements}
    assert one.monthly_cost_usd == pytest.approx(two.monthly_cost_usd, rel=1e-12)
    for place in one.placements:
        assert by_id[place.workload_id].option() == place.option()


@pytest.mark.parametrize("seed", SEEDS)
def test_doubled_prices_double_the_cost(seed: int, catalog: Catalog) -> None:
    plain, doubled = advise(estate(seed), catalog), advise(estate(seed), scaled(catalog, 2))
    assert doubled.monthly_cost_usd == pytest.approx(2 * plain.monthly_cost_usd, rel=1e-3)
    assert doubled.lower_bound_monthly_usd == pytest.approx(2 * plain.lower_bound_monthly_usd, rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_not_interruptible_is_never_put_on_spot(seed: int, catalog: Catalog) -> None:
    plan = advise(estate(seed, interruptible=False), catalog)
    assert {p.capacity_option for p in plan.placements} == {"ON_DEMAND"}


def scaled(catalog: Catalog, k: int) -> Catalog:
    """Return the catalog with every price k times as high; discounts are shares and stay."""
    tables = {
        name: table.with_columns(pl.col(c) * k for c in table.columns if c == "pico" or c.endswith("_pico"))
        for name, table in catalog.tables.items()
    }
    return Catalog(as_of=catalog.as_of, digest=f"{catalog.digest}x{k}", tables=tables)


def assert_same(one: Plan, two: Plan) -> None:
    for field in (f for f in dataclasses.fields(Plan) if f.compare):
        a, b = getattr(one, field.name), getattr(two, field.name)
        if isinstance(a, pl.DataFrame):
            assert_frame_equal(a, b, check_exact=True)
        else:
            assert a == b, field.name
