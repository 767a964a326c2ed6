"""What is planned: demand that grows or falls, some regions only, and workloads pinned by a short text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_estates import estate

from advisor import advise, compare_settings, load_catalog, read_usage, what_if
from advisor.catalog import Catalog
from advisor.cli.setting_keys import parse_text
from advisor.cli.settings import Flag, load_settings
from advisor.config import Config, OperationsPolicy, Pin, PlanPolicy
from advisor.errors import ConfigError, InputError
from advisor.model import Profiles, Usage
from advisor.plan.growth import grown
from advisor.plan.scope import scoped
from advisor.schema import DEMAND, PROFILES
from advisor.usage.regions import in_regions
from advisor.workload import profile

SHOP = Path(__file__).parents[2] / "data" / "shop"


def grows(share: float) -> Config:
    return Config(plan=PlanPolicy(demand_growth_share=share))


def planned_in(*regions: str) -> Config:
    return Config(plan=PlanPolicy(regions=regions))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def shop() -> Usage:
    return read_usage(SHOP)


@pytest.fixture(scope="module")
def shop_profiles(shop: Usage) -> Profiles:
    return profile(shop, Config().profile)


def constant(tasks: int, hours: int, kind: str) -> tuple[Usage, Profiles]:
    """Return one workload of so many tasks in every hour."""
    usage = replace(estate(1, workloads=1, days=2, kind=kind))
    starts = usage.usage["start"].dt.truncate("1h").unique().sort().head(hours)
    demand = pl.DataFrame(
        {
            "workload": [0] * hours,
            "hour_start": starts,
            "tasks_peak": [tasks] * hours,
            "task_seconds": [tasks * 3600] * hours,
            "billed_seconds": [tasks * 3600] * hours,
        },
        schema=DEMAND,
    )
    row = {**dict.fromkeys(PROFILES), "workload": 0, "workload_id": "w00"}
    return usage, Profiles(pl.DataFrame([row], schema=PROFILES, orient="row"), demand, demand)


@settings(max_examples=60, deadline=None)
@given(
    tasks=st.integers(1, 9),
    hours=st.integers(1, 40),
    percent=st.integers(-95, 300),
    kind=st.sampled_from(["SERVICE", "SCHEDULED"]),
)
def test_every_hour_has_whole_tasks_and_all_hours_as_many_as_asked(
    tasks: int, hours: int, percent: int, kind: str
) -> None:
    usage, profiles = constant(tasks, hours, kind)
    found = grown(usage, profiles, percent / 100).demand
    counts = found["tasks_peak"].to_list()
    wanted = tasks * (1 + percent / 100)
    assert set(counts) <= {max(int(wanted), int(kind == "SERVICE")), int(wanted) + 1, 1 if wanted < 1 else -1}
    assert found["task_seconds"].to_list() == [n * 3600 for n in counts]
    if kind == "SERVICE":
        assert min(counts) >= 1
    # rounded in some hours: within one task of what was asked, over all of them
    if wanted >= 1:
        assert abs(sum(counts) - wanted * hours) <= 1 + hours * 1e-5 + 2
    assert found.schema == profiles.demand.schema


def test_a_service_has_the_larger_count_in_its_busiest_hours() -> None:
    usage, profiles = constant(2, 20, "SERVICE")
    found = grown(usage, profiles, 0.25).demand.filter(pl.col("tasks_peak") == 3)
    load = (
        usage.usage.with_columns(pl.col("start").dt.truncate("1h").alias("hour_start"))
        .join(profiles.demand.select("hour_start"), on="hour_start")
        .group_by("hour_start")
        .agg((pl.col("tasks") * pl.coalesce("vcpu_used_mean", "vcpu_used_max")).sum().alias("load"))
        .sort("load", descending=True)
    )
    assert set(found["hour_start"]) == set(load["hour_start"].head(10))


def test_no_growth_is_nothing_at_all(shop: Usage, shop_profiles: Profiles) -> None:
    assert scoped(shop, shop_profiles, Config()) == (shop, shop_profiles)
    same = grown(shop, shop_profiles, 0.0)
    assert same.demand.equals(shop_profiles.demand)
    assert same.table.equals(shop_profiles.table)


@pytest.mark.parametrize("share", [-0.5, -0.1, 0.1, 0.5, 1.0])
def test_cost_bound_and_today_follow_demand(share: float, shop: Usage, catalog: Catalog) -> None:
    now, then = advise(shop, catalog), advise(shop, catalog, grows(share))
    assert set(then.audit.values()) == {"ok"}
    assert 0 < then.lower_bound_monthly_usd <= then.monthly_cost_usd * (1 + 1e-9)
    for cost in ("monthly_cost_usd", "baseline_monthly_cost_usd"):
        assert getattr(then, cost) / getattr(now, cost) == pytest.approx(1 + share, abs=0.11)
    assert any("than measured" in words for words in then.assumptions)
    assert len(then.placements) == len(now.placements)


def test_a_plan_of_some_regions_is_the_plan_of_their_workloads_alone(shop: Usage, catalog: Catalog) -> None:
    for region in ("us-east-1", "eu-west-1"):
        plan, alone = (
            advise(shop, catalog, planned_in(region)),
            advise(in_regions(shop, (region,)), catalog),
        )
        for figure in ("monthly_cost_usd", "baseline_monthly_cost_usd"):
            assert getattr(plan, figure) == getattr(alone, figure)
        assert plan.lower_bound_monthly_usd == pytest.approx(alone.lower_bound_monthly_usd, rel=1e-12)
        assert {p.workload_id for p in plan.placements} == {p.workload_id for p in alone.placements}
        left = {r.workload_id: r.reason for r in plan.rejections if not r.option}
        elsewhere = shop.workloads.filter(pl.col("region") != region)["workload_id"].to_list()
        assert all("is not in plan.regions" in left[name] for name in elsewhere)


def test_regions_and_growth_are_set_from_a_command_line_and_compared(shop: Usage, catalog: Catalog) -> None:
    flags = [
        Flag("plan.regions", "us-east-1", "--set"),
        Flag("plan.demand_growth_share", "0.2", "--set"),
    ]
    other = load_settings(flags, environ={}, folder=Path("/nowhere")).config
    assert (other.plan.regions, other.plan.demand_growth_share) == (("us-east-1",), 0.2)
    compared = compare_settings(shop, catalog, Config(), other)
    assert compared.cost_after_usd == advise(shop, catalog, other).monthly_cost_usd
    assert {m.workload_id for m in compared.moved if m.change == "removed"} == {
        "storefront-eu",
        "wordpress-blog",
    }


@pytest.mark.parametrize(
    ("policy", "says", "hint"),
    [
        (PlanPolicy(regions=("us-east-9",)), "no workload is in us-east-9", "eu-west-1, us-east-1"),
        (PlanPolicy(pins=(Pin("chekout", launch_type="EC2"),)), "no workload chekout", "checkout"),
    ],
)
def test_what_is_named_and_is_not_there_is_an_error(
    policy: PlanPolicy, says: str, hint: str, shop: Usage, catalog: Catalog
) -> None:
    with pytest.raises(InputError, match=says) as fault:
        advise(shop, catalog, Config(plan=policy))
    assert hint in (fault.value.hint or "")
    with pytest.raises(InputError, match=says):
        what_if(shop, catalog).ask(Config(plan=policy))


def test_a_pin_is_obeyed_or_refused_with_its_reason(shop: Usage, catalog: Catalog) -> None:
    pins = (
        Pin("checkout", launch_type="EC2", capacity_option="ON_DEMAND", cpu_architecture="X86_64"),
        Pin("payments", capacity_option="SPOT"),
    )
    plan = advise(shop, catalog, Config(plan=PlanPolicy(pins=pins)))
    placed = {p.workload_id: p.option() for p in plan.placements}
    assert placed["checkout"] == "EC2 ON_DEMAND X86_64"
    assert "payments" not in placed
    why = [r.reason for r in plan.rejections if r.workload_id == "payments" and r.option]
    assert any("not marked interruptible" in reason for reason in why)
    assert plan.lower_bound_monthly_usd <= plan.monthly_cost_usd * (1 + 1e-9)


def test_pins_have_a_short_form() -> None:
    flags = [Flag("plan.pins", "checkout=FARGATE, web*=ec2 spot arm64", "--set")]
    assert load_settings(flags, environ={}, folder=Path("/nowhere")).config.plan.pins == (
        Pin("checkout", launch_type="FARGATE"),
        Pin("web*", launch_type="EC2", capacity_option="SPOT", cpu_architecture="ARM64"),
    )
    assert parse_text("plan.pins", '[{"match": "a=b,c", "launch_type": "EC2"}]') == [
        {"match": "a=b,c", "launch_type": "EC2"}
    ]


@pytest.mark.parametrize("text", ["checkout=FARGAT", "checkout", "checkout=", "=EC2", "a=EC2 FARGATE"])
def test_a_pin_that_says_nothing_known_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="checkout=FARGATE, web"):
        load_settings([Flag("plan.pins", text, "--set")], environ={}, folder=Path("/nowhere"))


def test_quick_answers_know_growth_and_regions(shop: Usage, catalog: Catalog) -> None:
    asked = what_if(shop, catalog)
    for other in (grows(0.5), grows(-0.3), planned_in("us-east-1")):
        quick, settled = asked.ask(other), asked.settle(other)
        assert quick.monthly_cost_usd == pytest.approx(settled.monthly_cost_usd, rel=0.1)
    for step in range(12):
        asked.ask(grows(step / 20))
    assert asked.ask(Config()).change_usd == 0.0


def test_a_settled_plan_says_what_it_does_and_can_be_ended(shop: Usage, catalog: Catalog) -> None:
    asked = what_if(shop, catalog)
    heard: list[str] = []
    asked.settle(Config(operations=OperationsPolicy(usd_per_hour=50.0)), heard.append)
    assert "proving the bound" in heard

    def enough(words: str) -> None:
        raise InterruptedError(words)

    with pytest.raises(InterruptedError):
        asked.settle(Config(), enough)
