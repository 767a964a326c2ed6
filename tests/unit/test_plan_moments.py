"""A few hours of each pool instance by instance, and hours by what pays for them: both must add up to the plan."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from advisor import Config, Plan, advise, load_catalog, read_usage
from advisor.config import PlanPolicy
from advisor.terms import Moment
from advisor.units import HOURS_PER_MONTH

SHOP = Path(__file__).parents[2] / "data" / "shop"
EVERYTHING = {"moved": Config(), "as today": Config(plan=PlanPolicy(exclude=("*",)))}


@pytest.fixture(scope="module", params=EVERYTHING)
def plan(request: pytest.FixtureRequest) -> Plan:
    return advise(read_usage(SHOP), load_catalog(), EVERYTHING[request.param])


def hosts(plan: Plan) -> pl.DataFrame:
    assert plan.hosts is not None
    return plan.hosts


def test_every_pool_has_its_typical_and_its_busiest_hour(plan: Plan) -> None:
    for pool in plan.pools:
        mine = hosts(plan).filter(pl.col("pool_id") == pool.pool_id)
        assert set(mine["moment"]) == {m.value for m in Moment}


def test_all_tasks_of_the_hour_are_there_once(plan: Plan) -> None:
    ids = plan.profiles.select("workload", "workload_id")
    wanted = plan.usage_hourly.join(ids, on="workload").select("workload_id", "hour", "tasks_peak")
    of_pools = [w for p in plan.pools for w in p.workload_ids]
    found = hosts(plan).drop_nulls("workload_id").group_by("moment", "hour", "workload_id")
    both = found.agg(pl.col("tasks").sum()).join(wanted, on=["workload_id", "hour"])
    assert (both["tasks"] == both["tasks_peak"]).all()
    assert set(both["workload_id"]) <= set(of_pools)


def test_the_instances_are_those_of_the_fleet(plan: Plan) -> None:
    there = (
        hosts(plan)
        .drop_nulls("host")
        .unique(["pool_id", "moment", "hour", "host"])
        .group_by("pool_id", "moment", "hour", "instance_type")
        .len("shown")
        .join(plan.fleet_hours, on=["pool_id", "hour", "instance_type"])
    )
    assert len(there) and (there["shown"] == there["count"].ceil()).all()


def test_no_instance_holds_more_than_it_has(plan: Plan) -> None:
    use = (
        hosts(plan)
        .drop_nulls(["host", "workload_id"])
        .group_by("pool_id", "moment", "host", "host_vcpu", "host_memory_mib")
        .agg(
            (pl.col("tasks") * pl.col("task_vcpu")).sum().alias("vcpu"),
            (pl.col("tasks") * pl.col("task_memory_mib")).sum().alias("mib"),
        )
    )
    assert (use["vcpu"] <= use["host_vcpu"] + 1e-9).all()
    assert (use["mib"] <= use["host_memory_mib"] + 1e-9).all()


def test_the_hours_add_up_to_the_bill(plan: Plan) -> None:
    """What was used, at on-demand prices, is the bill's meters; what is left is what they cost; nothing is paid twice."""
    assert plan.covered_hours is not None
    month = HOURS_PER_MONTH / plan.hours
    meters = plan.cost_lines.filter(pl.col("item").str.contains("/ON_DEMAND"))
    whole = (meters["quantity"] * meters["usd_per_unit"]).sum()
    assert plan.covered_hours["usage_usd"].sum() * month == pytest.approx(whole, rel=1e-9)
    left = plan.covered_hours.filter(pl.col("commitment").is_null())["usage_usd"].sum()
    assert left * month == pytest.approx(meters["monthly_cost_usd"].sum(), rel=1e-9)
    owned = plan.covered_hours.filter(pl.col("commitment").str.starts_with("owned:"))["unused_usd"].sum()
    assert owned * month == pytest.approx(plan.existing_commitments_monthly_usd, abs=1e-9)
