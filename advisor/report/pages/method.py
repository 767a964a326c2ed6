"""What was not advised, and what a report rests on: proof, dates of usage and prices, assumptions, checks."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.report.bill import bill_lines
from advisor.report.pages.facts import NO_OWNER, Facts
from advisor.report.pages.page import Cell, Column, Items, Section, Table, Unit
from advisor.report.sentences import lattice_text, packed_text, price_dates, proof
from advisor.report.view import PACKED, not_advised
from advisor.report.words import counted

MOST = 40


def left_out(facts: Facts) -> Section:
    """Return the section on workloads without advice, each with its reason."""
    reasons = not_advised(facts.plan)
    if not reasons:
        return Section("not-advised", "Not advised, and why", ("Every workload is advised.",))
    total = sum(number for _, number in reasons)
    every: list[tuple[Cell, ...]] = [
        (r.workload_id, facts.owners.get(r.workload_id, NO_OWNER), r.reason)
        for r in facts.plan.rejections
        if not r.option
    ]
    shown = every if len(every) <= MOST + 1 else every[:MOST]
    counts = Table(
        "not_advised_reasons",
        f"Workloads without advice by reason, usage {facts.span}. They stay as they are, and are in no figure of this report",
        (Column("Reason"), Column("Workloads", Unit.COUNT)),
        tuple(reasons),
        ("All", total),
    )
    left = len(every) - len(shown)
    names = Table(
        "not_advised",
        f"{counted(total, 'workload')} without advice",
        (Column("Workload"), Column("Owner"), Column("Why")),
        tuple(shown),
        whole=tuple(every) if left else (),
        note=f"{left:,} more are in the spreadsheet." if left else "",
    )
    return Section("not-advised", "Not advised, and why", (counts, names))


def method(facts: Facts) -> Section:
    """Return the section on what the report rests on."""
    return Section("method", "Method, data and dates", (Items(tuple(_rests_on(facts))),))


def _rests_on(facts: Facts) -> Iterator[str]:
    plan = facts.plan
    sentence, distance = proof(plan, facts.step)
    yield f"{sentence}. {distance}."
    yield (
        f"Usage: {facts.span}, {plan.lookback_days:.3g} days, {plan.hours:,} hours; {counted(plan.rows_read, 'row')} read, "
        f"{plan.rows_rejected:,} left out. A month is 730 hours of the mean hour of these days."
    )
    yield (
        "Each workload's kind, right size and tasks an hour are read from its usage; every way to run it is priced; tasks are "
        "packed onto whole instances hour by hour, commitments are sized for the packed fleet, and the bill is added up exactly."
    )
    for text in (price_dates(plan), _guessed(facts), lattice_text(plan, facts.step)):
        if text:
            yield f"{text}."
    yield from (f"{line.strip()}." for line in bill_lines(plan.reconciliation, facts.step))
    yield "Money is rounded once, to the printed grain, so that rows add up to totals; a row may be off by less than one grain."
    if plan.operations_monthly_usd is not None:
        people = facts.money(plan.operations_monthly_usd)
        yield f"People's time, about {people} a month, is in the proof's sum and in no other figure."
    checks = sum(verdict == "ok" for verdict in plan.audit.values())
    yield f"{checks} of {len(plan.audit)} checks passed, by code that shares nothing with what made the plan."
    yield from (f"Assumed: {text}." for text in plan.assumptions)
    yield from (f"Note: {text}." for text in plan.notes)


def _guessed(facts: Facts) -> str:
    """Return of how many workloads today's cost is our estimate; empty without any."""
    number = sum(p.baseline_is_estimate for p in facts.plan.placements)
    said = packed_text(facts.plan, facts.step).removeprefix(f"{PACKED} ")
    return said.replace("today's cost", f"Today's cost of {counted(number, 'workload')}", 1)
