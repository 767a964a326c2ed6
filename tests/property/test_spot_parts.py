"""Services of which Spot may take a part: nothing is lost in the split, and plans obey it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_estates import estate
from polars.testing import assert_frame_equal

from advisor.catalog import Catalog, load_catalog
from advisor.config import Config, Pin, PlanPolicy, SpotPolicy
from advisor.errors import InputError
from advisor.model import Plan
from advisor.pipeline import advise, compare_settings, what_if
from advisor.plan.parts import SPOT_PART, in_parts, strategy
from advisor.workload import profile

SUMS = ("tasks_peak", "task_seconds", "billed_seconds")
POLICIES = {
    "half": SpotPolicy(max_share=0.5),
    "two stay": SpotPolicy(max_share=0.75, base_tasks=2),
    "one stays": SpotPolicy(base_tasks=1),
    "none": SpotPolicy(max_share=0.0),
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def capped(policy: SpotPolicy, **plan: object) -> Config:
    return Config(spot=policy, plan=PlanPolicy(**plan))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 100), st.integers(0, 6))
def test_every_task_second_is_in_one_part(seed: int, percent: int, base: int) -> None:
    usage = estate(seed, interruptible=True)
    config = capped(SpotPolicy(max_share=percent / 100, base_tasks=base))
    whole = profile(usage, config.profile)
    split, profiles, parts = in_parts(usage, whole, config)
    assert len(split.workloads) == len(profiles.table) == len(usage.workloads) + len(parts.spot)
    home = {**{w: w for w in range(len(usage.workloads))}, **parts.spot}
    joined = profiles.demand.with_columns(pl.col("workload").replace_strict(home, return_dtype=pl.UInt32))
    again = joined.group_by("workload", "hour_start").agg(pl.col(c).sum() for c in SUMS)
    assert_frame_equal(
        again.sort("workload", "hour_start"), whole.demand.select("workload", "hour_start", *SUMS)
    )
    assert profiles.demand.select(pl.min_horizontal(pl.col(c).min() for c in SUMS)).item() >= 0
    spot = profiles.demand.filter(pl.col("workload").is_in(list(parts.spot)))
    all_of = whole.demand.rename({"tasks_peak": "all", "workload": "service"}).select(
        "service", "hour_start", "all"
    )
    spot = spot.with_columns(
        pl.col("workload").replace_strict(parts.spot, return_dtype=pl.UInt32).alias("service")
    ).join(all_of, on=["service", "hour_start"])
    for most, all_tasks in spot.select("tasks_peak", "all").iter_rows():
        assert most == max(0, all_tasks - base) * percent // 100


def test_awss_own_arithmetic() -> None:
    """Six tasks, FARGATE base 2 weight 1, FARGATE_SPOT weight 3: three and three (ecs-semantics C.1)."""
    usage = estate(3, workloads=1, interruptible=True)
    six = usage.usage.with_columns(pl.lit(6.0).alias("tasks"))
    config = capped(SpotPolicy(max_share=0.75, base_tasks=2))
    usage = replace(usage, usage=six)
    _, profiles, _ = in_parts(usage, profile(usage, config.profile), config)
    assert profiles.observed["tasks_peak"].unique().to_list() == [3]
    assert strategy(config.spot, "FARGATE", "FARGATE_SPOT") == (
        "FARGATE (base 2, weight 1) and FARGATE_SPOT (base 0, weight 3)"
    )


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_keeps_to_the_share(seed: int, policy: str, catalog: Catalog) -> None:
    usage = estate(seed, interruptible=True)
    plan = advise(usage, catalog, capped(POLICIES[policy]))
    assert set(plan.audit.values()) == {"ok"}
    assert 0 < plan.lower_bound_monthly_usd <= plan.monthly_cost_usd * (1 + 1e-9)
    places = {p.workload_id: p for p in plan.placements}
    assert all(p.capacity_option == "ON_DEMAND" for i, p in places.items() if not i.endswith(SPOT_PART))
    parts = [i for i in places if i.endswith(SPOT_PART)]
    assert bool(parts) == (policy != "none")
    for part in parts:
        one, other = places[part], places[part.removesuffix(SPOT_PART)]
        assert (one.launch_type, one.cpu_architecture) == (other.launch_type, other.cpu_architecture)
    free = advise(usage, catalog)
    assert plan.baseline_monthly_cost_usd == pytest.approx(free.baseline_monthly_cost_usd, rel=1e-12)
    none = advise(usage, catalog, capped(SpotPolicy(allowed=False)))
    assert plan.lower_bound_monthly_usd <= none.monthly_cost_usd * (1 + 1e-9)


def test_steps_name_both_providers_with_base_and_weights(catalog: Catalog) -> None:
    usage = estate(2, interruptible=True)
    plan = advise(usage, catalog, capped(POLICIES["two stay"], launch_types=("FARGATE",)))
    said = _strategies(plan)
    assert said
    assert said == {
        "Set capacityProviderStrategy to FARGATE (base 2, weight 1) and FARGATE_SPOT (base 0, weight 3)."
    }


def _strategies(plan: Plan) -> set[str]:
    return {
        step
        for r in plan.recommendations
        if r.resource_id.endswith(SPOT_PART)
        for step in r.steps
        if step.startswith("Set capacityProviderStrategy")
    }


def test_what_is_pinned_to_spot_stays_whole(catalog: Catalog) -> None:
    usage = estate(2, interruptible=True)
    pins = (Pin("*", capacity_option="SPOT"),)
    plan = advise(usage, catalog, capped(POLICIES["half"], pins=pins))
    assert {p.capacity_option for p in plan.placements} == {"SPOT"}
    assert len(plan.placements) == len(usage.workloads)


def test_nothing_changes_without_a_cap(catalog: Catalog) -> None:
    usage = estate(2, interruptible=True)
    config = Config()
    whole = profile(usage, config.profile)
    assert in_parts(usage, whole, config)[:2] == (usage, whole)


def test_a_workload_named_like_a_part_is_told() -> None:
    usage = estate(2, workloads=2, interruptible=True)
    names = pl.Series("workload_id", ["api", f"api{SPOT_PART}"])
    usage = replace(usage, workloads=usage.workloads.with_columns(names))
    config = capped(POLICIES["half"])
    with pytest.raises(InputError, match="api\\+spot is named like the part"):
        in_parts(usage, profile(usage, config.profile), config)


def test_a_cap_is_compared_and_asked_about(catalog: Catalog) -> None:
    usage = estate(2, interruptible=True)
    half = capped(POLICIES["half"])
    compared = compare_settings(usage, catalog, Config(), half)
    assert compared.low_usd is not None
    assert compared.low_usd <= compared.cost_after_usd - compared.cost_before_usd <= compared.high_usd
    asked = what_if(usage, catalog)
    assert asked.settle(half).monthly_cost_usd == pytest.approx(compared.cost_after_usd, rel=1e-12)
    guess = asked.ask(half)
    assert any(name.endswith(SPOT_PART) for name in guess.ways)
    assert guess.monthly_cost_usd == pytest.approx(compared.cost_after_usd, rel=0.25)
    assert asked.ask(Config()).change_usd == 0.0
