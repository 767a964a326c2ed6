"""The figures that a plan is judged by at a glance, each with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from advisor.model import Plan
from advisor.report.charts.frontier_points import spot_share
from advisor.report.list_prices import net_share
from advisor.report.sentences import proof
from advisor.report.view import ESTIMATED, not_advised, view
from advisor.report.words import counted
from advisor.units import HOURS_PER_MONTH, format_share, format_usd


@dataclass(frozen=True)
class Kpi:
    """One figure.

    Attributes:
        more: a few words below the value; may be empty.
        means: its definition, a sentence or two.
    """

    name: str
    value: str
    more: str
    means: str


def kpis(plan: Plan) -> tuple[Kpi, ...]:
    """Return the figures in the order in which they are read; money as in the table of the command."""
    return tuple(_kpis(plan))


def _kpis(plan: Plan) -> Iterator[Kpi]:
    shown = view(plan, 0)
    fleet = shown.fleet
    yield Kpi(
        "Today",
        fleet.today.removeprefix("today "),
        "a month",
        "What the fleet costs a month (730 hours) as it runs now, by the same prices and bill as the plan, "
        "with what is already committed to.",
    )
    yield Kpi(
        "Plan",
        fleet.monthly,
        "a month",
        "What the plan costs a month, in whole instances, with every commitment that it buys or that is owned."
        + (f" {ESTIMATED} rests on a price that is estimated." if fleet.span else ""),
    )
    if plan.operations_monthly_usd is not None:
        yield Kpi(
            "People",
            shown.money(plan.operations_monthly_usd),
            "a month",
            "What the time of those who keep the plan's instances up is worth, as the settings count it. It is in the proof's "
            "sum and in no other figure.",
        )
    saves = plan.monthly_cost_usd <= plan.baseline_monthly_cost_usd
    yield Kpi(
        "Saves" if saves else "Costs more",
        fleet.moved.lstrip("−+") if saves else fleet.moved,
        " ".join(filter(None, (fleet.share, "of today"))) if fleet.share else "",
        "Today less the plan."
        + (f" As some prices are estimated: {fleet.span} a month." if fleet.span else ""),
    )
    sentence, distance = proof(plan, shown.step_usd)
    yield Kpi(
        "Proven", _bound(sentence), f"gap {format_share(plan.gap_share, 1)}", f"{sentence}. {distance}."
    )
    yield from _commitments(plan)
    yield Kpi(
        "On Spot",
        format_share(spot_share(plan)),
        "of vCPU-hours",
        "The part of the plan's vCPU-hours on Fargate Spot and EC2 Spot, which AWS may stop with two minutes' notice.",
    )
    yield from _full(plan)
    reasons = not_advised(plan)
    total = sum(number for _, number in reasons)
    why = "; ".join(f"{number} × {reason}" for reason, number in reasons)
    yield Kpi(
        "Not advised",
        f"{total:,}",
        "workload" if total == 1 else "workloads",
        f"Workloads without advice: {why}." if total else "Every workload is advised.",
    )


def _bound(sentence: str) -> str:
    """Return the bound as the sentence says it, so that it is rounded once."""
    return sentence.rpartition("less than ")[2].partition(" ")[0]


def _commitments(plan: Plan) -> Iterator[Kpi]:
    table = plan.covered_hours
    if table is None:
        return
    whole = float(table["usage_usd"].sum())
    covered = float(table.filter(pl.col("commitment").is_not_null())["usage_usd"].sum())
    unused = float(table["unused_usd"].sum()) / max(1, plan.hours) * HOURS_PER_MONTH
    paid = _paid(plan)
    yield Kpi(
        "Covered",
        format_share(covered / whole) if whole else "–",
        "by commitments",
        "Of the usage that Savings Plans and reservations can pay for, at on-demand prices, the part that they do pay for "
        "(owned and bought). Spot is not such usage.",
    )
    yield Kpi(
        "Used",
        format_share(1.0 - unused / paid) if paid else "–",
        "of commitments",
        f"The part of what is committed to that is used. {format_usd(unused, 2)} a month is paid for nothing."
        if paid
        else "Nothing is committed to.",
    )


def _paid(plan: Plan) -> float:
    """Return what a month of all commitments costs, used or not, after a private discount, which lines are before."""
    lines = plan.cost_lines.filter(pl.col("owner") == "commitments")["monthly_cost_usd"]
    return float(lines.sum()) * net_share(plan)


def _full(plan: Plan) -> Iterator[Kpi]:
    if not plan.pools:
        return
    weights = [p.monthly_cost_usd for p in plan.pools]
    spent = sum(weights)
    if not spent:
        return
    vcpu, memory = (
        sum(w * p.utilization_share[i] for w, p in zip(weights, plan.pools, strict=True)) / spent
        for i in (0, 1)
    )
    yield Kpi(
        "Instances full",
        format_share(max(vcpu, memory)),
        f"in {counted(len(plan.pools), 'pool')}",
        f"Of what the pools' instances have, tasks take {format_share(vcpu)} of vCPU and {format_share(memory)} of memory "
        "over all hours; pools weigh by their cost.",
    )
