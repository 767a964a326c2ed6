"""The executive report: one sheet of paper."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.report.charts.waterfall import waterfall_rows
from advisor.report.pages.actions import RISKS, brief_actions, open_changes
from advisor.report.pages.facts import Facts
from advisor.report.pages.page import Picture, Section
from advisor.report.sentences import price_dates
from advisor.report.view import not_advised
from advisor.report.words import counted

MOST = 5
"""Changes that are named."""


def executive(facts: Facts) -> Iterator[Section]:
    """Yield the sections of the executive report."""
    yield Section("from-today", "Where the savings come from", (waterfall(facts),))
    todo = open_changes(facts)[:MOST]
    if todo:
        yield Section("largest", "Largest changes", (brief_actions(facts, todo),))
    yield Section("rests-on", "What this rests on", (_rests_on(facts),))


def waterfall(facts: Facts) -> Picture:
    """Return the chart from today to the plan, said in words too."""
    steps = ", ".join(f"{row['name']} {row['label']}" for row in waterfall_rows(facts.plan))
    return Picture("waterfall", f"US dollars a month by kind of change (number of workloads): {steps}.")


def _rests_on(facts: Facts) -> str:
    plan = facts.plan
    without = sum(number for _, number in not_advised(plan))
    words = [
        f"Usage {facts.span}, {counted(len(plan.placements), 'workload')}; a month is 730 hours.",
        f"{price_dates(plan)}." if price_dates(plan) else "",
        f"{counted(without, 'workload')} without advice {'is' if without == 1 else 'are'} in no figure."
        if without
        else "",
        "Savings of changes include what commitments save." if plan.commitments else "",
        RISKS.partition(". Effort")[0] + ".",
    ]
    return " ".join(filter(None, words))
