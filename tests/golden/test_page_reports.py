"""The three reports in their text formats, word for word: change them on purpose only."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from fakes_plan import plan
from fakes_report import diff, savings

from advisor.report.pages import make_page, render_report
from advisor.report.pages.brief import extract
from advisor.report.pages.mail import _short
from advisor.report.pages.page import Picture

KINDS = ("executive", "finops", "team")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["md", "txt", "json", "slack"])
def test_text_formats(golden, kind: str, form: str) -> None:
    suffix = {"slack": "slack.json"}.get(form, form)
    content = render_report(plan(), kind, form, diff=diff(), savings=savings())
    golden(f"pages/{kind}.{suffix}", content.decode())


def test_a_report_without_history(golden) -> None:
    golden("pages/first.txt", render_report(plan(), "executive", "txt").decode())


def test_one_team(golden) -> None:
    golden("pages/shop_team.txt", render_report(plan(), "team", "txt", team="shop").decode())


def test_masked(golden) -> None:
    golden("pages/masked.txt", render_report(plan(), "finops", "txt", masked=True).decode())


def test_what_a_message_shows_adds_up() -> None:
    page = make_page(plan(), "finops")
    found = extract(page)
    assert found is not None
    assert "a month to save" in _short(page)
    assert json.dumps([asdict(b) for s in page.sections for b in s.blocks if isinstance(b, Picture)])
