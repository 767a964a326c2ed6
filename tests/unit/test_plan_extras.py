"""What tasks on instances cost besides instances: surplus CPU credits of T types, and disks of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from plan_estates import START, estate

from advisor.catalog import Catalog, load_catalog
from advisor.config import CommitmentPolicy, Config, PlanPolicy, PricePolicy
from advisor.model import Usage
from advisor.pipeline import advise
from advisor.schema import INSTANCES, conform
from advisor.terms import CapacityOption, CpuArchitecture, OperatingSystem

HOURS = 8 * 24
NO_PLANS = CommitmentPolicy(allowed=False)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def service(tasks: float, vcpu_used: float, **facts: Any) -> Usage:
    """Return one service that always runs `tasks` tasks of 2 vCPU / 4 GiB which use `vcpu_used` each."""
    fixed = {"task_vcpu": 2.0, "task_memory_mib": 4096.0, "cluster": "web", "arm_ready": False, "az_count": 1}
    usage = estate(1, workloads=1, **(fixed | facts))
    points = usage.usage.with_columns(
        pl.lit(tasks).alias("tasks"),
        pl.lit(vcpu_used).alias("vcpu_used_mean"),
        pl.lit(vcpu_used).alias("vcpu_used_max"),
        pl.lit(3000.0).alias("memory_used_mib_mean"),
        pl.lit(3000.0).alias("memory_used_mib_max"),
    )
    return replace(usage, usage=points)


def on(usage: Usage, instance_type: str, count: float) -> Usage:
    rows = [
        {
            "account_id": "001234567890",
            "region": "us-east-1",
            "cluster": "web",
            "instance_type": instance_type,
            "start": START + timedelta(hours=h),
            "interval_s": 3600,
            "count": count,
        }
        for h in range(HOURS)
    ]
    return replace(usage, instances=conform(pl.DataFrame(rows), INSTANCES))


@pytest.mark.parametrize(("used", "surplus_usd"), [(1.5, 328.5), (0.5, 0.0)])
def test_t_instances_pay_for_cpu_above_their_baseline(
    catalog: Catalog, used: float, surplus_usd: float
) -> None:
    """Ten t3.large at 75 %: (0.75 − 0.30) · 2 vCPU · $0.05 · 730 h · 10; at 25 % they earn more than they use."""
    usage = on(service(10, used, launch_type="EC2"), "t3.large", 10)
    plan = advise(usage, catalog, Config(commitments=NO_PLANS))
    lines = plan.baseline_lines.filter(pl.col("item") == "SURPLUS_CPU_CREDITS")
    assert lines["monthly_cost_usd"].sum() == pytest.approx(surplus_usd)
    hosts = plan.baseline_lines.filter(pl.col("item").str.contains("t3.large/ON_DEMAND"))
    assert hosts["monthly_cost_usd"].sum() == pytest.approx(10 * 0.0832 * 730)


def test_ephemeral_storage_is_paid_for_on_instances_too(catalog: Catalog) -> None:
    """Twenty tasks with 120 GiB each: 2,400 GB-months of gp3 at $0.08."""
    usage = service(20, 0.5, launch_type="FARGATE", ephemeral_storage_gib=120.0)
    plan = advise(usage, catalog, Config(plan=PlanPolicy(launch_types=("EC2",)), commitments=NO_PLANS))
    moved = advise(usage, catalog, Config(commitments=NO_PLANS))
    disks = plan.cost_lines.filter(pl.col("item") == "TASK_DISK/gp3")
    hours = plan.usage_hourly["tasks_peak"].mean()
    assert disks["monthly_cost_usd"].sum() == pytest.approx(hours * 120 * 0.08)
    assert moved.monthly_cost_usd <= plan.monthly_cost_usd * (1 + 1e-9)


def test_more_than_fargate_holds_is_refused(catalog: Catalog) -> None:
    plan = advise(service(2, 0.5, launch_type="EC2", ephemeral_storage_gib=500.0), catalog)
    reasons = {r.reason for r in plan.rejections if r.option == "FARGATE ON_DEMAND X86_64"}
    assert reasons == {"Fargate tasks have 200 GiB of ephemeral storage at most"}


def test_a_saving_against_an_estimated_price_of_today_is_a_range(catalog: Catalog) -> None:
    """Fargate on ARM in eu-central-1 has an estimated price; moving off it saves an uncertain amount."""
    rate = catalog.fargate_rate(
        "eu-central-1", OperatingSystem.LINUX, CpuArchitecture.ARM64, CapacityOption.ON_DEMAND
    )
    assert rate is not None
    assert rate.method == "estimated"
    usage = service(20, 1.5, launch_type="FARGATE", region="eu-central-1", cpu_architecture="ARM64")
    only = Config(plan=PlanPolicy(launch_types=("EC2",)), commitments=NO_PLANS)
    plan = advise(usage, catalog, only)
    (place,) = plan.placements
    assert place.launch_type == "EC2"
    band = only.prices.estimated_band_share * place.baseline_monthly_cost_usd
    assert place.baseline_doubt_usd == pytest.approx(band)
    low, high = place.savings_range_usd
    assert high - low == pytest.approx(2 * band)
    (todo,) = [r for r in plan.recommendations if r.resource_id == "w00"]
    assert (todo.estimated_monthly_savings_low_usd, todo.estimated_monthly_savings_high_usd) == (low, high)


def test_a_plan_says_what_policy_it_rests_on(catalog: Catalog) -> None:
    policy = PlanPolicy(exclude=("w00", "typo*"), launch_types=("EC2",))
    settings = Config(plan=policy, prices=PricePolicy(edp_share=0.05), commitments=NO_PLANS)
    plan = advise(service(2, 0.5, launch_type="FARGATE"), catalog, settings)
    assert plan.assumptions == (
        "a private discount of 5% off every bill",
        "no Savings Plans or reservations are bought",
        "left as they are: w00, typo*",
        "only EC2",
    )
    assert "plan.exclude: 'typo*' matches no workload" in plan.notes
    assert advise(service(2, 0.5, launch_type="FARGATE"), catalog).assumptions == ()


@pytest.mark.parametrize("region", ["mars-1", "cn-north-1", "US-EAST-1"])
def test_a_region_without_prices_costs_only_its_own_workloads(catalog: Catalog, region: str) -> None:
    usage = estate(3, workloads=3)
    lost = pl.when(pl.col("workload_id") == "w01").then(pl.lit(region)).otherwise("region")
    plan = advise(replace(usage, workloads=usage.workloads.with_columns(lost.alias("region"))), catalog)
    assert [p.workload_id for p in plan.placements] == ["w00", "w02"]
    (refused,) = [r for r in plan.rejections if not r.option]
    assert (refused.workload_id, region in refused.reason) == ("w01", True)


def test_nothing_is_committed_to_on_account_of_what_no_advice_is_given_on(catalog: Catalog) -> None:
    """Three hours of history are withheld, and so is a year's Savings Plan for them."""
    usage = service(20, 1.0, launch_type="FARGATE")
    short = replace(usage, usage=usage.usage.head(3))
    plan = advise(short, catalog)
    assert [r.reason.partition(":")[0] for r in plan.rejections if not r.option] == ["short history"]
    assert plan.commitments == ()
    assert plan.recommendations == ()


def test_a_commitment_on_a_short_history_is_no_sure_thing(catalog: Catalog) -> None:
    plan = advise(
        service(20, 1.9, launch_type="FARGATE"), catalog, Config(plan=PlanPolicy(launch_types=("FARGATE",)))
    )
    (bought,) = [r for r in plan.recommendations if r.action_type == "PurchaseSavingsPlans"]
    assert bought.confidence <= 8 / 28 + 0.01


def test_what_is_withheld_may_share_burstable_instances_with_what_is_not(catalog: Catalog) -> None:
    """The instances of both are committed to together; a withheld one must not vanish from under the other."""
    facts = {"launch_type": "EC2", "cluster": "web", "task_vcpu": 1.0, "task_memory_mib": 2048.0}
    usage = on(estate(6, workloads=2, **facts), "t3.large", 20)
    policy = PlanPolicy(exclude=("w00",), launch_types=("EC2",))
    plan = advise(usage, catalog, Config(plan=policy))
    (pool,) = plan.pools
    assert pool.workload_ids == ("w00", "w01")
    assert set(plan.audit.values()) == {"ok"}
