"""The evidence of a change: why, how sure, every way that lost, the steps, and the chart of its ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from advisor.model import Recommendation
from advisor.report.pages.actions import change_words, evidence_key, risk
from advisor.report.pages.cells import grained
from advisor.report.pages.facts import NO_OWNER, Facts
from advisor.report.pages.page import Block, Cell, Column, Items, Picture, Section, Table, Unit
from advisor.report.words import EFFORTS, saving_name
from advisor.terms import place_name
from advisor.units import format_share, short_size

MOST = 40
"""Changes whose evidence is printed, the largest savings first: what somebody may read through in an hour."""
DRAWN = 10
"""Of these, how many with a chart."""
WAYS = 8


def evidence(facts: Facts, changes: Sequence[Recommendation]) -> Iterator[Section]:
    """Yield a heading and then a section for each of the largest changes."""
    shown = changes[:MOST]
    if not shown:
        return
    left = len(changes) - len(shown)
    ways = _ways(facts, [r.resource_id for r in shown])
    intro = "Why each change is advised, what it was held against, and how to do it and go back."
    more = (
        f" {left:,} smaller changes are in the table of changes only; advisor explain WORKLOAD tells of each."
        if left
        else ""
    )
    yield Section("evidence", "Evidence", (intro + more,), new_page=True)
    for number, todo in enumerate(shown):
        blocks = tuple(_blocks(facts, todo, ways.get(todo.resource_id, []), number < DRAWN))
        yield Section(evidence_key(facts, todo), todo.resource_id, blocks, level=3)


def _ways(facts: Facts, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    plain = facts.plan.outcomes.filter(
        pl.col("commitment").is_null() & pl.col("workload_id").is_in(list(names))
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in plain.iter_rows(named=True):
        found.setdefault(row["workload_id"], []).append(row)
    return found


def _blocks(
    facts: Facts, todo: Recommendation, ways: Sequence[Mapping[str, Any]], drawn: bool
) -> Iterator[Block]:
    place, workload = facts.places.get(todo.resource_id), facts.workloads.get(todo.resource_id)
    owner = todo.owner or facts.owners.get(todo.resource_id, NO_OWNER)
    effort = EFFORTS.get(todo.implementation_effort, todo.implementation_effort)
    yield (
        f"{change_words(facts, todo)}. Today: {todo.current_summary}. "
        f"It {saving_name(todo, place, workload)} · {effort} effort · risk {risk(facts, todo)} · "
        f"{format_share(todo.confidence)} sure · {owner if owner == NO_OWNER else f'owner {owner}'}."
    )
    yield f"Seen in {todo.lookback_days:.3g} days of usage ({facts.span}): {todo.evidence}."
    if drawn and ways:
        yield Picture(
            "options",
            f"What each way to run {todo.resource_id} costs a month, and why those that lost did.",
            todo.resource_id,
        )
    elif ways:
        yield _table(facts, todo, ways)
    if todo.steps:
        yield Items(todo.steps, numbered=True)


def _table(facts: Facts, todo: Recommendation, ways: Sequence[Mapping[str, Any]]) -> Table:
    ordered = sorted(
        ways,
        key=lambda r: (not r["chosen"], not r["eligible"], r["monthly_cost_usd"] or 0.0, r["option"]),
    )
    rows: list[tuple[Cell, ...]] = []
    for way in ordered[:WAYS]:
        cost = way["monthly_cost_usd"] if way["eligible"] else None
        sized = way["task_vcpu"] is not None and way["task_memory_mib"] is not None
        size = short_size(way["task_vcpu"], way["task_memory_mib"]) if sized else ""
        name = place_name(way["launch_type"], way["capacity_option"], way["cpu_architecture"])
        mark = "chosen" if way["chosen"] else way["reason"] or ""
        rows.append((name, size, None if cost is None else grained(cost, facts.step), mark))
    left = len(ordered) - WAYS
    return Table(
        f"ways_{todo.rank}",
        f"Ways to run it, each by itself. US dollars a month (730 hours), prices as of {facts.plan.catalog_as_of}",
        (Column("Way"), Column("Task"), Column("Costs", Unit.USD), Column("Why")),
        tuple(rows),
        note=f"{left} more ways are ruled out or dearer." if left > 0 else "",
    )
