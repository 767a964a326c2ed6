"""Savings Plans and Reserved Instances that a plan buys or has."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.terms import CommitmentKind, PaymentOption

DEMAND_CHANGE_TENTHS = 3
"""Regret is told for demand that falls or grows by three tenths: a lost customer or a right-sizing round, or a good year."""


@dataclass(frozen=True)
class Commitment:
    """A Savings Plan or reservation to buy, and what it does.

    Attributes:
        hourly_commitment_usd: Savings Plan dollars of a plan, the amortised fee of reservations.
        monthly_savings_usd: what the bill would be without it, all else kept, less what it is.
        monthly_savings_if_demand_falls_usd: the same with 30 % less in every hour of the usage that it can cover, which is
            billed anew, not packed anew; below zero it is a loss.
        monthly_savings_if_demand_grows_usd: with 30 % more.
        monthly_loss_if_moved_away_usd: with none of that usage left: all that is paid for it, for nothing.
        break_even_months: months of use that are worth the whole term's payments, upfront included.
    """

    kind: str
    scope: str
    region: str
    term_years: int
    payment_option: str
    hourly_commitment_usd: float
    count: int | None
    upfront_usd: float
    monthly_cost_usd: float
    monthly_savings_usd: float
    monthly_savings_if_demand_falls_usd: float
    monthly_savings_if_demand_grows_usd: float
    monthly_loss_if_moved_away_usd: float
    utilization_share: float
    break_even_months: float | None
    method: str


COMMITMENTS: dict[str, str] = {
    CommitmentKind.COMPUTE_SP: "Compute Savings Plan",
    CommitmentKind.EC2_INSTANCE_SP: "EC2 Instance Savings Plan",
    CommitmentKind.RI_STANDARD: "standard Reserved Instance",
    CommitmentKind.RI_CONVERTIBLE: "convertible Reserved Instance",
}
PAYMENTS = {
    PaymentOption.NO_UPFRONT: "no upfront",
    PaymentOption.PARTIAL_UPFRONT: "partial upfront",
    PaymentOption.ALL_UPFRONT: "all upfront",
}


def commitment_name(bought: Commitment) -> str:
    """Return `1-yr Compute Savings Plan, no upfront`."""
    scope = f" {bought.scope} {bought.region}" if bought.scope else ""
    count = f"{bought.count} × " if bought.count else ""
    payment = PAYMENTS.get(PaymentOption(bought.payment_option), bought.payment_option)
    return f"{count}{bought.term_years}-yr {COMMITMENTS.get(bought.kind, bought.kind)}{scope}, {payment}"
