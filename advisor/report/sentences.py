"""What is said of a whole plan beside its rows: the proof, what is paid anyway, whose word the figures rest on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import polars as pl

from advisor.model import DEMAND_CHANGE_TENTHS, Commitment, Plan
from advisor.report.view import PACKED, digits
from advisor.units import format_share, format_usd

CHANGE = format_share(DEMAND_CHANGE_TENTHS / 10)
"""By how much demand falls and grows in what is said of commitments, `30%`."""
PRICE_KINDS = {
    "EC2/": "EC2 on-demand",
    "EC2_SPOT/": "EC2 Spot",
    "MANAGED_INSTANCES_FEE/": "Managed Instances fee",
    "FARGATE/": "Fargate",
    "FARGATE_SPOT/": "Fargate Spot",
    "EBS_AND_IPV4/": "disks and addresses",
}
"""How a bill line of a kind begins → what people call it."""


def proof(plan: Plan, step_usd: Decimal) -> tuple[str, str]:
    """Return the proof and what it means for people; the bound is rounded down and the distance to it up."""
    people = plan.operations_monthly_usd
    counted = Fraction(plan.monthly_cost_usd) + Fraction(people or 0.0)
    step = Fraction(step_usd)
    bound = (Fraction(plan.lower_bound_monthly_usd) / step).__floor__() * step_usd
    above = max(Fraction(0), counted - Fraction(plan.lower_bound_monthly_usd))
    far = (above / step).__ceil__() * step_usd
    gap = format_share(float(above / counted) if counted > 0 else 0.0, 1)
    money = digits(step_usd)
    sums = ""
    if people is not None:
        # the sum is that of the printed parts, so that it adds up on paper
        parts = [_grain(plan.monthly_cost_usd, step_usd), _grain(people, step_usd)]
        plan_usd, people_usd, sum_usd = (format_usd(a, money) for a in (*parts, sum(parts)))
        sums = f"plan {plan_usd} + people {people_usd} = {sum_usd}; "
    this = "The two together are" if people is not None else "This plan is"
    return (
        f"Proven: {sums}in this model and for this demand, no plan costs less than {format_usd(bound, money)} (gap {gap})",
        f"{this} at most {format_usd(far, money)} ({gap} of the cost) above the cheapest possible plan",
    )


def owned_lines(plan: Plan, step_usd: Decimal) -> Iterator[str]:
    """Yield what of the plan's cost is for commitments already owned, and how much of it goes unused."""
    mine = (pl.col("owner") == "commitments") & pl.col("item").str.starts_with("owned:")
    owned = float(plan.cost_lines.filter(mine)["monthly_cost_usd"].sum())
    money = digits(step_usd)
    if owned > 0:
        yield f"Includes {format_usd(owned, money)} a month for commitments you already own"
    if plan.existing_commitments_monthly_usd > 0:
        unused = format_usd(plan.existing_commitments_monthly_usd, money)
        yield f"{unused} a month of what you already committed to goes unused in this plan"


def futures_text(bought: Commitment, step_usd: Decimal) -> str:
    """Return what a purchase saves or loses a month when the demand that it was bought for changes."""
    fall = _gain(bought.monthly_savings_if_demand_falls_usd, step_usd)
    grow = _gain(bought.monthly_savings_if_demand_grows_usd, step_usd)
    gone = _gain(-bought.monthly_loss_if_moved_away_usd, step_usd)
    return f"If what it covers falls {CHANGE}: {fall} a month; grows {CHANGE}: {grow}; moves away: {gone}"


def nothing_bought(plan: Plan, step_usd: Decimal) -> str:
    """Return what it means to buy nothing, which is always an option."""
    if not plan.commitments:
        return "Commit: to nothing, no Savings Plan or reservation that the settings allow would save money"
    these = "it" if len(plan.commitments) == 1 else "any of them"
    cost = format_usd(plan.uncommitted_monthly_cost_usd, digits(step_usd))
    return f"Or commit to nothing: without {these} the same plan costs {cost} a month"


def packed_text(plan: Plan, step_usd: Decimal) -> str:
    """Return what the sign of an estimated today means, and how much of the saving rests on it; empty without any."""
    guessed = [p for p in plan.placements if p.baseline_is_estimate]
    if not guessed:
        return ""
    saved = sum(p.baseline_monthly_cost_usd - p.monthly_cost_usd for p in guessed)
    part = ""
    if saved >= step_usd / 2:
        amount = format_usd(saved, digits(step_usd))
        part = f"; {amount} of the saving is against our own estimate of today"
    return f"{PACKED} today's cost is our estimate: the input does not say which instances run there{part}"


def price_dates(plan: Plan) -> str:
    """Return `Prices: EC2 Spot 2025-06-28 (estimated), Fargate 2026-07-20` from the plan's own bill; empty without one."""
    dates: dict[str, set[str]] = {}
    methods: dict[str, set[str]] = {}
    for item, as_of, method in plan.cost_lines.select("item", "price_as_of", "method").iter_rows():
        kind = next((name for start, name in PRICE_KINDS.items() if item.startswith(start)), None)
        if kind and as_of and "EXPECTED_REWORK" not in item:
            dates.setdefault(kind, set()).add(as_of)
            methods.setdefault(kind, set()).add(method)
    texts = [
        f"{kind} {_from_to(dates[kind])}{_how(methods[kind])}"
        for kind in PRICE_KINDS.values()
        if kind in dates
    ]
    return f"Prices: {', '.join(texts)}" if texts else ""


def lattice_text(plan: Plan, step_usd: Decimal) -> str:
    """Return what the steps between Fargate's task sizes cost; empty when next to nothing."""
    waste = plan.lattice_waste_monthly_usd
    if waste < step_usd / 2:
        return ""
    return f"Fargate's task sizes come in steps: rounding up to them costs {format_usd(waste, digits(step_usd))} a month"


def _gain(amount_usd: float, step_usd: Decimal) -> str:
    if abs(amount_usd) < step_usd / 2:
        return "saves nothing"
    return f"{'saves' if amount_usd > 0 else 'loses'} {format_usd(abs(amount_usd), digits(step_usd))}"


def _grain(amount_usd: float, step_usd: Decimal) -> Decimal:
    return round(Decimal(str(amount_usd)) / step_usd) * step_usd


def _from_to(dates: set[str]) -> str:
    return min(dates) if len(dates) == 1 else f"{min(dates)} to {max(dates)}"


def _how(methods: set[str]) -> str:
    """Return a mark for prices that nobody published as they stand here."""
    if "estimated" not in methods:
        return ""
    return " (estimated)" if methods == {"estimated"} else " (some estimated)"
