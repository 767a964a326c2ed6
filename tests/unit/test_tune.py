"""`tune(plan)` without a kernel: knobs are turned, the text is read, and figures are those of `advise()` called directly."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from fakes_clock import FakeClock
from plan_estates import estate

import advisor
from advisor import advise, compare, load_catalog, read_usage, what_if
from advisor.catalog import Catalog
from advisor.config import (
    CommitmentPolicy,
    Config,
    OperationsPolicy,
    Pin,
    PlanPolicy,
    ProfilePolicy,
    SpotPolicy,
)
from advisor.model import Plan, Usage
from advisor.notebook.flips_panel import GIVEN_UP
from advisor.notebook.tune import tune_panel
from advisor.notebook.tune_panel import TunePanel
from advisor.notebook.tune_session import Session
from advisor.notebook.tune_words import bars, cost_by_way, pools_changed
from advisor.report.comparison_words import proof
from advisor.units import format_usd

SHOP = Path(__file__).parents[2] / "data" / "shop"
HOSTILE = "<img src=x onerror=alert(1)>'\"&"


@pytest.fixture(scope="module")
def shop() -> Usage:
    return read_usage(SHOP)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def plan(shop: Usage, catalog: Catalog) -> Plan:
    return advise(shop, catalog)


@pytest.fixture
def panel(shop: Usage, catalog: Catalog, plan: Plan) -> tuple[TunePanel, FakeClock]:
    clock = FakeClock()
    return TunePanel(Session(what_if(shop, catalog, plan=plan), clock)), clock


def read(widget_html: str) -> str:
    """Return what a person reads."""
    return html.unescape(re.sub(r"<[^>]+>", " ", widget_html))


TURNS = {
    "operations": (75.0, Config(operations=OperationsPolicy(usd_per_hour=75.0))),
    "growth": (20.0, Config(plan=PlanPolicy(demand_growth_share=0.2))),
    "spot": ("no Spot", Config(spot=SpotPolicy(allowed=False))),
    "arm": ("x86 only", Config(plan=PlanPolicy(architectures=("X86_64",)))),
    "cover": ("3 years", Config(commitments=CommitmentPolicy(terms_years=(3,)))),
    "percentile": (95.0, Config(profile=ProfilePolicy(cpu_percentile=95.0))),
    "regions": (("us-east-1",), Config(plan=PlanPolicy(regions=("us-east-1",)))),
}


@pytest.mark.parametrize("name", TURNS)
def test_a_turned_knob_is_answered_about_and_then_proven_as_advise_has_it(
    name: str, panel: tuple[TunePanel, FakeClock], shop: Usage, catalog: Catalog, plan: Plan
) -> None:
    tuned, clock = panel
    value, config = TURNS[name]
    tuned.knobs.inputs[name].value = value
    about = read(tuned.headline.value)
    assert "about" in about
    assert "no plan costs less" not in about
    assert "adv-old" in tuned.chart.value
    clock.rest()
    direct = advise(shop, catalog, config)
    compared = compare(plan, direct)
    said = read(tuned.headline.value)
    assert "proven" in said
    assert f"{format_usd(compared.cost_after_usd)} a month" in said or compared.people_after_usd
    assert format_usd(int(compared.bound_after_usd)) in said
    assert proof(tuned.session.answer.compared) in read(tuned.details.value)  # type: ignore[arg-type]
    assert tuned.session.answer.compared is not None
    assert tuned.session.answer.compared.moved == compared.moved
    for moved in compared.moved[:10]:
        assert moved.workload_id in read(tuned.details.value)
    assert "adv-old" not in tuned.chart.value
    tuned.reset.click()
    assert "no change" in read(tuned.headline.value)
    assert tuned.config() == Config()


def test_pools_that_come_and_go_are_named(plan: Plan, shop: Usage, catalog: Catalog) -> None:
    other = advise(shop, catalog, TURNS["spot"][1])
    found = {(sign, name) for sign, name, _ in pools_changed(plan, other)}
    before, after = ({p.pool_id for p in p_.pools} for p_ in (plan, other))
    assert {n for s, n in found if s == "-"} == before - after
    assert {n for s, n in found if s == "+"} == after - before
    assert {n for s, n in found if s == "~"} <= before & after
    assert sum(cost_by_way(other).values()) == pytest.approx(other.monthly_cost_usd)
    assert all(name in read(bars(plan, other)) for name, usd in cost_by_way(other).items() if usd > 5)


def test_a_workload_is_forced_and_let_go(panel: tuple[TunePanel, FakeClock]) -> None:
    tuned, clock = panel
    tuned.pins.workload.value = "checkout"
    assert dict(tuned.pins.way.options)["Fargate"] == "FARGATE ON_DEMAND X86_64"
    tuned.pins.way.value = "FARGATE ON_DEMAND X86_64"
    tuned.pins.force.click()
    clock.rest()
    assert tuned.config().plan.pins == (Pin("checkout", "FARGATE", "ON_DEMAND", "X86_64"),)
    assert tuned.session.answer.plan is not None
    placed = {p.workload_id: p.option() for p in tuned.session.answer.plan.placements}
    assert placed["checkout"] == "FARGATE ON_DEMAND X86_64"
    assert "checkout to Fargate" in read(tuned.pins.said.value)
    tuned.pins.free.click()
    assert tuned.config() == Config()


def test_scenarios_are_kept_side_by_side_gone_to_and_removed(panel: tuple[TunePanel, FakeClock]) -> None:
    tuned, clock = panel
    kept = tuned.scenarios
    tuned.knobs.inputs["spot"].value = "no Spot"
    assert kept.save.disabled
    clock.rest()
    assert not kept.save.disabled
    kept.save.click()
    assert "needs a name" in read(kept.fault.value)
    kept.name.value = HOSTILE
    kept.save.click()
    assert HOSTILE in read(kept.table.value)
    assert "<img" not in kept.table.value
    assert "spot.allowed = false (was true)" in read(kept.table.value)
    assert "--set spot.allowed=false" in kept.command.value
    assert "SpotPolicy(allowed=False)" in kept.code.value
    kept.name.value = HOSTILE
    kept.save.click()
    assert "saved already" in read(kept.fault.value)
    tuned.knobs.inputs["growth"].value = 10.0
    clock.rest()
    kept.name.value = "grown"
    kept.save.click()
    assert kept.chosen.options == (HOSTILE, "grown")
    kept.chosen.value = HOSTILE
    kept.back.click()
    assert tuned.knobs.inputs["growth"].value == 0.0
    assert tuned.config() == TURNS["spot"][1]
    kept.remove.click()
    assert HOSTILE not in read(kept.table.value)
    assert kept.chosen.value == "grown"


def test_flips_are_looked_for_beside_the_kernel_and_given_up_when_somebody_drags(
    panel: tuple[TunePanel, FakeClock],
) -> None:
    tuned, clock = panel
    tuned.flips.knob.value = "People's time, $ an hour"
    tuned.flips.find.click()
    assert tuned.flips.find.disabled
    clock.finish()
    assert "an hour" in read(tuned.flips.said.value)
    assert not tuned.flips.confirm.disabled
    tuned.flips.confirm.click()
    clock.finish()
    assert "settled plans between $" in read(tuned.flips.said.value)
    tuned.flips.find.click()
    tuned.knobs.inputs["growth"].value = 5.0
    clock.finish()
    assert GIVEN_UP in read(tuned.flips.said.value)
    assert not tuned.flips.find.disabled


def test_names_are_data_never_markup(catalog: Catalog) -> None:
    usage = estate(3)
    names = usage.workloads["workload_id"].to_list()
    hostile = [HOSTILE + name for name in names]
    usage = replace(
        usage, workloads=usage.workloads.with_columns(pl.Series("workload_id", hostile)), name=HOSTILE
    )
    clock = FakeClock()
    tuned = TunePanel(Session(what_if(usage, catalog), clock))
    for knob, value in (("spot", "no Spot"), ("operations", 100.0), ("arm", "x86 only")):
        tuned.knobs.inputs[knob].value = value
        clock.rest()
    tuned.pins.force.click()
    clock.rest()
    shown = (tuned.headline, tuned.details, tuned.chart, tuned.pins.said, tuned.flips.said)
    assert any(HOSTILE in read(widget.value) for widget in shown)
    assert not any("<img" in widget.value for widget in shown)


def test_knobs_are_labelled_and_their_labels_whole(panel: tuple[TunePanel, FakeClock]) -> None:
    tuned, _ = panel
    for widget in tuned.knobs.inputs.values():
        assert widget.description
        assert widget.style.description_width == "initial"
    assert tuned.knobs.inputs["operations"].continuous_update


def test_a_plan_from_a_document_asks_for_what_it_was_made_from(
    plan: Plan, shop: Usage, catalog: Catalog
) -> None:
    read_plan = replace(plan, origin=None)
    card = advisor.tune(read_plan)
    assert "was made from a document" in card.value
    assert "usage=read_usage" in card.value
    assert tune_panel(read_plan, shop, catalog).session.start_plan is read_plan
    assert "not made under these settings" in advisor.tune(plan, config=TURNS["spot"][1]).value
    assert "not made from this usage" in advisor.tune(plan, usage=estate(1)).value


def test_the_facade_gives_a_widget(plan: Plan) -> None:
    import ipywidgets

    assert isinstance(advisor.tune(plan, source="data/shop"), ipywidgets.Widget)
