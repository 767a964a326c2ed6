"""Plan → page: which sections a report has, and what stands above them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from advisor.errors import InputError
from advisor.history import RunDiff, Saving
from advisor.model import Plan
from advisor.report.pages.cells import added
from advisor.report.pages.executive import executive
from advisor.report.pages.facts import Facts
from advisor.report.pages.finops import finops
from advisor.report.pages.headline import ask, figures, headline
from advisor.report.pages.over_time import since
from advisor.report.pages.page import Page, Section
from advisor.report.pages.team import team_sections
from advisor.report.view import title
from advisor.report.words import counted

NAMES = {"executive": "Executive summary", "finops": "FinOps report", "team": "Team report"}
"""Kind of report → what it is called."""
KINDS = tuple(NAMES)


def make_page(
    plan: Plan,
    kind: str,
    *,
    diff: RunDiff | None = None,
    savings: Sequence[Saving] = (),
    team: str | None = None,
    remarks: Sequence[str] = (),
) -> Page:
    """Return a report as a page.

    Args:
        kind: one of `KINDS`.
        diff: what changed since the last report.
        savings: the ledger.
        team: of the team report, the only team; null for all.
        remarks: what could not be read, and the like; stands above everything.

    Raises:
        InputError: no such kind of report, or no such team.
    """
    if kind not in NAMES:
        raise InputError(f"no report is called {kind!r}", hint=f"use one of {', '.join(KINDS)}")
    facts = Facts(plan, diff, tuple(savings))
    sections = tuple(_SECTIONS[kind](facts, team))
    name = NAMES[kind] if team is None else f"Team report for {team}"
    return Page(
        kind=kind,
        title=f"{name}: ECS costs of {plan.name}",
        dated=title(plan).partition(" · ")[2] + f" ({facts.span})",
        headline=_team_line(facts, team) if team is not None else headline(facts),
        since=since(facts) if team is None else "",
        remarks=(*remarks, *_remarks(plan)),
        ask=_team_ask(facts, team) if team is not None else ask(facts),
        figures=figures(facts, brief=kind != "finops") if team is None else (),
        sections=sections,
        step_usd=facts.step,
        made_from=(
            ("catalog", plan.catalog_digest),
            ("settings", plan.config_digest),
            ("inputs", plan.inputs_digest),
        ),
        as_of=plan.as_of.isoformat(),
    )


_SECTIONS: Mapping[str, Callable[[Facts, str | None], Iterator[Section]]] = {
    "executive": lambda facts, _: executive(facts),
    "finops": lambda facts, _: finops(facts),
    "team": team_sections,
}


def _remarks(plan: Plan) -> Iterator[str]:
    if plan.rows_rejected:
        yield (
            f"{plan.rows_rejected:,} of {counted(plan.rows_read, 'row')} could not be used and were left out: "
            "what they tell of is in no figure."
        )
    yield from (f"{text}." for text in plan.warnings)


def _team_line(facts: Facts, team: str) -> str:
    mine = [name for name in facts.places if facts.owners[name] == team]
    was, now = (added([facts.costs[name][i] for name in mine]) for i in (0, 1))
    cost = "costs" if len(mine) == 1 else "cost"
    return (
        f"The {counted(len(mine), 'workload')} of {team} {cost} {facts.money(was)} a month, {facts.money(now)} in the plan: "
        f"{facts.money(abs(was - now))} {'less' if was >= now else 'more'}."
    )


def _team_ask(facts: Facts, team: str) -> str:
    mine = [r for r in facts.changes if facts.owners.get(r.resource_id) == team]
    if not mine:
        return ""
    first = mine[0]
    return f"Take {first.resource_id} first: it is worth {facts.money(first.estimated_monthly_savings_usd)} a month."
