"""The team report: a team's own workloads, what they cost, what to do; a sheet for each team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.errors import InputError
from advisor.model import Recommendation
from advisor.report.pages.actions import change_words, risk
from advisor.report.pages.cells import added
from advisor.report.pages.facts import NO_OWNER, Facts
from advisor.report.pages.method import method
from advisor.report.pages.page import Block, Cell, Column, Items, Section, Table
from advisor.report.pages.spending import MONEY, SHARED, by_team, saved_share
from advisor.report.text import safe
from advisor.report.words import EFFORTS, advised_name, class_name, counted, today_name
from advisor.units import format_share

TOP = 10
"""Changes of a team that are told with their steps."""


def teams(facts: Facts) -> list[str]:
    """Return teams, those that can save most first, workloads without an owner last."""
    saves: dict[str, float] = {}
    for name, owner in facts.owners.items():
        place = facts.places.get(name)
        won = place.baseline_monthly_cost_usd - place.monthly_cost_usd if place else 0.0
        saves[owner] = saves.get(owner, 0.0) + won
    return sorted(saves, key=lambda owner: (owner == NO_OWNER, -saves[owner], owner))


def team_sections(facts: Facts, team: str | None) -> Iterator[Section]:
    """Yield a section for each team, or for one.

    Raises:
        InputError: no workload has that owner.
    """
    known = teams(facts)
    if team is not None and team not in known:
        raise InputError(
            f"no workload is owned by {safe(team)!r}", hint=f"teams are: {safe(', '.join(known[:20]))}"
        )
    if team is None:
        yield Section("teams", "All teams", (by_team(facts),))
    for number, owner in enumerate([team] if team is not None else known):
        yield from _team(facts, owner, number, alone=team is not None)
    yield method(facts)


def _team(facts: Facts, owner: str, number: int, *, alone: bool) -> Iterator[Section]:
    mine = [name for name, who in facts.owners.items() if who == owner]
    placed = [name for name in mine if name in facts.places]
    changes = [r for r in facts.changes if facts.owners.get(r.resource_id) == owner]
    blocks: list[Block] = [_says(facts, placed, changes)]
    if placed:
        blocks.append(_workloads(facts, placed, number, owner))
    left = [
        (r.workload_id, r.reason)
        for r in facts.plan.rejections
        if not r.option and r.workload_id in set(mine)
    ]
    if left:
        blocks.append(Items(tuple(f"{name} is not advised: {reason}." for name, reason in left)))
    yield Section(f"team-{number}", owner, tuple(blocks), new_page=not alone)
    if changes:
        yield Section(f"team-{number}-changes", "What to do", tuple(_todo(facts, changes)), level=3)


def _says(facts: Facts, placed: Sequence[str], changes: Sequence[Recommendation]) -> str:
    was, now = (added([facts.costs[name][i] for name in placed]) for i in (0, 1))
    share = saved_share(was, now)
    saved = f"{facts.money(was - now)}{f' ({format_share(share)})' if share is not None and share > 0 else ''} less"
    if was < now:
        saved = f"{facts.money(now - was)} more"
    return (
        f"{counted(len(placed), 'workload')}: {facts.money(was)} a month today, {facts.money(now)} in the plan, {saved}; "
        f"{counted(len(changes), 'change')}."
    )


def _workloads(facts: Facts, placed: Sequence[str], number: int, owner: str) -> Table:
    classes = dict(facts.plan.profiles.select("workload_id", "workload_class").iter_rows())
    rows: list[tuple[Cell, ...]] = []
    ordered = sorted(placed, key=lambda n: (facts.costs[n][1] - facts.costs[n][0], -facts.costs[n][0], n))
    for name in ordered:
        place, (was, now) = facts.places[name], facts.costs[name]
        goes = "stays" if place.unchanged else advised_name(place)
        rows.append(
            (
                name, class_name(classes.get(name)), today_name(facts.workloads[name]), goes, was, now, was - now,
                saved_share(was, now),
            )
        )  # fmt: skip
    was, now = (added([facts.costs[name][i] for name in placed]) for i in (0, 1))
    columns = (Column("Workload"), Column("Kind"), Column("Runs on"), Column("Advised"), *MONEY)
    return Table(
        f"team_{number}",
        f"Workloads {'without an owner' if owner == NO_OWNER else f'of {owner}'}. {facts.monthly}",
        columns,
        tuple(rows),
        ("All", "", "", "", was, now, was - now, saved_share(was, now)),
        note=SHARED,
    )


def _todo(facts: Facts, changes: Sequence[Recommendation]) -> Iterator[Block]:
    for number, todo in enumerate(changes[:TOP], 1):
        effort = EFFORTS.get(todo.implementation_effort, todo.implementation_effort)
        usd = facts.saved[todo.resource_id]
        saves = f"saves {facts.money(usd)}" if usd >= 0 else f"costs {facts.money(-usd)} more"
        yield (
            f"{number}. {todo.resource_id}, {saves} a month: {change_words(facts, todo)}; {effort} effort, "
            f"risk {risk(facts, todo)}, {format_share(todo.confidence)} sure."
        )
        if todo.steps:
            yield Items(todo.steps)
    if len(changes) > TOP:
        yield f"{counted(len(changes) - TOP, 'smaller change')} more: advisor explain WORKLOAD tells the steps of each."
