"""What is said of the bill, word for word: change it on purpose only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes_plan import HOSTILE, plan

from advisor.model import BillRow, Plan, Reconciliation, Residual
from advisor.report.markdown import markdown
from advisor.report.plan_json import from_json, to_json
from advisor.report.table import table

ROWS = (
    BillRow("us-east-1", "Fargate-vCPU-Hours:perCPU", "compared", 812.4, 1016.2, 20_069.2, 25_103.8),
    BillRow("us-east-1", "EBS:VolumeUsage", "shared", 12.0, 204.4, None, 2_555.0),
    BillRow("us-east-1", "USE1-ECS-Anywhere-Instance-hours", "unknown", 0.0, 31.2, None, 3_046.9),
    BillRow("us-east-1", "Credit", "aside", 0.0, -25.0),
    BillRow("us-east-1", HOSTILE[0], "shared", 0.0, 3.5),
    BillRow("us-east-1", HOSTILE[4], "shared", 0.0, 2.5),
    BillRow("us-east-1", HOSTILE[2], "shared", 0.0, 1.25),
    BillRow("", "unused commitments", "shared", 1.2, 0.0),
    BillRow("eu-west-1", "BoxUsage:m5.large", "compared", 156.2, 156.2, 1_460.0, 1_460.0),
)
FAR = Residual(
    "us-east-1",
    "FARGATE",
    812.4,
    1016.2,
    203.8 / 1016.2,
    ("Fargate-vCPU-Hours:perCPU",),
    ("jobs", "web"),
    ("checkout",),
)


def billed(**changes: object) -> Plan:
    found = Reconciliation(
        bill_start="2026-09-01T00:00:00+00:00",
        bill_end="2026-09-15T00:00:00+00:00",
        gate_share=0.05,
        rows=ROWS,
        residuals=(FAR,),
        model_monthly_usd=sum(r.model_monthly_usd for r in ROWS),
        billed_monthly_usd=sum(r.billed_monthly_usd for r in ROWS),
        compared_model_usd=968.6,
        compared_billed_usd=1172.4,
    )
    return replace(plan(), reconciliation=replace(found, **changes))


@pytest.mark.parametrize("width", [80, 120])
def test_table(golden, width: int) -> None:
    text = table(billed(), width=width)
    section = text[text.index(" Bill 2026") :].partition("\n\n")[0]
    golden(f"reports/bill_{width}.txt", section + "\n")
    assert "\x1b" not in text
    assert all(len(line) <= width for line in section.splitlines())


def test_markdown(golden) -> None:
    golden("reports/bill.md", "## Bill" + markdown(billed()).partition("## Bill")[2].partition("\n## ")[0])


def test_a_bill_that_agrees_is_one_line() -> None:
    agreed = billed(residuals=(), rows=ROWS[-1:], compared_model_usd=156.2, compared_billed_usd=156.2)
    assert " Bill 2026-09-01 to 2026-09-15, a month: the model $156, the bill $156, the two agree\n\n" in (
        table(agreed, width=120)
    )


def test_without_a_bill_nothing_is_said() -> None:
    assert "Bill 20" not in table(plan())
    assert "## Bill" not in markdown(plan())


def test_the_run_document_keeps_it_and_reads_those_that_have_none() -> None:
    there = billed()
    text = to_json(there)
    assert from_json(text).reconciliation == there.reconciliation
    older = "\n".join(line for line in text.splitlines() if not line.startswith('"reconciliation"'))
    assert from_json(older).reconciliation is None
