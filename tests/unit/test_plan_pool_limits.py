"""What the policy's limits make of pools: never fewer, seldom more, not too many kinds of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from advisor.catalog import load_catalog
from advisor.config import Config
from advisor.model import Plan
from advisor.pipeline import advise
from advisor.plan.fleet import RESOURCES, Sizes, holds_together
from advisor.plan.pool_limits import too_many
from advisor.plan.tasks import tasks
from advisor.report.markdown import markdown
from advisor.usage import read_usage
from advisor.workload import profile

SHOP = Path(__file__).parents[2] / "data" / "shop"
KEPT = "core"
"""The pool of the shop that runs on today's instances, which limits on new ones leave alone."""


@cache
def planned(**fleet: Any) -> Plan:
    config = Config()
    return advise(read_usage(SHOP), load_catalog(), replace(config, fleet=replace(config.fleet, **fleet)))


def test_a_pool_keeps_the_fewest_instances_and_they_are_paid() -> None:
    plan, free = planned(min_instances_per_pool=3), planned()
    assert {p.pool_id for p in plan.pools if p.min_instances < 3} <= {KEPT}
    counts = plan.fleet_hours.group_by("pool_id", "hour").agg(pl.col("count").sum())
    assert len(counts.filter(pl.col("pool_id") != KEPT)) == (len(plan.pools) - 1) * plan.hours
    assert plan.monthly_cost_usd > free.monthly_cost_usd
    assert set(plan.audit.values()) == {"ok"}


def test_a_pool_has_no_more_than_the_most_instances() -> None:
    plan, free = planned(max_instances_per_pool=2), planned()
    assert any(p.max_instances > 2 for p in free.pools if p.pool_id != KEPT)
    assert all(p.max_instances <= 2 for p in plan.pools if p.pool_id != KEPT)
    crowded = {p.pool_id for p in plan.pools if p.max_instances > 2}
    assert {note.split()[1] for note in plan.notes if "max_instances_per_pool" in note} == crowded


def test_no_more_pools_of_an_architecture_than_asked_for() -> None:
    plan = planned(max_pools_per_architecture=1)
    kinds = Counter(
        (p.cluster, p.operating_system, p.cpu_architecture, "gpu" in p.pool_id) for p in plan.pools
    )
    assert max(kinds.values()) == 1


@pytest.mark.parametrize(
    ("groups", "most", "verdict"),
    [
        (("EC2/ON_DEMAND/X86_64", "EC2/SPOT/X86_64"), 2, False),
        (("EC2/ON_DEMAND/X86_64", "EC2/SPOT/X86_64"), 1, True),
        (("EC2/ON_DEMAND/X86_64", "EC2/ON_DEMAND/ARM64"), 1, False),
        (("EC2/ON_DEMAND/X86_64", "EC2/ON_DEMAND/X86_64/GPU"), 1, False),
    ],
)
def test_pools_count_by_architecture(groups: tuple[str, ...], most: int, verdict: bool) -> None:
    assert too_many(groups, frozenset(), most) is verdict
    assert not too_many(groups, frozenset(groups), most), "what runs today may stay"


def test_dollars_of_instances_do_not_make_up_for_memory() -> None:
    size = {"cpu_units": 512.0, "memory_mib": 8192.0, "task_slots": 1.0, "gpus": 0.0}
    view = Sizes(pl.DataFrame([size]), (), (), (1,))
    bins = pl.DataFrame(
        {
            "instance_type": ["c7g.4xlarge"],
            "cpu_units": [16384.0],
            "memory_mib": [31000.0],
            "task_slots": [50.0],
            "gpus": [0.0],
        }
    )
    assert set(RESOURCES) == set(size)
    fleet = pl.DataFrame({"hour": [0, 1], "instance_type": ["c7g.4xlarge"] * 2, "count_milli": [1000, 2500]})

    def holds(hour: int, tasks: int) -> bool:
        wanted = pl.DataFrame({"hour": [hour], "size": [0], "count": [tasks]})
        return holds_together(view, bins, fleet, wanted.cast({"size": pl.UInt32}))

    assert holds(0, 3)
    assert not holds(0, 4)
    assert holds(1, 9)
    assert not holds(1, 10)
    assert not holds(2, 1), "an hour without instances holds nothing"


def test_a_spot_pool_lists_what_can_stand_in_for_its_types() -> None:
    plan = planned()
    prices = (
        load_catalog().ec2("us-east-1").select("instance_type", "spot_pico_usd_per_hour", "cpu_architecture")
    )
    spot = {name: (pico, architecture) for name, pico, architecture in prices.iter_rows()}
    pools = [p for p in plan.pools if p.capacity_option == "SPOT"]
    assert pools
    for pool in pools:
        assert set(pool.interchangeable_types) == set(pool.instance_types)
        for own, types in pool.interchangeable_types.items():
            assert own in types
            assert {spot[t][1] for t in types} == {pool.cpu_architecture}
            dearest = max(spot[t][0] for t in types)
            assert dearest <= 1.6 * spot[own][0], "half more, and the same dollars for disks"
    assert not any(p.interchangeable_types for p in plan.pools if p.capacity_option != "SPOT")


def test_too_few_stand_ins_are_told() -> None:
    config = Config()
    strict = replace(config, spot=replace(config.spot, interchangeable_within_share=0.0))
    plan = advise(read_usage(SHOP), load_catalog(), strict)
    told = [note for note in plan.notes if "spot.interchangeable_types" in note]
    few = {
        (pool.pool_id, own): len(types) - 1
        for pool in plan.pools
        for own, types in pool.interchangeable_types.items()
        if len(types) < 10
    }
    assert few
    assert len(told) == len(few)
    for (name, own), others in few.items():
        assert any(f"{name}: {others} other types can stand in for {own} " in note for note in told)


def test_whole_instances_cost_no_less_than_parts() -> None:
    plan = planned()
    for pool in plan.pools:
        if pool.fluid_monthly_cost_usd is None:
            assert pool.pool_id in {"data-gpu", KEPT}
        else:
            assert 0 < pool.fluid_monthly_cost_usd <= pool.monthly_cost_usd
    assert any(p.fluid_monthly_cost_usd is not None for p in plan.pools)


def test_a_policy_may_ask_for_zones_and_trust_images() -> None:
    config = Config()
    usage = read_usage(SHOP)
    profiles = profile(usage, config.profile, config.prices)
    told = {w["workload_id"]: w for w in usage.workloads.iter_rows(named=True)}
    before = tasks(usage.workloads, profiles, config)
    ask = replace(
        config,
        fleet=replace(config.fleet, min_az_count=3),
        plan=replace(config.plan, assume_arm_ready=True),
    )
    for old, new in zip(before, tasks(usage.workloads, profiles, ask), strict=True):
        assert new.spread == (max(3, old.spread) if old.spread > 1 else new.spread)
        assert new.arm_ready is (told[old.workload_id]["arm_ready"] is not False)
    assert any(t.spread == 2 for t in before)
    assert any(told[t.workload_id]["arm_ready"] is None for t in before)


def test_spot_pools_of_replaceable_types_only() -> None:
    config = Config()
    wary = replace(config, spot=replace(config.spot, only_interchangeable=True))
    plan = advise(read_usage(SHOP), load_catalog(), wary)
    spot = [p for p in plan.pools if p.capacity_option == "SPOT"]
    assert spot
    assert all(len(types) >= 10 for p in spot for types in p.interchangeable_types.values())
    assert not [note for note in plan.notes if "spot.interchangeable_types" in note]
    assert set(plan.audit.values()) == {"ok"}


def test_what_can_stand_in_is_in_the_report() -> None:
    text = markdown(planned())
    for pool in planned().pools:
        for own, types in pool.interchangeable_types.items():
            assert f"- {pool.pool_id}, for {own}: {', '.join(types)}" in text
