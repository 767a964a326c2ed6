"""What people read, word for word: change it on purpose only."""

from __future__ import annotations

import pytest
from fakes_plan import hostile_plan, plan

from advisor.report import render
from advisor.report.explanation import explain, explain_rejected
from advisor.report.table import table

PLANS = {"plan": plan, "hostile": hostile_plan}


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("width", [80, 100, 120])
def test_table(golden, name: str, width: int) -> None:
    golden(f"reports/{name}_{width}.txt", table(PLANS[name](), width=width, boxes=width == 80))


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("form", ["md", "csv", "json"])
def test_documents(golden, name: str, form: str) -> None:
    golden(f"reports/{name}.{form}", render(PLANS[name](), form).decode())


@pytest.mark.parametrize("width", [80, 100])
def test_explain(golden, width: int) -> None:
    for workload in ("checkout", "thumbnails", "nightly"):
        golden(f"explain/{workload}_{width}.txt", explain(plan(), workload, width=width))


def test_explain_rejected(golden) -> None:
    golden("explain/rejected.txt", explain_rejected(plan()))
