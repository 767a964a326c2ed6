"""Two plans side by side: what counts as moved, what is proven, and which settings differ."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes_plan import placement, plan

from advisor.config import Config, FleetPolicy, OperationsPolicy, Pin, PlanPolicy, PricePolicy, SpotPolicy
from advisor.errors import InputError
from advisor.model import Comparison, Placement, Plan, Rejection
from advisor.plan.compare import compare
from advisor.plan.settings_changed import settings_changed
from advisor.terms import Change, Effect

A, B, C = plan().placements


def other(*places: Placement, **changes: object) -> Plan:
    return replace(plan(), placements=places, **changes)  # type: ignore[arg-type]


def test_the_same_plan_moves_nothing() -> None:
    found = compare(plan(), plan())
    assert (found.moved, found.unchanged_count, found.settings_changed) == ((), 3, {})
    assert found.low_usd == -found.high_usd == found.bound_before_usd - found.cost_before_usd


def test_a_share_that_moved_by_cents_is_as_before_but_its_dollars_count() -> None:
    after = replace(B, monthly_cost_usd=B.monthly_cost_usd + 0.05)
    found = compare(plan(), other(A, after, C, monthly_cost_usd=plan().monthly_cost_usd + 0.05))
    assert (found.moved, found.unchanged_count) == ((), 3)
    assert found.cost_after_usd - found.cost_before_usd == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        (
            {"launch_type": "FARGATE", "pool_id": None},
            "EC2 ARM, 0.5 vCPU/1 GiB",
            "Fargate ARM, 0.5 vCPU/1 GiB",
        ),
        ({"capacity_option": "SPOT"}, "EC2 ARM, 0.5 vCPU/1 GiB", "EC2 Spot ARM, 0.5 vCPU/1 GiB"),
        ({"cpu_architecture": "X86_64"}, "EC2 ARM, 0.5 vCPU/1 GiB", "EC2, 0.5 vCPU/1 GiB"),
        ({"task_memory_mib": 2048.0}, "EC2 ARM, 0.5 vCPU/1 GiB", "EC2 ARM, 0.5 vCPU/2 GiB"),
        ({"task_vcpu": 0.50001}, "EC2 ARM, 0.5 vCPU/1024 MiB", "EC2 ARM, 0.50001 vCPU/1024 MiB"),
        ({"pool_id": None}, "EC2 ARM in web, 0.5 vCPU/1 GiB", "EC2 ARM, 0.5 vCPU/1 GiB"),
        ({"pool_id": "today-web"}, "EC2 ARM in web, 0.5 vCPU/1 GiB", "EC2 ARM in today-web, 0.5 vCPU/1 GiB"),
    ],
)
def test_what_counts_as_changed_is_told_apart(changes: dict[str, object], before: str, after: str) -> None:
    (moved,) = compare(plan(), other(replace(A, **changes), B, C)).moved  # type: ignore[arg-type]
    assert moved.change is Change.CHANGED
    assert (moved.before, moved.after, moved.reason) == (before, after, "")
    assert moved.monthly_cost_before_usd == moved.monthly_cost_after_usd == A.monthly_cost_usd


def test_added_and_removed_with_their_reasons_most_dollars_first() -> None:
    lost = Rejection(A.workload_id, "", "no price", "price")
    one_way = Rejection(A.workload_id, "EC2 SPOT ARM64", "not this way", "policy")
    after = other(B, C, placement("nightly", 9.0, 9.0), rejections=(one_way, lost))
    removed, added = compare(plan(), after).moved
    assert (removed.workload_id, removed.change, removed.after, removed.reason) == (
        A.workload_id,
        Change.REMOVED,
        None,
        "no price",
    )
    assert (removed.monthly_cost_before_usd, removed.monthly_cost_after_usd) == (412.25, None)
    assert (added.workload_id, added.change, added.before) == ("nightly", Change.ADDED, None)
    assert added.reason.startswith("short history")
    assert (added.monthly_cost_before_usd, added.monthly_cost_after_usd) == (None, 9.0)


def test_equal_dollars_are_in_order_of_names() -> None:
    names = [m.workload_id for m in compare(other(), other(placement("b", 1, 1), placement("a", 1, 1))).moved]
    assert names == ["a", "b"]


def test_plans_of_different_workloads_prove_nothing_of_each_other() -> None:
    found = compare(plan(), other(A, B))
    assert (found.low_usd, found.high_usd) == (None, None)
    assert found.unchanged_count == 2


def known(cost: float, bound: float) -> Plan:
    return replace(plan(), monthly_cost_usd=cost, lower_bound_monthly_usd=bound, operations_monthly_usd=None)


def test_what_is_proven_lies_between_bounds_and_costs() -> None:
    found = compare(known(100.0, 90.0), known(130.0, 112.0))
    assert (found.low_usd, found.high_usd) == (12.0, 40.0)
    assert (found.people_before_usd, found.cost_after_usd) == (None, 130.0)


@pytest.mark.parametrize(
    ("effect", "low", "high"),
    [(Effect.CHANGES, -8.0, 14.0), (Effect.RESTRICTS, 0.0, 14.0), (Effect.RELAXES, -8.0, 0.0)],
)
def test_less_that_is_lawful_is_never_cheaper(effect: Effect, low: float, high: float) -> None:
    found = compare(known(100.0, 90.0), known(104.0, 92.0), effect=effect)
    assert (found.low_usd, found.high_usd) == (low, high)


def test_peoples_time_is_in_the_cost() -> None:
    found: Comparison = compare(replace(plan(), operations_monthly_usd=None), plan())
    assert (found.people_before_usd, found.people_after_usd) == (None, 450.0)
    assert found.cost_after_usd - found.cost_before_usd == 450.0


def test_commitments_are_named() -> None:
    found = compare(plan(), replace(plan(), commitments=()))
    assert found.commitments_before == (("1-yr Compute Savings Plan, no upfront", 0.4),)
    assert found.commitments_after == ()


@pytest.mark.parametrize("what", ["inputs_digest", "catalog_digest"])
def test_plans_of_other_inputs_are_refused(what: str) -> None:
    with pytest.raises(InputError, match="not made from the same"):
        compare(plan(), replace(plan(), **{what: "else"}))  # type: ignore[arg-type]


def test_settings_that_differ_in_words() -> None:
    there = Config(
        plan=PlanPolicy(exclude=("a*", "b"), pins=(Pin("x", launch_type="EC2"),), owners={"web": "ann"}),
        fleet=FleetPolicy(max_instances_per_pool=3),
        spot=SpotPolicy(allowed=False),
        operations=OperationsPolicy(usd_per_hour=150.0),
        prices=PricePolicy(edp_share=0.1),
    )
    assert settings_changed(Config(), there) == {
        "plan.exclude": ("none", "a*, b"),
        "plan.pins": ("none", "{match = x, launch_type = EC2}"),
        "plan.owners": ("{}", "{web = ann}"),
        "fleet.max_instances_per_pool": ("not set", "3"),
        "spot.allowed": ("true", "false"),
        "operations.usd_per_hour": ("0", "150"),
        "prices.edp_share": ("0", "0.1"),
    }
    assert settings_changed(there, there) == {}
