"""What is read first: one line, one ask, and the figures with their definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from advisor.model import Recommendation
from advisor.report.charts.frontier_points import vcpu_seconds
from advisor.report.kpis import Kpi, kpis
from advisor.report.pages.actions import open_changes
from advisor.report.pages.cells import added, floored, grained
from advisor.report.pages.facts import NO_OWNER, Facts
from advisor.report.pages.over_time import pipeline, realised
from advisor.report.pages.page import Figure
from advisor.report.words import counted
from advisor.terms import CpuArchitecture
from advisor.units import HOURS_PER_MONTH, HOURS_PER_YEAR, MINUS, SECONDS_PER_HOUR, format_share, format_usd

ASKED = 10
"""Changes that are asked for at the least: what a few teams can do in a month …"""
ASKED_SHARE = 0.5
"""… and as many of the largest as bring half of all savings: fewer would not be worth a decision in a large fleet."""

BRIEF = ("Today", "Plan", "Saves", "Costs more", "Least possible")
"""Figures for somebody in a hurry."""


def headline(facts: Facts) -> str:
    """Return spend, savings and proof in a sentence or two."""
    found = facts.saves
    today, planned = facts.money(facts.today), facts.money(facts.planned)
    if found <= 0:
        return f"ECS costs {today} a month, and nothing that was found saves money: the plan costs {planned}."
    share = format_share(float(found / facts.today)) if facts.today else ""
    bound = format_usd(floored(facts.plan.lower_bound_monthly_usd, facts.step), facts.digits)
    proven = f"No plan in this model can cost less than {bound}."
    if facts.plan.operations_monthly_usd is not None:
        proven = f"With people's time counted, no plan in this model can cost less than {bound}."
    doubt = f"; {facts.doubt}, as some prices are estimated" if facts.doubt else ""
    return f"ECS costs {today} a month. The plan costs {planned} a month: {facts.money(found)} less ({share}{doubt}). {proven}"


def ask(facts: Facts) -> str:
    """Return the one thing that is asked for; empty when there is nothing to do."""
    todo = [r for r in open_changes(facts) if r.estimated_monthly_savings_usd > 0]
    if not todo:
        return ""
    first = _asked(todo)
    worth = added([facts.saved[r.resource_id] for r in first])
    if len(todo) == len(first):
        these = (
            f"the change of {first[0].resource_id}" if len(first) == 1 else f"these {len(first):,} changes"
        )
        what = f"Approve {these}, worth {facts.money(worth)} a month"
    else:
        what = (
            f"Approve the {len(first):,} largest of {len(todo):,} changes: they are worth {facts.money(worth)} of the "
            f"{facts.money(facts.saves)} a month"
        )
    bought = facts.plan.commitments
    if not bought:
        return f"{what}. Nothing is to be bought."
    year = sum(c.hourly_commitment_usd * HOURS_PER_YEAR for c in bought)
    upfront = sum(c.upfront_usd for c in bought)
    cash = f", {facts.money(grained(upfront, facts.step))} of it upfront" if upfront else ""
    return (
        f"{what}. Buy nothing yet: {counted(len(bought), 'commitment')} ({facts.money(grained(year, facts.step))} a year{cash}) "
        f"{'comes' if len(bought) == 1 else 'come'} after the changes."
    )


def _asked(todo: Sequence[Recommendation]) -> Sequence[Recommendation]:
    """Return the changes that are asked for, of those to do, the largest first."""
    worth = 0.0
    whole = sum(r.estimated_monthly_savings_usd for r in todo)
    for number, change in enumerate(todo, 1):
        worth += change.estimated_monthly_savings_usd
        if number >= ASKED and worth >= ASKED_SHARE * whole:
            return todo[:number]
    return todo


def figures(facts: Facts, *, brief: bool = False) -> tuple[Figure, ...]:
    """Return the figures of a report.

    Args:
        brief: those for somebody in a hurry.
    """
    known = [_figure(facts, k) for k in kpis(facts.plan)]
    if brief:
        return (*(f for f in known if f.name in BRIEF), *_realised(facts))
    return (*known, *_shares(facts), *_realised(facts))


def _figure(facts: Facts, kpi: Kpi) -> Figure:
    name, value, more, means = kpi.name, kpi.value, kpi.more, kpi.means
    if name == "Plan":
        value = facts.money(facts.planned)
    if name == "Saves":
        value = facts.money(facts.saves)
    if name == "Proven":
        name, more = "Least possible", f"a month, {more}"
        means = means.removeprefix("Proven: ")
        means = f"{means[:1].upper()}{means[1:]}"
    trend = ""
    if facts.diff is not None:
        pairs = {
            "Today": (facts.diff.baseline_before_usd, facts.diff.baseline_after_usd),
            "Plan": (facts.diff.cost_before_usd, facts.diff.cost_after_usd),
            "Proven": (facts.diff.bound_before_usd, facts.diff.bound_after_usd),
        }
        if kpi.name in pairs:
            # a bound is rounded down wherever it stands, so that it stays one
            whole = floored if kpi.name == "Proven" else grained
            was, now = (whole(usd, facts.step) for usd in pairs[kpi.name])
            trend = _trend(facts, now - was)
    return Figure(name, value, more, means, trend)


def _trend(facts: Facts, moved: Decimal) -> str:
    if not moved:
        return "as last time"
    return f"{'+' if moved > 0 else MINUS}{facts.money(abs(moved))} since last time"


def _shares(facts: Facts) -> Iterator[Figure]:
    plan = facts.plan
    ran = vcpu_seconds(plan)
    whole = sum(ran.values())
    if whole:
        arm = sum(
            h for name, h in ran.items()
            if name in facts.places and facts.places[name].cpu_architecture == CpuArchitecture.ARM64
        )  # fmt: skip
        yield Figure(
            "On ARM",
            format_share(arm / whole),
            "of vCPU-hours",
            "The part of the plan's vCPU-hours on ARM (Graviton) processors.",
        )
        hours = whole / SECONDS_PER_HOUR / max(1, plan.hours) * HOURS_PER_MONTH
        yield Figure(
            "Unit cost",
            format_usd(plan.monthly_cost_usd / hours, 4),
            "per vCPU-hour",
            f"The plan's cost over the {hours:,.0f} vCPU-hours a month that its tasks reserve.",
        )
    if plan.commitments and plan.uncommitted_monthly_cost_usd > 0:
        rate = 1.0 - plan.monthly_cost_usd / plan.uncommitted_monthly_cost_usd
        yield Figure(
            "Savings rate",
            format_share(rate),
            "by what is bought",
            "Effective savings rate: without buying, the same plan costs "
            f"{facts.money(plan.uncommitted_monthly_cost_usd)} a month; this part of it is saved by the commitments.",
        )
    tasked = added([facts.costs[name][0] for name in facts.places])
    owned = added([facts.costs[name][0] for name in facts.places if facts.owners[name] != NO_OWNER])
    if tasked:
        yield Figure(
            "With an owner",
            format_share(float(owned / tasked)),
            "of today's cost",
            "The part of today's cost whose workloads carry the tag that names their owner.",
        )


def _realised(facts: Facts) -> Iterator[Figure]:
    if facts.savings:
        yield Figure(
            "Realised",
            facts.money(realised(facts)),
            "a month",
            f"How much less is paid a month for changes that are done than when they were found: {pipeline(facts)}.",
        )
