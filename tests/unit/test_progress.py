"""The line on stderr: words while nobody knows how much there is, a bar with a count when somebody does."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from rich.console import Console

from advisor.aws.budget import Budget
from advisor.aws.operations import operation
from advisor.cli.progress import progress


def shown(*steps: tuple[str, int, int]) -> str:
    out = io.StringIO()
    with progress(quiet=False, console=Console(file=out, force_terminal=True, width=100)) as tell:
        for words, done, total in steps:
            tell(words)
            if total:
                tell.of(done, total)
    return out.getvalue()


def test_words_without_a_bar() -> None:
    told = shown(("reading what runs", 0, 0))
    assert "reading what runs …" in told
    assert " of " not in told
    assert "━" not in told


def test_a_bar_when_it_is_known_how_much_there_is() -> None:
    told = shown(("reading 14 days of metrics", 3, 1250))
    assert "3 of 1,250" in told
    assert "━" in told


def test_the_bar_goes_when_something_else_begins() -> None:
    told = shown(("reading", 3, 10), ("placing", 0, 0))
    last = told[told.rindex("placing …") :]
    assert "━" not in last
    assert " of " not in last


def test_what_is_asked_again_is_more_than_was_planned() -> None:
    assert "12 of 12" in shown(("reading", 12, 10))


def test_words_are_no_markup() -> None:
    assert "[red]" in shown(("reading [red]", 0, 0))


def test_nothing_is_shown_to_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=True) as tell:
        tell("reading")
        tell.of(1, 2)
    assert capsys.readouterr() == ("", "")


def test_a_budget_tells_of_paid_requests_only() -> None:
    told: list[int] = []
    budget = Budget(Decimal(1))
    budget.watch = told.append
    budget.spend(operation("ecs:ListClusters"), {})
    budget.spend(operation("ce:GetCostAndUsage"), {})
    budget.spend(operation("cloudwatch:GetMetricData"), {"MetricDataQueries": [{}]})
    assert told == [1, 2]
    assert (budget.requests, budget.paid_requests) == (3, 2)
