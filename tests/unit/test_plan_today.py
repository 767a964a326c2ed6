"""What runs today: instances counted once, in the cell that they are of, whatever the report's spacing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from plan_estates import estate

from advisor.catalog import Catalog, load_catalog
from advisor.config import Config, PlanPolicy, PricePolicy
from advisor.pipeline import advise
from advisor.plan.hours import Window, window
from advisor.plan.today import known_instances
from advisor.schema import COMMITMENTS, DEMAND, INSTANCES, conform

START = datetime(2026, 9, 1, tzinfo=UTC)
KEY = ("1", "us-east-1", "web", "LINUX")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def hours(n: int) -> Window:
    return Window(tuple(START + timedelta(hours=h) for h in range(n)), pl.DataFrame())


def reports(minutes: list[int], **values: Any) -> pl.DataFrame:
    row = {"account_id": "1", "region": "us-east-1", "cluster": "web", "instance_type": "m5.large"}
    rows = [
        {**row, "start": START + timedelta(minutes=m), "interval_s": None, "count": 4.0, **values}
        for m in minutes
    ]
    return conform(pl.DataFrame(rows, infer_schema_length=None), INSTANCES)


@pytest.mark.parametrize(
    ("every_min", "interval_s"), [(5, None), (5, 300), (60, None), (60, 3600), (60, 300), (180, None)]
)
def test_the_spacing_of_reports_does_not_multiply_instances(
    catalog: Catalog, every_min: int, interval_s: int | None
) -> None:
    table = reports(list(range(0, 720, every_min)), interval_s=interval_s)
    known = known_instances(table, KEY, hours(12), catalog)
    assert known is not None
    assert known["count_milli"].unique().to_list() == [4000]
    assert len(known) == 12


def test_an_instance_is_never_counted_in_two_cells(catalog: Catalog) -> None:
    windows = ("1", "us-east-1", "web", "WINDOWS")
    other_account = ("2", "us-east-1", "web", "LINUX")
    table = reports([0, 60])
    assert known_instances(table, KEY, hours(2), catalog, [KEY, windows]) is None
    assert known_instances(table, KEY, hours(2), catalog, [KEY, other_account]) is not None
    told = reports([0, 60], operating_system="LINUX")
    assert known_instances(told, KEY, hours(2), catalog, [KEY, windows]) is not None
    assert known_instances(told, windows, hours(2), catalog, [KEY, windows]) is None
    nobodys = reports([0, 60], account_id=None)
    assert known_instances(nobodys, KEY, hours(2), catalog, [KEY, other_account]) is None


def test_gpu_instances_are_a_group_of_their_own(catalog: Catalog) -> None:
    table = pl.concat([reports([0]), reports([0], instance_type="g5.xlarge")])
    known = known_instances(table, KEY, hours(1), catalog)
    assert known is not None
    assert known["group"].to_list() == ["EC2/ON_DEMAND/X86_64", "EC2/ON_DEMAND/X86_64/GPU"]


def test_gaps_are_given_hours_that_were_measured() -> None:
    """A job of one hour a day, seen on 2 of 4 days, runs one hour on each of the others, not a part of every hour."""
    ran = {day * 24 + hour: int(hour == 3) for day in (0, 1) for hour in range(24)}
    always = dict.fromkeys(range(96), 2)
    rows = [
        (w, START + timedelta(hours=h), n, n * 3600, n * 3600)
        for w, series in ((0, ran), (1, always))
        for h, n in series.items()
    ]
    demand = pl.DataFrame(rows, schema=DEMAND, orient="row")
    usage = estate(1, workloads=2)
    from advisor.plan.tasks import tasks
    from advisor.workload import profile

    found = window(demand, tuple(tasks(usage.workloads, profile(usage, Config().profile), Config())))
    job = found.demand.filter(pl.col("workload") == 0)
    assert job.filter(pl.col("tasks_peak") > 0)["hour"].to_list() == [3, 27, 51, 75]
    assert job["task_seconds"].sum() == 4 * 3600


def test_the_private_discount_comes_off_last(catalog: Catalog) -> None:
    """Commitments are made at list rates: a discount changes what is paid, not what is bought or where it runs."""
    only = PlanPolicy(launch_types=("FARGATE",))
    plain = advise(estate(4), catalog, Config(plan=only))
    less = advise(estate(4), catalog, Config(plan=only, prices=PricePolicy(edp_share=0.1)))
    assert less.monthly_cost_usd == pytest.approx(0.9 * plain.monthly_cost_usd, rel=1e-9)
    assert less.lower_bound_monthly_usd == pytest.approx(0.9 * plain.lower_bound_monthly_usd, rel=1e-9)
    assert [c.hourly_commitment_usd for c in less.commitments] == [
        c.hourly_commitment_usd for c in plain.commitments
    ]
    assert sum(Fraction(x) for x in less.cost_lines["monthly_cost_usd"]) == pytest.approx(
        less.monthly_cost_usd
    )
    assert [p.option() for p in less.placements] == [p.option() for p in plain.placements]


def test_a_service_on_managed_instances_lies_on_three_of_them(catalog: Catalog) -> None:
    only = Config(plan=PlanPolicy(launch_types=("MANAGED_INSTANCES",)))
    plan = advise(estate(4, az_count=2, launch_type="FARGATE"), catalog, only)
    ids = plan.workloads["workload_id"].to_list()
    open_ = plan.fleet_hours.group_by("pool_id", "hour").agg(pl.col("count").sum())
    seen = 0
    for pool in plan.pools:
        count = dict(open_.filter(pl.col("pool_id") == pool.pool_id).select("hour", "count").iter_rows())
        members = pl.Series([ids.index(w) for w in pool.workload_ids], dtype=pl.UInt32).implode()
        busy = plan.usage_hourly.filter(pl.col("workload").is_in(members) & (pl.col("tasks_peak") >= 3))
        for hour in busy["hour"].unique().to_list():
            assert count[hour] >= 3
            seen += 1
    assert seen


def test_what_reaches_nothing_is_said(catalog: Catalog) -> None:
    usage = estate(3, workloads=3)
    plan_of_family = {
        "kind": "EC2_INSTANCE_SP",
        "usd_per_hour": 0.5,
        "term_years": 1,
        "payment_option": "NO_UPFRONT",
    }
    told = replace(
        usage,
        instances=reports([0, 60], cluster="legacy", account_id="001234567890"),
        commitments=conform(pl.DataFrame([plan_of_family]), COMMITMENTS),
    )
    notes = " / ".join(advise(told, catalog, Config()).notes)
    assert "instances of 1 cluster count nowhere, no planned workload is on them: legacy" in notes
    assert "covers nothing: give its instance family (scope) and its region" in notes
