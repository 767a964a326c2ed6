"""The audit finds every kind of broken plan: a good one is damaged in one place, and the check for it speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from plan_estates import estate

from advisor import pipeline
from advisor.catalog import Catalog, load_catalog
from advisor.config import Config, PlanPolicy
from advisor.errors import SolverError
from advisor.model import Plan
from advisor.plan.audit import audited
from advisor.plan.settle import Settled

Good = tuple[Plan, Settled, Catalog]


@pytest.fixture(scope="module")
def good() -> Good:
    """Return a plan on instances and Fargate as it is before its audit."""
    seen: list[Good] = []

    def keep(plan: Plan, settled: Settled, catalog: Catalog) -> Plan:
        seen.append((plan, settled, catalog))
        return audited(plan, settled, catalog)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "audited", keep)
        usage = estate(2, workloads=8)
        pipeline.advise(usage, load_catalog(), Config(plan=PlanPolicy(launch_types=("EC2", "FARGATE"))))
    assert seen[0][1].solution.pools
    return seen[0]


def with_pool(settled: Settled, **changes: Any) -> Settled:
    first, *others = settled.solution.pools
    solution = replace(settled.solution, pools=(replace(first, **changes), *others))
    return replace(settled, solution=solution)


def doubled(good: Good) -> Good:
    plan, settled, catalog = good
    return replace(plan, placements=(*plan.placements, plan.placements[0])), settled, catalog


def forgotten(good: Good) -> Good:
    plan, settled, catalog = good
    return replace(plan, placements=plan.placements[1:]), settled, catalog


def closed_an_hour(good: Good) -> Good:
    plan, settled, catalog = good
    pool = settled.solution.pools[0]
    first = pool.hour_patterns["hour"].min()
    return (
        plan,
        with_pool(settled, hour_patterns=pool.hour_patterns.filter(pl.col("hour") != first)),
        catalog,
    )


def unpaid(good: Good) -> Good:
    plan, settled, catalog = good
    pool = settled.solution.pools[0]
    return plan, with_pool(settled, fleet=pool.fleet.with_columns(pl.col("count_milli") - 1000)), catalog


def overfilled(good: Good) -> Good:
    plan, settled, catalog = good
    pool = settled.solution.pools[0]
    return (
        plan,
        with_pool(settled, patterns=pool.patterns.with_columns(pl.col("count_per_bin") * 50)),
        catalog,
    )


def roomier(good: Good) -> Good:
    plan, settled, catalog = good
    pool = settled.solution.pools[0]
    return plan, with_pool(settled, bins=pool.bins.with_columns(pl.col("memory_mib") * 2)), catalog


def lone(good: Good) -> Good:
    plan, settled, catalog = good
    spread = {t.workload for c in settled.solution.cells for t in c.tasks if t.spread > 1}
    pools = settled.solution.pools
    (at, *_) = [i for i, p in enumerate(pools) if spread & {w.workload for w in p.ways}]
    squeezed = replace(
        pools[at],
        hour_patterns=pools[at]
        .hour_patterns.with_columns(pl.lit(1, pl.Int64).alias("bins"))
        .unique("hour", keep="first", maintain_order=True),
    )
    solution = replace(settled.solution, pools=(*pools[:at], squeezed, *pools[at + 1 :]))
    return plan, replace(settled, solution=solution), catalog


def dearer(good: Good) -> Good:
    plan, settled, catalog = good
    pool = settled.solution.pools[0]
    return plan, with_pool(settled, bins=pool.bins.with_columns(pl.col("instance_pico") + 1)), catalog


def fee_added(good: Good) -> Good:
    plan, settled, catalog = good
    pool = settled.solution.pools[0]
    return plan, with_pool(settled, bins=pool.bins.with_columns(pl.col("fee_pico") + 1)), catalog


def _on_fargate(settled: Settled, **changes: Any) -> Settled:
    """Return it with the first charge of everything on Fargate changed."""
    cells = []
    for cell in settled.solution.cells:
        alone = {}
        for way, price in cell.alone.items():
            first, *others = price.charges
            alone[way] = replace(price, charges=(replace(first, **changes), *others))
        cells.append(replace(cell, alone=alone))
    return replace(settled, solution=replace(settled.solution, cells=tuple(cells)))


def cheaper_fargate(good: Good) -> Good:
    plan, settled, catalog = good
    return plan, _on_fargate(settled, pico_per_unit_hour=1), catalog


def smaller_fargate(good: Good) -> Good:
    plan, settled, catalog = good
    return plan, _on_fargate(settled, pico_per_task_hour=1000), catalog


def metered_less(good: Good) -> Good:
    plan, settled, catalog = good
    owners = {key: quanta // 2 for key, quanta in settled.metered.owners.items()}
    return plan, replace(settled, metered=replace(settled.metered, owners=owners)), catalog


def line_lost(good: Good) -> Good:
    plan, settled, catalog = good
    dearest = plan.cost_lines.sort("monthly_cost_usd")
    return replace(plan, cost_lines=dearest[:-1]), settled, catalog


def total_wrong(good: Good) -> Good:
    plan, settled, catalog = good
    first = plan.placements[0]
    changed = replace(first, monthly_cost_usd=first.monthly_cost_usd + 1)
    return replace(plan, placements=(changed, *plan.placements[1:])), settled, catalog


def negative(good: Good) -> Good:
    plan, settled, catalog = good
    first, second = plan.placements[:2]
    moved = first.monthly_cost_usd + 1
    one = replace(first, monthly_cost_usd=-1.0)
    two = replace(second, monthly_cost_usd=second.monthly_cost_usd + moved)
    return replace(plan, placements=(one, two, *plan.placements[2:])), settled, catalog


def bound_above(good: Good) -> Good:
    plan, settled, catalog = good
    return replace(plan, lower_bound_monthly_usd=plan.monthly_cost_usd * 1.01), settled, catalog


def _with_proof(good: Good, **changes: Any) -> Good:
    plan, settled, catalog = good
    bound = settled.solution.bound
    first, *others = bound.proofs
    bound = replace(bound, proofs=(replace(first, **changes), *others))
    return plan, replace(settled, solution=replace(settled.solution, bound=bound)), catalog


def room_too_dear(good: Good) -> Good:
    room = good[1].solution.bound.proofs[0].room
    return _with_proof(good, room=room.with_columns(pl.col("nano") * 3))


def fargate_too_dear(good: Good) -> Good:
    rates = good[1].solution.bound.proofs[0].usd_per_s
    return _with_proof(good, usd_per_s={w: usd * 1.001 for w, usd in rates.items()})


def usage_too_dear(good: Good) -> Good:
    return _with_proof(good, nano=good[1].solution.bound.proofs[0].nano * 1001 // 1000)


def bound_out_of_nothing(good: Good) -> Good:
    plan, settled, catalog = good
    bound = replace(settled.solution.bound, usd=settled.solution.bound.usd * 1.001)
    return plan, replace(settled, solution=replace(settled.solution, bound=bound)), catalog


def never_to_be_interrupted(good: Good) -> Good:
    plan, settled, catalog = good
    cells = tuple(
        replace(c, tasks=tuple(replace(t, interruptible=False) for t in c.tasks), _tasks={})
        for c in settled.solution.cells
    )
    return plan, replace(settled, solution=replace(settled.solution, cells=cells)), catalog


def _told(good: Good, **changes: Any) -> Good:
    """Say something of the tasks that run on Spot."""
    plan, settled, catalog = good
    spot = {w for w, way in settled.solution.assignment.items() if way.capacity_option == "SPOT"}
    assert spot
    cells = tuple(
        replace(
            c, tasks=tuple(replace(t, **changes) if t.workload in spot else t for t in c.tasks), _tasks={}
        )
        for c in settled.solution.cells
    )
    return plan, replace(settled, solution=replace(settled.solution, cells=cells)), catalog


def more_on_spot_than_may_be(good: Good) -> Good:
    return _told(good, firm=True)


def parts_apart(good: Good) -> Good:
    ways = good[1].solution.assignment
    there = {(w.launch_type, w.cpu_architecture) for w in ways.values() if w.capacity_option == "SPOT"}
    elsewhere = next(i for i, w in ways.items() if {(w.launch_type, w.cpu_architecture)} != there)
    return _told(good, beside=elsewhere)


BROKEN: dict[Callable[[Good], Good], str] = {
    doubled: "every workload is placed once or rejected",
    forgotten: "every workload is placed once or rejected",
    closed_an_hour: "demand is met every hour",
    unpaid: "demand is met every hour",
    overfilled: "no instance is over capacity",
    roomier: "instances have no more room than the catalog gives",
    lone: "tasks of a service are spread as asked",
    dearer: "prices are the catalog's",
    fee_added: "prices are the catalog's",
    cheaper_fargate: "prices are the catalog's",
    smaller_fargate: "prices are the catalog's",
    metered_less: "what runs is what is metered",
    line_lost: "lines add up to the total",
    total_wrong: "workloads add up to the total",
    negative: "savings do not exceed what is paid today",
    bound_above: "the bound is below the cost",
    room_too_dear: "the bound is proven",
    fargate_too_dear: "the bound is proven",
    usage_too_dear: "the bound is proven",
    bound_out_of_nothing: "the bound is proven",
    never_to_be_interrupted: "nothing is on Spot that must not be",
    more_on_spot_than_may_be: "parts of a service are on one launch type",
    parts_apart: "parts of a service are on one launch type",
}


def test_a_good_plan_passes_every_check(good: Good) -> None:
    assert set(audited(*good).audit) == set(BROKEN.values())


@pytest.mark.parametrize("damage", BROKEN, ids=lambda f: f.__name__)
def test_a_broken_plan_is_not_handed_out(good: Good, damage: Callable[[Good], Good]) -> None:
    with pytest.raises(SolverError, match=BROKEN[damage]):
        audited(*damage(good))
