"""People's time: what pools and clusters ask, in the plan's sum and in its proof."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan_estates import estate

from advisor import advise, load_catalog
from advisor.config import Config, OperationsPolicy
from advisor.plan.people import instance_usd_per_hour, monthly_usd, standing_hours

POLICY = OperationsPolicy(
    usd_per_hour=10.0,
    hours_per_cluster_month=4.0,
    hours_per_pool_month=2.0,
    hours_per_instance_month=0.5,
    managed_instances_factor=0.25,
)


def test_a_cluster_asks_once_and_every_pool_for_itself() -> None:
    assert standing_hours([], POLICY) == 0.0
    assert standing_hours(["EC2"], POLICY) == 6.0
    assert standing_hours(["EC2", "EC2"], POLICY) == 8.0
    assert standing_hours(["MANAGED_INSTANCES"], POLICY) == 1.5
    assert standing_hours(["EC2", "MANAGED_INSTANCES"], POLICY) == 6.5


def test_a_month_is_what_stands_and_what_each_instance_asks() -> None:
    clusters = [[("EC2", 3.0)], [("MANAGED_INSTANCES", 8.0)], []]
    assert monthly_usd(clusters, POLICY) == pytest.approx(10.0 * (6.0 + 1.5 + 1.5 + 1.0))
    assert instance_usd_per_hour("MANAGED_INSTANCES", POLICY) * 730 == pytest.approx(10.0 * 0.5 * 0.25)


@pytest.mark.parametrize("usd_per_hour", [2.0, 20.0, 1000.0])
def test_the_proof_counts_time_on_a_pool_where_instances_pay_all_the_same(usd_per_hour: float) -> None:
    usage, catalog = estate(3, launch_type="EC2"), load_catalog()
    free = advise(usage, catalog, Config())
    paid = advise(usage, catalog, replace(Config(), operations=replace(POLICY, usd_per_hour=usd_per_hour)))
    counted = paid.monthly_cost_usd + (paid.operations_monthly_usd or 0.0)
    assert free.lower_bound_monthly_usd < paid.lower_bound_monthly_usd <= counted
    # every workload of this estate may go to Fargate, so that no bound can pass what that costs
    away = replace(Config(), plan=replace(Config().plan, launch_types=("FARGATE",)))
    there = advise(estate(3, launch_type="FARGATE"), catalog, away)
    assert not there.pools
    assert paid.lower_bound_monthly_usd <= there.monthly_cost_usd
