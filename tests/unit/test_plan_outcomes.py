"""What `explain` says of every way: priced on all hours, compared like with like, wrapped and never cut."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from plan_estates import estate

from advisor import pipeline
from advisor.catalog import Catalog, load_catalog
from advisor.config import CommitmentPolicy, Config, PricePolicy
from advisor.model import Plan, Usage
from advisor.plan.audit import audited
from advisor.plan.discounts import committed_usd
from advisor.plan.hours import window
from advisor.plan.settle import Settled
from advisor.plan.verdicts import AS_A_FLEET
from advisor.plan.way_costs import LEVELS, WayCosts
from advisor.report.text import display_width
from advisor.report.ways import committed_grid, ruled_out, ways_by_cost
from advisor.usage import read_usage
from advisor.workload import observed_demand

SHOP = Path(__file__).parents[2] / "data" / "shop"
MONTH = 730
PICO_HOURS = 3600 * 10**12


@dataclass(frozen=True)
class Advised:
    usage: Usage
    plan: Plan
    settled: Settled

    def rows(self, *where: pl.Expr) -> list[dict[str, Any]]:
        kept = self.plan.outcomes.filter("eligible", pl.col("commitment").is_null(), *where)
        return list(kept.iter_rows(named=True))


@pytest.fixture(scope="module")
def shop() -> Advised:
    seen: list[Settled] = []

    def keep(plan: Plan, settled: Settled, catalog: Catalog) -> Plan:
        seen.append(settled)
        return audited(plan, settled, catalog)

    usage = read_usage(SHOP)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "audited", keep)
        plan = pipeline.advise(usage, load_catalog(), Config())
    return Advised(usage, plan, seen[0])


def test_todays_fargate_option_costs_what_todays_bill_says(shop: Advised) -> None:
    config = Config()
    tasks = {t.workload_id: t for c in shop.settled.solution.cells for t in c.tasks}
    observed = observed_demand(shop.usage, config.profile, config.prices)
    ran = pl.col("billed_seconds").sum()
    then = dict(window(observed, tuple(tasks.values())).demand.group_by("workload").agg(ran).iter_rows())
    now = dict(shop.settled.solution.window.demand.group_by("workload").agg(ran).iter_rows())
    bills = {p.workload_id: p.baseline_monthly_cost_usd for p in shop.plan.placements}
    compared = 0
    for row in shop.rows(pl.col("current"), pl.col("launch_type") == "FARGATE", ~pl.col("chosen")):
        task = tasks[row["workload_id"]]
        same_size = (row["task_vcpu"], row["task_memory_mib"]) == (task.vcpu, task.memory_mib)
        if same_size and then[task.workload] == now[task.workload]:
            assert row["monthly_cost_usd"] == pytest.approx(bills[task.workload_id], abs=0.01), row
            compared += 1
    assert compared >= 2


def test_fargate_options_of_batch_jobs_are_exact(shop: Advised) -> None:
    solution = shop.settled.solution
    seconds = dict(
        solution.window.demand.group_by("workload").agg(pl.col("billed_seconds").sum()).iter_rows()
    )
    classes = shop.plan.profiles.filter(pl.col("workload_class") == "BATCH")
    batch = sorted(set(classes["workload_id"].to_list()))
    exact = {
        (way.workload_id, way.option): Fraction(price.pico_per_task_hour * seconds[way.workload] * MONTH)
        / (PICO_HOURS * solution.window.hours)
        for cell in solution.cells
        for way, price in cell.alone.items()
    }
    rows = shop.rows(pl.col("launch_type") == "FARGATE", pl.col("workload_id").is_in(batch))
    assert len(rows) > 10
    for row in rows:
        wanted = float(exact[row["workload_id"], row["option"]])
        assert row["marginal_monthly_cost_usd"] == pytest.approx(wanted, rel=1e-9)
        assert wanted > 0


def test_chosen_fargate_spot_costs_what_it_is_billed(shop: Advised) -> None:
    rows = shop.rows(
        pl.col("chosen"), pl.col("launch_type") == "FARGATE", pl.col("capacity_option") == "SPOT"
    )
    assert rows
    for row in rows:
        assert row["marginal_monthly_cost_usd"] == pytest.approx(row["monthly_cost_usd"], abs=1e-4)


def test_levels_are_those_of_every_hour() -> None:
    rng = random.Random(5)
    hours = 96
    use = {h: rng.choice([0.0, 1.0, 2.0, 2.0, 7.5, rng.uniform(0, 9)]) for h in range(hours)}
    rows, above, beyond = [], 0, 0.0
    for level in sorted({u for u in use.values() if u}, reverse=True):
        n = sum(u == level for u in use.values())
        rows.append((1, "g", level, above, above + n, beyond, beyond + n * level))
        above, beyond = above + n, beyond + n * level
    costs = WayCosts(hours, pl.DataFrame(), pl.DataFrame(rows, schema=LEVELS, orient="row"))
    shares = [0.0, 0.1, 0.27, 0.5, 0.66, 0.9, 0.999]
    wanted = pl.DataFrame(
        {"workload": pl.Series([1] * len(shares), dtype=pl.UInt32), "room": "g", "share": shares}
    )
    found = costs.committed(wanted)
    assert found["share"].to_list() == shares
    for share, cost in found.select("share", "committed").iter_rows():
        assert cost == pytest.approx(committed_usd(use, dict.fromkeys(use, 1.0), share))


def test_losers_are_compared_before_commitments(shop: Advised) -> None:
    chosen = {r["workload_id"]: r for r in shop.rows(pl.col("chosen"))}
    covered = 0
    for row in shop.rows(~pl.col("chosen"), pl.col("launch_type") == "FARGATE"):
        best = chosen[row["workload_id"]]
        if best["launch_type"] != "FARGATE":
            continue
        full = best["marginal_monthly_cost_usd"]
        assert row["lost_by_usd"] == pytest.approx(row["monthly_cost_usd"] - full)
        includes = best["monthly_cost_usd"] < full - 0.005
        covered += includes
        if row["lost_by_usd"] >= 0.005:
            assert ("before commitments" in row["reason"]) == includes, row
        assert "leave behind" not in row["reason"]
    assert covered


def test_a_private_discount_comes_off_what_the_chosen_way_is_billed_once() -> None:
    config = Config(prices=PricePolicy(edp_share=0.2), commitments=CommitmentPolicy(allowed=False))
    plan = pipeline.advise(estate(2, workloads=8), load_catalog(), config)
    shown = dict(plan.outcomes.filter("chosen").select("workload_id", "monthly_cost_usd").iter_rows())
    assert shown == {p.workload_id: p.monthly_cost_usd for p in plan.placements}
    fargate = plan.outcomes.filter("chosen", pl.col("launch_type") == "FARGATE")
    assert len(fargate)
    assert fargate["marginal_monthly_cost_usd"].to_list() == pytest.approx(
        fargate["monthly_cost_usd"].to_list()
    )


def test_no_way_that_runs_is_free(shop: Advised) -> None:
    ran = shop.settled.solution.window.demand.filter(pl.col("billed_seconds") > 0)["workload"].unique()
    names = [shop.plan.workloads["workload_id"][w] for w in ran.to_list()]
    assert all(r["monthly_cost_usd"] > 0 for r in shop.rows(pl.col("workload_id").is_in(names)))


def test_reasons_fit_80_cells_and_are_whole(shop: Advised) -> None:
    for workload_id in shop.plan.outcomes["workload_id"].unique().sort().to_list():
        rows = shop.plan.outcomes.filter(pl.col("workload_id") == workload_id)
        for width in (80, 100):
            lines = ways_by_cost(rows, width)
            assert all(display_width(line) <= width - 2 for line in lines if not line.startswith("On inst"))
            text = " ".join(" ".join(lines).split())
            assert "…" not in text
            words = " ".join(word for line in lines for word in line.split())
            for row in rows.filter("eligible", pl.col("commitment").is_null()).iter_rows(named=True):
                assert row["reason"].split()[-1] in words
            assert "…" not in " ".join(ruled_out(rows, width))


def test_ruled_out_says_each_reason_once(shop: Advised) -> None:
    rows = shop.plan.outcomes.filter(pl.col("workload_id") == "db-backup")
    text = " ".join(" ".join(ruled_out(rows, 80)).split())
    assert text.count("not marked interruptible") == 1
    assert text.startswith("EC2 Spot ARM, EC2 Spot, Fargate Spot ARM, Fargate Spot, Managed Inst. Spot ARM,")


def test_the_grid_says_why_a_cheaper_commitment_did_not_win(shop: Advised) -> None:
    cheaper = shop.plan.outcomes.filter(
        pl.col("commitment").is_not_null(), pl.col("bottleneck") != "policy", pl.col("lost_by_usd") < 0
    )
    assert cheaper["reason"].unique().to_list() == [AS_A_FLEET]
    rows = shop.plan.outcomes.filter(pl.col("workload_id") == cheaper["workload_id"][0])
    assert any(AS_A_FLEET in line for line in committed_grid(rows, 100))
