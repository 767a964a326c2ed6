"""What changed between two runs, what came of savings, and advice that does not flap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest
from plan_estates import estate

from advisor.catalog import Catalog, load_catalog
from advisor.config import Config, PlanPolicy
from advisor.history import Decision, Stage, Verdict
from advisor.model import Plan, Usage
from advisor.pipeline import advise
from advisor.plan.changes import changes
from advisor.plan.ledger import ledger
from advisor.report.plan_json import from_json, to_json
from advisor.terms import Change

TODAY = date(2026, 11, 27)
NO_FARGATE = Config(plan=PlanPolicy(launch_types=("EC2",)))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def usage() -> Usage:
    return estate(2)


@pytest.fixture(scope="module")
def plan(usage: Usage, catalog: Catalog) -> Plan:
    return advise(usage, catalog)


def followed(usage: Usage, plan: Plan, only: str | None = None) -> Usage:
    """Return the usage of a fleet in which advice was followed: of one workload, or of all."""
    places = {p.workload_id: p for p in plan.placements}
    rows = []
    for row in usage.workloads.iter_rows(named=True):
        p = places[row["workload_id"]]
        if only in (None, p.workload_id):
            row |= {
                "launch_type": p.launch_type,
                "capacity_option": p.capacity_option,
                "cpu_architecture": p.cpu_architecture,
                "task_vcpu": p.task_vcpu,
                "task_memory_mib": p.task_memory_mib,
            }
        rows.append(row)
    return replace(usage, workloads=pl.DataFrame(rows, schema=usage.workloads.schema))


def a_move(plan: Plan) -> str:
    """Return a workload off Fargate whose advice is to go elsewhere: the largest saving of those."""
    return next(
        r.resource_id
        for r in sorted(plan.recommendations, key=lambda r: -r.estimated_monthly_savings_usd)
        if r.resource_id.startswith("w")
    )


def test_nothing_changed_between_a_run_and_itself(plan: Plan) -> None:
    diff = changes(plan, plan)
    assert diff.advice == ()
    assert diff.unchanged_count == len(plan.recommendations) > 0
    assert (diff.workloads_new, diff.workloads_gone) == ((), ())
    assert not (diff.catalog_changed or diff.settings_changed)


def test_a_new_and_a_gone_workload(usage: Usage, catalog: Catalog, plan: Plan) -> None:
    fewer = replace(
        usage,
        workloads=usage.workloads[:-1],
        usage=usage.usage.filter(pl.col("workload") < len(usage.workloads) - 1),
    )
    less = advise(fewer, catalog)
    gone = usage.workloads["workload_id"][-1]
    diff = changes(plan, less)
    assert (diff.workloads_new, diff.workloads_gone) == ((), (gone,))
    assert {c.reason for c in diff.advice if c.resource_id == gone} <= {"the workload is gone"}
    assert changes(less, plan).workloads_new == (gone,)


def test_other_settings_are_the_reason(usage: Usage, catalog: Catalog, plan: Plan) -> None:
    diff = changes(plan, advise(usage, catalog, NO_FARGATE))
    assert diff.settings_changed
    assert diff.advice
    assert {c.reason for c in diff.advice} == {"the settings changed"}
    moved = [abs((c.savings_after_usd or 0.0) - (c.savings_before_usd or 0.0)) for c in diff.advice]
    assert moved == sorted(moved, reverse=True)


def test_what_was_done_is_said_and_seen(usage: Usage, catalog: Catalog, plan: Plan) -> None:
    name = a_move(plan)
    later = advise(followed(usage, plan, name), catalog, previous=plan)
    told = {c.resource_id: c for c in changes(plan, later).advice}
    assert told[name].change == Change.REMOVED
    assert told[name].reason == "it was done: the workload runs as was advised"
    rows = {s.resource_id: s for s in ledger([plan, later], [], TODAY)}
    assert rows[name].stage is Stage.SEEN
    assert rows[name].realised_usd == pytest.approx(
        next(p for p in plan.placements if p.workload_id == name).baseline_monthly_cost_usd
        - next(p for p in later.placements if p.workload_id == name).baseline_monthly_cost_usd
    )
    assert rows[name].since == plan.window_end


def verdict(plan: Plan, name: str, what: Verdict, until: date | None = None) -> Decision:
    return Decision(datetime(2026, 11, 1, tzinfo=UTC), plan.name, name, what, "because", "ann", until)


@pytest.mark.parametrize(
    ("what", "until", "stage"),
    [
        (Verdict.ACCEPT, None, Stage.ACCEPTED),
        (Verdict.DISMISS, None, Stage.DISMISSED),
        (Verdict.SNOOZE, TODAY, Stage.SNOOZED),
        (Verdict.SNOOZE, date(2026, 11, 26), Stage.IDENTIFIED),
        (Verdict.REOPEN, None, Stage.IDENTIFIED),
        (Verdict.DONE, None, Stage.DONE),
    ],
)
def test_decisions_move_a_saving(plan: Plan, what: Verdict, until: date | None, stage: Stage) -> None:
    name = a_move(plan)
    first = verdict(plan, name, Verdict.DISMISS)
    row = next(
        s for s in ledger([plan], [first, verdict(plan, name, what, until)], TODAY) if s.resource_id == name
    )
    assert row.stage is stage
    assert (row.reason, row.person) == ("because", "ann")
    assert row.until == (until if stage is Stage.SNOOZED else None)


def test_advice_that_is_told_no_more_and_was_not_done_has_lapsed(
    usage: Usage, catalog: Catalog, plan: Plan
) -> None:
    name = a_move(plan)
    excluded = advise(usage, catalog, Config(plan=PlanPolicy(exclude=(name,))))
    assert next(s for s in ledger([plan, excluded], [], TODAY) if s.resource_id == name).stage is Stage.LAPSED


def test_all_savings_are_in_the_ledger_the_largest_first(plan: Plan) -> None:
    rows = ledger([plan], [], TODAY)
    assert {r.resource_id for r in rows} == {r.resource_id for r in plan.recommendations}
    assert [r.identified_usd for r in rows] == sorted((r.identified_usd for r in rows), reverse=True)
    assert ledger([], [], TODAY) == ()


def options(plan: Plan) -> dict[str, str]:
    return {p.workload_id: p.option() for p in plan.placements}


def test_advice_holds_until_a_change_is_worth_its_churn(usage: Usage, catalog: Catalog, plan: Plan) -> None:
    other = advise(usage, catalog, NO_FARGATE)
    moved = {i for i, way in options(plan).items() if options(other)[i] != way}
    assert moved, "this estate has advice that differs"
    stubborn = Config(plan=PlanPolicy(churn_usd=10_000.0))
    kept = advise(usage, catalog, stubborn, previous=other)
    assert options(kept) == options(other)
    eager = advise(usage, catalog, Config(plan=PlanPolicy(churn_usd=0.0)), previous=other)
    assert options(eager) == options(plan)
    assert eager.monthly_cost_usd == pytest.approx(plan.monthly_cost_usd)
    usual = advise(usage, catalog, previous=other)
    assert plan.monthly_cost_usd - 1e-6 <= usual.monthly_cost_usd <= kept.monthly_cost_usd + 1e-6
    assert usual.monthly_cost_usd <= plan.monthly_cost_usd + 5.0 * len(moved) * 1.5


def test_a_run_says_what_it_was_made_under(usage: Usage, catalog: Catalog, plan: Plan) -> None:
    assert (plan.settings, plan.advised) == ({}, None)
    later = advise(usage, catalog, NO_FARGATE, previous=plan)
    assert later.settings == {"plan.launch_types": ["EC2"]}
    assert later.advised == options(plan)
    again = from_json(to_json(later))
    assert (again.settings, again.advised) == (later.settings, later.advised)
