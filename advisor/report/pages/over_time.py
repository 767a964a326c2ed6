"""What happened since the last report: changed advice with its reason, and savings from found to seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from advisor.history import AdviceChange, RunDiff, Saving, Stage
from advisor.model import INCLUDED
from advisor.report.pages.cells import added, floored, grained
from advisor.report.pages.facts import Facts
from advisor.report.pages.page import Block, Cell, Column, Section, Table, Unit
from advisor.report.words import counted
from advisor.terms import Change
from advisor.units import format_share, format_usd

STAGES = {
    Stage.IDENTIFIED: "found, not decided",
    Stage.ACCEPTED: "accepted, not done",
    Stage.DONE: "done, not yet seen in what is paid",
    Stage.SEEN: "done and seen in what is paid",
    Stage.SNOOZED: "put off",
    Stage.DISMISSED: "dismissed",
    Stage.LAPSED: "lapsed: told no more, not done",
}
"""Stages of a saving in the order in which it goes through them."""
BOUND = "Least possible"
NAMED = 5
MOST = 50
"""Rows of advice that changed; a spreadsheet gets all."""


def since(facts: Facts) -> str:
    """Return what changed since the last report in a sentence; empty without one."""
    diff = facts.diff
    if diff is None:
        return ""
    was, now = (grained(d, facts.step) for d in (diff.baseline_before_usd, diff.baseline_after_usd))
    moved = now - was
    spend = "Spend has not moved"
    if moved:
        share = f" ({format_share(float(abs(moved) / was))})" if was else ""
        spend = f"Spend {'rose' if moved > 0 else 'fell'} by {facts.money(abs(moved))} a month{share}"
    number = len(diff.advice)
    advice = (
        f"{counted(number, 'piece')} of advice {'is' if number == 1 else 'are'} not as before"
        if number
        else ""
    )
    return (
        f"{spend} since the report on usage to {diff.window_before[1][:10]}{f'; {advice}' if advice else ''}."
    )


def realised(facts: Facts) -> Decimal:
    """Return what done changes save a month by what is paid."""
    return added([grained(s.realised_usd, facts.step) for s in facts.savings if s.realised_usd is not None])


def changed(facts: Facts) -> Section | None:
    """Return the section on what changed; null without an earlier run."""
    return (
        None
        if facts.diff is None
        else Section("changed", "What changed since last time", tuple(_changed(facts, facts.diff)))
    )


def _changed(facts: Facts, diff: RunDiff) -> Iterator[Block]:
    yield since(facts)
    yield _totals(facts, diff)
    for words, names in (
        ("New workloads", diff.workloads_new),
        ("Workloads that are gone", diff.workloads_gone),
    ):
        if names:
            more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
            yield f"{words}: {', '.join(names[:NAMED])}{more}."
    if diff.advice:
        yield _advice(facts, diff)


def _totals(facts: Facts, diff: RunDiff) -> Table:
    pairs = [
        ("Cost today", diff.baseline_before_usd, diff.baseline_after_usd),
        ("Cost of the plan", diff.cost_before_usd, diff.cost_after_usd),
        (BOUND, diff.bound_before_usd, diff.bound_after_usd),
    ]
    rows: list[tuple[Cell, ...]] = []
    for name, before, after in pairs:
        whole = floored if name == BOUND else grained
        was, now = whole(before, facts.step), whole(after, facts.step)
        rows.append((name, was, now, now - was))
    dates = [f"{begin[:10]} to {end[:10]}" for begin, end in (diff.window_before, diff.window_after)]
    return Table(
        "changed_totals",
        f"US dollars a month (730 hours): before is usage {dates[0]}, now is usage {dates[1]}",
        (Column(""), Column("Before", Unit.USD), Column("Now", Unit.USD), Column("More", Unit.USD)),
        tuple(rows),
    )


def _advice(facts: Facts, diff: RunDiff) -> Table:
    rows = tuple(_advice_row(facts, c) for c in diff.advice)
    shown = rows if len(rows) <= MOST + 1 else rows[:MOST]
    before, after = (added([_usd(row[i]) for row in rows]) for i in (4, 5))
    left = rows[len(shown) :]
    more: tuple[tuple[Cell, ...], ...] = ()
    if left:
        sums = [added([_usd(row[i]) for row in left]) for i in (4, 5)]
        more = ((f"{len(left):,} more", "", "", "", *sums),)
    return Table(
        "changed_advice",
        "Advice that is not as it was, and why; what it saves in US dollars a month. "
        f"{counted(diff.unchanged_count, 'piece')} of advice {'stands' if diff.unchanged_count == 1 else 'stand'} as before",
        (
            Column("Workload"),
            Column("Is"),
            Column("Advice now"),
            Column("Why"),
            Column("Saved before", Unit.USD),
            Column("Saves now", Unit.USD),
        ),
        (*shown, *more),
        ("All of these", "", "", "", before, after),
        whole=rows if more else (),
    )


IS = {Change.CHANGED: "changed", Change.ADDED: "new", Change.REMOVED: "gone"}


def _advice_row(facts: Facts, c: AdviceChange) -> tuple[Cell, ...]:
    told = (c.savings_before_usd, c.savings_after_usd)
    if INCLUDED in (c.after or c.before or ""):
        # a purchase: the sum of all would count it twice
        told = (None, None)
    amounts = [None if usd is None else grained(usd, facts.step) for usd in told]
    now = c.after if c.after is not None else f"none any more (was: {c.before})"
    return (c.resource_id, IS.get(Change(c.change), c.change), now, c.reason, *amounts)


def _usd(cell: Cell) -> Decimal:
    return cell if isinstance(cell, Decimal) else Decimal(0)


def ledger(facts: Facts) -> Section | None:
    """Return the section on savings from found to seen; null without a ledger."""
    if not facts.savings:
        return None
    blocks: list[Block] = [
        _words(facts),
        _stages(facts),
        _lines(facts, _changes(facts), "savings", "Changes"),
    ]
    bought = [s for s in facts.savings if _is_purchase(s)]
    if bought:
        blocks.append(_lines(facts, bought, "savings_purchases", f"Purchases, {INCLUDED}"))
    return Section("savings", "Savings from found to seen", tuple(blocks))


def _is_purchase(s: Saving) -> bool:
    return INCLUDED in s.summary


def _changes(facts: Facts) -> list[Saving]:
    """Return savings that add up: what a purchase saves is part of what its workloads save."""
    return [s for s in facts.savings if not _is_purchase(s)]


def _words(facts: Facts) -> str:
    done = [s for s in _changes(facts) if s.stage in (Stage.DONE, Stage.SEEN)]
    if not done:
        return "None of the savings that were found is done yet."
    told = _told(facts, done)
    return (
        f"{counted(len(done), 'change')} done: promised {facts.money(told)} a month; "
        f"{facts.money(realised(facts))} a month less is paid for these workloads than when the savings were found."
    )


def _stages(facts: Facts) -> Table:
    every = _changes(facts)
    rows: list[tuple[Cell, ...]] = []
    for stage, words in STAGES.items():
        mine = [s for s in every if s.stage is stage]
        if mine:
            rows.append((words, len(mine), _told(facts, mine), _seen(facts, mine)))
    return Table(
        "savings_stages",
        "Savings by how far they have come. US dollars a month (730 hours), "
        f"by runs with usage to {facts.plan.window_end[:10]}",
        (
            Column("Stage"),
            Column("Savings", Unit.COUNT),
            Column("Found", Unit.USD),
            Column("Realised", Unit.USD),
        ),
        tuple(rows),
        ("All", len(every), _told(facts, every), realised(facts)),
    )


def _told(facts: Facts, mine: Sequence[Saving]) -> Decimal:
    return added([grained(s.identified_usd, facts.step) for s in mine])


def _seen(facts: Facts, mine: Sequence[Saving]) -> Decimal | None:
    known = [grained(s.realised_usd, facts.step) for s in mine if s.realised_usd is not None]
    return added(known) if known else None


def _lines(facts: Facts, savings: Sequence[Saving], key: str, what: str) -> Table:
    every = [_line(facts, s) for s in savings]
    shown = every if len(every) <= MOST + 1 else every[:MOST]
    left = savings[len(shown) :]
    more: list[tuple[Cell, ...]] = []
    if left:
        more = [(f"{len(left):,} more", "", "", "", _told(facts, left), _seen(facts, left))]
    return Table(
        key,
        f"The ledger: each saving since the day it was found. {what}. US dollars a month (730 hours)",
        (
            Column("Workload" if key == "savings" else "Purchase"),
            Column("Stage"),
            Column("Since"),
            Column("Said"),
            Column("Found", Unit.USD),
            Column("Realised", Unit.USD),
        ),
        (*shown, *more),
        ("All", "", "", "", _told(facts, savings), _seen(facts, savings)),
        whole=tuple(every) if more else (),
    )


def _line(facts: Facts, s: Saving) -> tuple[Cell, ...]:
    until = f" until {s.until.isoformat()}" if s.until else ""
    said = ": ".join(filter(None, (s.person, s.reason)))
    seen = None if s.realised_usd is None else grained(s.realised_usd, facts.step)
    return (
        s.resource_id,
        f"{s.stage}{until}",
        s.since[:10],
        said,
        grained(s.identified_usd, facts.step),
        seen,
    )


def pipeline(facts: Facts) -> str:
    """Return `identified $3,216 → accepted $0 → done $0 → seen $0`; empty without a ledger."""
    if not facts.savings:
        return ""
    chain = (Stage.IDENTIFIED, Stage.ACCEPTED, Stage.DONE, Stage.SEEN)
    sums = [_told(facts, [s for s in _changes(facts) if s.stage is stage]) for stage in chain]
    return " → ".join(
        f"{stage} {format_usd(usd, facts.digits)}" for stage, usd in zip(chain, sums, strict=True)
    )
