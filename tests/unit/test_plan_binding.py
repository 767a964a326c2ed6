"""What a lost way is short of: the resource that fills first, the step that it rounds up to, or whole instances."""

from __future__ import annotations

import re

import polars as pl
import pytest
from plan_estates import estate

from advisor import pipeline
from advisor.catalog import load_catalog
from advisor.config import Config, FleetPolicy
from advisor.plan.capacity import RESOURCES
from advisor.plan.hosts import FILLS, room_that_fills
from advisor.terms import BindingResource as Binding

LARGE = (0.10, 2048.0, 8192.0, 3.0, 0.0)
"""Dollars an hour, CPU units, MiB, task slots, GPUs."""
GPU = (0.50, 8192.0, 32768.0, 8.0, 1.0)


@pytest.mark.parametrize(
    ("needs", "wanted"),
    [
        ((1024.0, 512.0, 0.0, 0.0), Binding.VCPU),
        ((128.0, 4096.0, 0.0, 0.0), Binding.MEMORY),
        ((128.0, 512.0, 1.0, 0.0), Binding.TASK_SLOTS),
        ((1024.0, 1024.0, 1.0, 1.0), Binding.GPUS),
    ],
)
def test_what_fills_first_is_what_the_room_has_fewest_tasks_of(
    needs: tuple[float, ...], wanted: Binding
) -> None:
    assert room_that_fills([LARGE, GPU], needs, ported=False) is wanted


def test_a_fixed_port_is_what_keeps_a_second_task_away() -> None:
    assert room_that_fills([LARGE], (512.0, 512.0, 0.0, 0.0), ported=True) is Binding.HOST_PORTS
    assert room_that_fills([LARGE], (2000.0, 512.0, 0.0, 0.0), ported=True) is Binding.VCPU


def test_the_cheapest_room_for_a_task_decides() -> None:
    lean, roomy = (0.10, 4096.0, 4096.0, 9.0, 0.0), (0.11, 4096.0, 16384.0, 9.0, 0.0)
    assert room_that_fills([lean, roomy], (1024.0, 3072.0, 0.0, 0.0), ported=False) is Binding.VCPU


def test_every_resource_of_a_bin_has_a_word() -> None:
    assert tuple(FILLS) == RESOURCES


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_lost_way_says_dollars_and_what_binds(seed: int) -> None:
    rows = pipeline.advise(estate(seed), load_catalog()).outcomes.filter("eligible")
    lost = rows.filter(~pl.col("chosen"))
    assert lost["lost_by_usd"].null_count() == lost["binding_resource"].null_count() == 0
    assert set(lost["binding_resource"]) <= set(Binding)
    assert rows.filter("chosen")["binding_resource"].null_count() == len(rows.filter("chosen"))
    plain = lost.filter(pl.col("commitment").is_null())
    for reason, dollars in plain.select("reason", "lost_by_usd").iter_rows():
        said = re.search(r"\$([\d,.]+)", reason)
        if abs(dollars) < 0.005:
            assert said is None
        else:
            assert said is not None
            assert float(said[1].replace(",", "")) == pytest.approx(abs(dollars), abs=0.0051)


def test_fargate_binds_at_the_step_that_costs_more() -> None:
    rows = pipeline.advise(estate(3), load_catalog()).outcomes
    fargate = rows.filter(
        ~pl.col("chosen"), pl.col("launch_type") == "FARGATE", pl.col("commitment").is_null(), "eligible"
    )
    assert {Binding.VCPU_STEP, Binding.MEMORY_STEP} & set(fargate["binding_resource"])
    for row in fargate.filter(pl.col("lost_by_usd") >= 0.005).iter_rows(named=True):
        stepped = row["binding_resource"].endswith("_step")
        assert ("rounded up to" in row["reason"]) == stepped
        if stepped:
            assert row["lattice_waste_monthly_usd"] > 0


def test_a_spread_service_without_a_pool_of_its_kind_is_short_of_instances() -> None:
    spread = pipeline.advise(estate(1, az_count=3), load_catalog()).outcomes
    assert Binding.SPREAD in set(spread["binding_resource"])
    alone = pipeline.advise(
        estate(1, workloads=2), load_catalog(), Config(fleet=FleetPolicy(spread_over_azs=False))
    ).outcomes
    assert Binding.SPREAD not in set(alone["binding_resource"])
    assert Binding.WHOLE_INSTANCES in set(alone["binding_resource"])
