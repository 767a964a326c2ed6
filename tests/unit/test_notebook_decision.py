"""Decisions in a notebook are the command's: kept in one history, refused for the same reasons."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from plan_estates import estate

from advisor.catalog import load_catalog
from advisor.files import data_folder
from advisor.history import Verdict
from advisor.model import Plan
from advisor.notebook.explore import FLEET, LOAD, Explorer
from advisor.pipeline import advise
from advisor.store.history import open_history


@pytest.fixture(scope="module")
def plan() -> Plan:
    return advise(estate(2), load_catalog())


@pytest.fixture
def explorer(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Explorer:
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path))
    found = Explorer(plan)
    found.workload.value = next(r.resource_id for r in plan.recommendations if r.resource_id in found.ids)
    return found


def kept(plan: Plan) -> list[tuple[str, Verdict, str, date | None]]:
    history = open_history("", data_folder())
    found = [(d.resource_id, d.verdict, d.reason, d.until) for d in history.decisions(plan.name)]
    history.close()
    return found


def test_a_decision_is_kept_for_the_ledger(explorer: Explorer, plan: Plan) -> None:
    row = explorer.decision
    row.verdict.value = Verdict.SNOOZE
    row.reason.value = "after <b>the sale</b>"
    row.until.value = date(2027, 1, 7)
    row.keep.click()
    assert kept(plan) == [
        (explorer.workload.value, Verdict.SNOOZE, "after <b>the sale</b>", date(2027, 1, 7))
    ]
    assert "snooze until 2027-01-07" in row.said.value
    row.verdict.value = Verdict.ACCEPT
    row.keep.click()
    assert kept(plan)[-1][1:] == (Verdict.ACCEPT, "after <b>the sale</b>", None), "only a snooze has an end"


def test_what_lacks_a_reason_is_a_card_with_a_hint(explorer: Explorer, plan: Plan) -> None:
    explorer.decision.verdict.value = Verdict.DISMISS
    explorer.decision.keep.click()
    assert "dismiss needs a reason" in explorer.fault.value
    assert kept(plan) == []
    explorer.decision.reason.value = "latency"
    explorer.decision.keep.click()
    assert explorer.fault.value == ""
    assert len(kept(plan)) == 1


def test_the_row_is_there_where_something_is_advised(explorer: Explorer, plan: Plan) -> None:
    shown = explorer.decision.widget.layout
    assert shown.display is None
    explorer.view.value = LOAD
    assert shown.display == "none"
    explorer.view.value = FLEET
    assert shown.display is None
    without = set(explorer.ids) - {r.resource_id for r in plan.recommendations}
    for name in sorted(without)[:1]:
        explorer.workload.value = name
        assert shown.display == "none"
