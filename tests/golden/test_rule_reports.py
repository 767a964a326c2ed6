"""What rules cost, word for word."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from fakes_rules import prices

from advisor.errors import InputError
from advisor.report.rule_prices import RENDERERS, render_rules, rule_table
from advisor.report.text import display_width


@pytest.mark.parametrize("width", [80, 100])
def test_table(golden, width: int) -> None:
    text = rule_table(prices(), width=width)
    assert max(map(display_width, text.splitlines())) <= width
    assert "\x1b" not in text
    golden(f"rules/prices_{width}.txt", text)


@pytest.mark.parametrize("form", ["md", "csv", "json"])
def test_documents(golden, form: str) -> None:
    golden(f"rules/prices.{form}", render_rules(prices(), form).decode())


def test_every_form_holds_every_rule() -> None:
    rows = list(csv.DictReader(io.StringIO(render_rules(prices(), "csv").decode())))
    document = json.loads(render_rules(prices(), "json"))
    assert (
        [r["name"] for r in rows]
        == [r["name"] for r in document["rules"]]
        == [r.name for r in prices().rules]
    )
    assert document["kind"] == "advisor.rule_prices"


def test_what_is_printed_is_proven_too() -> None:
    """Intervals are rounded outwards: $410.20 to $454.10 is $410 to $455."""
    assert "$410 to $455" in rule_table(prices())


def test_no_rules_and_no_gap() -> None:
    bare = replace(prices(), rules=(), bound_usd=2449.35, gap_usd=dict.fromkeys(prices().gap_usd, 0.0))
    for form in RENDERERS:
        assert render_rules(bare, form)
    assert "The plan is the cheapest possible one" in rule_table(bare)


def test_unknown_format() -> None:
    with pytest.raises(InputError):
        render_rules(prices(), "pdf")
