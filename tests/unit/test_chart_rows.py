"""What charts draw adds up to the plan: no figure on a picture may differ from the report's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from advisor import Plan, advise, load_catalog, read_usage
from advisor.report.charts.frontier_points import points, spot_share
from advisor.report.charts.load_rows import ON_DEMAND, load
from advisor.report.charts.options import option_rows
from advisor.report.charts.packing_rows import packing, segments
from advisor.report.charts.usage_rows import curve
from advisor.report.charts.waterfall import waterfall_rows
from advisor.report.kpis import kpis
from advisor.report.view import view
from advisor.units import HOURS_PER_MONTH, format_share, format_usd

SHOP = Path(__file__).parents[2] / "data" / "shop"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return advise(read_usage(SHOP), load_catalog())


def facts(plan: Plan, name: str) -> tuple[int, dict]:
    profile = next(p for p in plan.profiles.iter_rows(named=True) if p["workload_id"] == name)
    return plan.workloads["workload_id"].to_list().index(name), profile


def test_the_waterfall_leads_from_today_to_the_plan(plan: Plan) -> None:
    first, *steps, last = waterfall_rows(plan)
    level = first["to"]
    assert level == pytest.approx(plan.baseline_monthly_cost_usd)
    for step in steps:
        assert step["from"] == pytest.approx(level)
        level = step["to"]
    assert level == pytest.approx(last["to"]) == pytest.approx(plan.monthly_cost_usd)
    assert sum(int(s["count"] or 0) for s in steps) == len(plan.placements)


def test_every_way_is_a_bar_or_is_ruled_out(plan: Plan) -> None:
    for name in ("search", "checkout", "recs-inference"):
        mine = plan.outcomes.filter((pl.col("workload_id") == name) & pl.col("commitment").is_null())
        rows = option_rows(plan, name)
        assert len(rows) == len(mine)
        assert [r["kind"] for r in rows].count("chosen") == 1 and rows[0]["kind"] == "chosen"
        costs = mine.filter(pl.col("eligible"))["monthly_cost_usd"].to_list()
        assert sorted(r["usd"] for r in rows if r["usd"] is not None) == sorted(costs)
        place = next(p for p in plan.placements if p.workload_id == name)
        assert rows[0]["money"].endswith(format_usd(place.monthly_cost_usd, 2))
        assert all(r["reason"] for r in rows)


def test_instances_are_drawn_with_all_that_they_hold(plan: Plan) -> None:
    assert plan.hosts is not None
    for pool in plan.pools:
        for moment in ("TYPICAL", "BUSIEST"):
            found = packing(plan, pool.pool_id, moment)
            mine = plan.hosts.filter((pl.col("pool_id") == pool.pool_id) & (pl.col("moment") == moment))
            assert sum(g["count"] for g in found.groups) == mine["host"].n_unique()
            tasks = sum(g["count"] * held[1] for g in found.groups for held in g["tasks"])
            assert tasks == mine["tasks"].sum()
            ends = [s["to"] for s in segments(found)]
            assert ends and max(ends) <= 1 + 1e-9


def test_hours_by_load_add_up_to_the_month(plan: Plan) -> None:
    assert plan.covered_hours is not None
    found = load(plan, plan.covered_hours)
    assert sum(r["usd"] * r["hours"] for r in found.steps) == pytest.approx(
        plan.covered_hours["usage_usd"].sum()
    )
    assert -sum(r["usd"] * r["hours"] for r in found.unused) == pytest.approx(
        plan.covered_hours["unused_usd"].sum()
    )
    left = sum(r["usd"] * r["hours"] for r in found.steps if r["layer"] == ON_DEMAND)
    by_hour = plan.covered_hours.filter(pl.col("commitment").is_null())["usage_usd"].sum()
    assert left == pytest.approx(by_hour)
    totals: dict[float, float] = {}
    for r in found.steps:
        totals[r["from"]] = totals.get(r["from"], 0.0) + r["usd"]
    falling = [totals[k] for k in sorted(totals)]
    assert falling == sorted(falling, reverse=True)
    assert sum(r["hours"] for r in found.steps if r["layer"] == ON_DEMAND) == plan.hours


def test_a_curve_keeps_the_peaks_and_the_gaps(plan: Plan) -> None:
    assert plan.origin is not None
    for name in ("search", "etl-orders-nightly"):
        row, profile = facts(plan, name)
        drawn = curve(plan, row, profile)
        used = plan.origin.usage.usage.filter(pl.col("workload") == row)
        assert drawn.points["vcpu_max"].max() == used["vcpu_used_max"].max()
        assert drawn.points["gib_max"].max() == pytest.approx(used["memory_used_mib_max"].max() / 1024)
        assert drawn.measured and drawn.busy
    holes = curve(plan, *facts(plan, "search")).points["tasks"].null_count()
    assert holes


def test_runs_are_shaded_to_the_last_minute(plan: Plan) -> None:
    assert plan.origin is not None
    row, profile = facts(plan, "db-backup")
    busy = curve(plan, row, profile).busy
    runs = plan.origin.usage.runs.filter(pl.col("workload") == row)
    for begin, end in runs.select("started_at", "stopped_at").iter_rows():
        assert any(b <= begin and end <= e for b, e in busy)


def test_without_its_usage_a_plan_draws_its_demand(plan: Plan) -> None:
    row, profile = facts(plan, "search")
    drawn = curve(replace(plan, origin=None), row, profile)
    assert not drawn.measured and drawn.points["vcpu_max"].is_null().all()
    most = plan.usage_hourly.filter(pl.col("workload") == row)["tasks_peak"].max()
    assert drawn.points["tasks_max"].max() == most


def test_whole_fleets_are_held_against_the_plan_at_the_same_prices(plan: Plan) -> None:
    found = {p.key: p for p in points(plan)}
    assert found["today"].monthly_cost_usd == plan.baseline_monthly_cost_usd
    assert found["plan"].monthly_cost_usd == plan.monthly_cost_usd
    lines = plan.cost_lines.filter(pl.col("owner") != "commitments")
    list_usd = (lines["quantity"] * lines["usd_per_unit"]).sum()
    assert found["bare"].monthly_cost_usd == pytest.approx(list_usd)
    assert found["cheapest"].monthly_cost_usd <= min(
        p.monthly_cost_usd for k, p in found.items() if k not in ("today", "plan")
    )
    assert found["fargate"].pools < found["ec2"].pools
    assert found["no-spot"].spot_share <= found["plan"].spot_share


def test_no_point_on_the_frontier_is_beaten(plan: Plan) -> None:
    found = points(plan)
    for p in (p for p in found if p.best):
        for q in found:
            better = (q.monthly_cost_usd < p.monthly_cost_usd, q.pools < p.pools, q.spot_share < p.spot_share)
            worse = (q.monthly_cost_usd > p.monthly_cost_usd, q.pools > p.pools, q.spot_share > p.spot_share)
            assert any(worse) or not any(better)


def test_the_figures_are_those_of_the_table(plan: Plan) -> None:
    found = {k.name: k for k in kpis(plan)}
    fleet = view(plan).fleet
    assert found["Today"].value == fleet.today.removeprefix("today ")
    assert found["Plan"].value == fleet.monthly
    assert found["Saves"].value in fleet.moved
    assert found["Proven"].value == format_usd(int(plan.lower_bound_monthly_usd))
    assert found["On Spot"].value == format_share(spot_share(plan))
    table = plan.covered_hours
    assert table is not None
    covered = table.filter(pl.col("commitment").is_not_null())["usage_usd"].sum() / table["usage_usd"].sum()
    assert found["Covered"].value == format_share(covered)
    unused = table["unused_usd"].sum() * HOURS_PER_MONTH / plan.hours
    paid = plan.cost_lines.filter(pl.col("owner") == "commitments")["monthly_cost_usd"].sum()
    assert found["Used"].value == format_share(1 - unused / paid)
    assert all(k.means for k in found.values())
