"""Thresholds: a tiny grammar, and figures that are not known stop nothing."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace

import pytest
from fakes_plan import plan as a_plan
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import ConfigError
from advisor.report.fail_on import FIGURES, figures_of, hit, threshold


@pytest.mark.parametrize(
    ("text", "value", "is_hit"),
    [
        ("savings>500", 500.0, False),
        ("savings>500", 500.01, True),
        ("savings >= 500", 500.0, True),
        ("savings<$500", 499.0, True),
        ("savings<=500", 501.0, False),
        ("savings_share>20%", 0.21, True),
        ("savings_share>0.2", 0.2, False),
        ("change>-5", -4.0, True),
    ],
)
def test_thresholds(text: str, value: float, is_hit: bool) -> None:
    found = threshold(text)
    assert found.is_hit({found.figure: value}) is is_hit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "savings",
        "savings>",
        ">5",
        "savings=5",
        "savings>5 or cost>3",
        "savings>1e9",
        "savings>nan",
        "__import__('os')>1",
        "savings>5;",
    ],
)
def test_what_is_no_threshold(text: str) -> None:
    with pytest.raises(ConfigError, match="no threshold"):
        threshold(text)


def test_a_figure_that_does_not_exist() -> None:
    with pytest.raises(ConfigError, match='did you mean "gap_share"'):
        threshold("gapshare>1")
    with pytest.raises(ConfigError, match="there are cost, today"):
        threshold("zzz>1")


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ConfigError):
        assert threshold(text).figure in FIGURES


def test_the_figures_of_a_plan() -> None:
    plan = a_plan()
    found = figures_of(plan)
    assert found["savings"] == pytest.approx(plan.baseline_monthly_cost_usd - plan.monthly_cost_usd)
    assert found["savings_share"] == pytest.approx(found["savings"] / found["today"])
    assert set(found) <= set(FIGURES)
    assert not hit([threshold("change>0"), threshold("holes>0")], found)


def test_change_is_since_the_last_report() -> None:
    plan = a_plan()
    today = plan.baseline_monthly_cost_usd
    found = figures_of(plan, {"today": today - 100.0})
    assert found["change"] == pytest.approx(100.0)
    assert found["change_share"] == pytest.approx(100.0 / (today - 100.0))
    assert "change_share" not in figures_of(plan, {"today": 0.0})
    assert hit([threshold("change>99"), threshold("change>101")], found) == (threshold("change>99"),)


def test_what_is_no_number_is_no_figure() -> None:
    plan = replace(a_plan(), gap_share=math.inf, baseline_monthly_cost_usd=0.0)
    found = figures_of(plan)
    assert "gap_share" not in found
    assert found["savings_share"] == 0.0
