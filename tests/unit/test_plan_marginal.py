"""Costs at the margin: parts of the proof to the nano-dollar, held against bounds with one workload less or a task more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
import pytest
from plan_estates import estate

from advisor import pipeline
from advisor.catalog import Catalog, load_catalog
from advisor.config import CommitmentPolicy, Config, FleetPolicy, PricePolicy
from advisor.model import Plan, Usage
from advisor.plan.marginal import least_nano, marginals
from advisor.plan.room import NANO_PER_USD
from advisor.plan.settle import Settled

SEEDS = (1, 2, 3)
LIST_PRICES = Config(commitments=CommitmentPolicy(allowed=False), fleet=FleetPolicy(spread_over_azs=False))
"""No spread: one more task would change how many may share an instance, and with it what is lawful."""


@dataclass(frozen=True)
class Advised:
    usage: Usage
    plan: Plan
    settled: Settled

    @property
    def bound_usd(self) -> float:
        return self.settled.solution.bound.usd

    @property
    def least(self) -> dict[int, int]:
        return least_nano(self.settled.solution.bound)


def advised(usage: Usage, config: Config | None = None) -> Advised:
    seen: list[Settled] = []

    def keep(plan: Plan, settled: Settled, catalog: Catalog) -> Plan:
        seen.append(settled)
        return plan

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "audited", keep)
        plan = pipeline.advise(usage, load_catalog(), config)
    return Advised(usage, plan, seen[0])


@pytest.fixture(scope="module", params=SEEDS)
def at_list_prices(request: pytest.FixtureRequest) -> Advised:
    return advised(estate(request.param, workloads=5), LIST_PRICES)


def without(usage: Usage, workload: int) -> Usage:
    """Return the estate without one workload."""
    kept = [row for row in range(len(usage.workloads)) if row != workload]
    index = pl.Series(kept, dtype=pl.UInt32)
    place = pl.DataFrame({"workload": index, "new": pl.Series(range(len(kept)), dtype=pl.UInt32)})
    rows = usage.usage.join(place, on="workload").drop("workload").rename({"new": "workload"})
    order = usage.usage.columns
    return replace(usage, workloads=usage.workloads[kept], usage=rows.select(order).sort("workload", "start"))


def with_one_more(usage: Usage, workload: int) -> Usage:
    """Return the estate with one more task of a workload in every hour."""
    more = pl.col("tasks") + (pl.col("workload") == workload).cast(pl.Float64)
    return replace(usage, usage=usage.usage.with_columns(more))


@pytest.mark.parametrize("config", [Config(), LIST_PRICES], ids=["default", "list prices"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_parts_are_the_certificate_to_the_nano_dollar(seed: int, config: Config) -> None:
    found = advised(estate(seed), config)
    bound = found.settled.solution.bound
    assert sum(found.least.values()) == sum(p.nano for p in bound.proofs)
    assert sum(found.least.values()) / NANO_PER_USD == bound.certificate["usage_usd"]
    packed = {p.workload_id for p in found.plan.placements if p.pool_id}
    shared = {w for p in found.plan.pools if len(p.workload_ids) > 1 for w in p.workload_ids}
    assert shared <= packed
    margin = sum(p.marginal_monthly_cost_usd or 0.0 for p in found.plan.placements if p.workload_id in shared)
    assert margin <= found.plan.lower_bound_monthly_usd * (1 + 1e-9)


def test_where_all_share_instances_the_margins_are_the_bound() -> None:
    found = advised(estate(1))
    assert all(len(p.workload_ids) > 1 for p in found.plan.pools)
    margins = [p.marginal_monthly_cost_usd or 0.0 for p in found.plan.placements]
    assert sum(margins) == pytest.approx(found.plan.lower_bound_monthly_usd, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pool_costs_at_least_what_its_workloads_are_worth(seed: int) -> None:
    found = advised(estate(seed))
    margin = {p.workload_id: p.marginal_monthly_cost_usd or 0.0 for p in found.plan.placements}
    for pool in found.plan.pools:
        assert sum(margin[w] for w in pool.workload_ids) <= pool.monthly_cost_usd * (1 + 1e-6)


def test_without_a_workload_the_bound_falls_by_its_part_at_the_most(at_list_prices: Advised) -> None:
    whole = at_list_prices
    close = 0
    for workload, nano in whole.least.items():
        part = nano / NANO_PER_USD
        fall = whole.bound_usd - advised(without(whole.usage, workload), LIST_PRICES).bound_usd
        # other hours are looked at, which moves the bound a little
        noise = 0.002 * whole.bound_usd
        assert -noise <= fall <= part + noise
        close += fall >= 0.9 * part - noise
    assert close >= 3


def test_one_more_task_lifts_the_bound_by_about_its_price(at_list_prices: Advised) -> None:
    whole = at_list_prices
    window = whole.settled.solution.window.hours
    gap_usd = whole.plan.monthly_cost_usd - whole.plan.lower_bound_monthly_usd
    margins = marginals(whole.settled)
    for workload in whole.least:
        one_more = margins[workload].one_more_task_usd
        assert one_more is not None
        grown = advised(with_one_more(whole.usage, workload), LIST_PRICES)
        rise = (grown.bound_usd - whole.bound_usd) / window * 730
        assert rise == pytest.approx(one_more, abs=max(gap_usd, 0.01 * whole.plan.lower_bound_monthly_usd))


def test_what_shares_nothing_takes_its_bill_with_it() -> None:
    plan = advised(estate(2)).plan
    alone = [p for p in plan.placements if p.pool_id is None]
    assert alone
    for place in alone:
        assert place.marginal_monthly_cost_usd == place.monthly_cost_usd
        assert place.one_more_task_monthly_usd is not None
        assert place.dearest_hour is None


def test_a_private_discount_comes_off_margins_too() -> None:
    usage = estate(1, workloads=4)
    off = replace(LIST_PRICES, prices=PricePolicy(edp_share=0.2))
    plain, less = advised(usage, LIST_PRICES).plan, advised(usage, off).plan
    for one, two in zip(plain.placements, less.placements, strict=True):
        assert one.option() == two.option()
        for name in ("marginal_monthly_cost_usd", "one_more_task_monthly_usd"):
            assert getattr(two, name) == pytest.approx(0.8 * getattr(one, name))


def test_the_dearest_hour_is_one_of_the_window_and_dearer_than_the_mean() -> None:
    plan = advised(estate(1)).plan
    dear = [p for p in plan.placements if p.dearest_hour is not None]
    assert dear
    for place in dear:
        assert place.dearest_hour is not None and place.dearest_hour_usd is not None
        hour = datetime.fromisoformat(place.dearest_hour).isoformat()
        assert plan.window_start <= hour <= plan.window_end
        assert place.dearest_hour_usd * 730 > (place.one_more_task_monthly_usd or 0.0)


def test_what_is_owned_is_paid_with_or_without_a_workload() -> None:
    settled = advised(estate(1)).settled
    bound = settled.solution.bound
    covered = {**bound.certificate, "owned_cover_usd": bound.certificate["usage_usd"] - 1.0}
    solution = replace(settled.solution, bound=replace(bound, certificate=covered))
    most = 730 / settled.solution.window.hours
    shared = {w.workload for p in solution.pools if len(p.ways) > 1 for w in p.ways}
    margins = marginals(replace(settled, solution=solution))
    assert max(margins[w].monthly_usd for w in shared) == pytest.approx(most, rel=1e-6)
