"""The FinOps report: everything, in the order in which it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.report.folk import folk_line
from advisor.report.pages.actions import actions
from advisor.report.pages.bought import commitments
from advisor.report.pages.evidence import MOST as PRINTED
from advisor.report.pages.evidence import evidence
from advisor.report.pages.executive import waterfall
from advisor.report.pages.facts import Facts
from advisor.report.pages.method import left_out, method
from advisor.report.pages.over_time import changed, ledger
from advisor.report.pages.page import Items, Section
from advisor.report.pages.spending import by_place, by_team


def finops(facts: Facts) -> Iterator[Section]:
    """Yield the sections of the FinOps report."""
    yield from filter(None, (changed(facts),))
    yield Section("spend", "Spend today and in the plan", (waterfall(facts), by_place(facts)))
    yield Section("changes", "What to do", (actions(facts, PRINTED, linked=True),))
    yield commitments(facts)
    yield Section("teams", "By team", (by_team(facts),))
    yield from filter(None, (ledger(facts),))
    yield left_out(facts)
    if facts.plan.folk_rules:
        rules = tuple(f"{folk_line(rule, 3)}." for rule in facts.plan.folk_rules)
        yield Section("rules", "Rules of thumb against this plan", (Items(rules),))
    yield method(facts)
    yield from evidence(facts, facts.changes)
