"""What a purchase means to the person who signs it: upfront, monthly cost, saving, use, break-even."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from advisor.model import Commitment
from advisor.plan.meters import RESERVATIONS, Offer
from advisor.plan.regret import Futures
from advisor.terms import PaymentOption
from advisor.units import HOURS_PER_MONTH, HOURS_PER_YEAR, usd

UPFRONT_SHARE = {
    PaymentOption.NO_UPFRONT: Fraction(0),
    PaymentOption.PARTIAL_UPFRONT: Fraction(1, 2),
    PaymentOption.ALL_UPFRONT: Fraction(1),
}
"""Part of the term's total that is paid at the start (Savings Plans User Guide; about half for RIs)."""


def amortized_pico_usd(upfront_pico_usd: int, hourly_pico_usd: int, term_years: int) -> Fraction:
    """Return what an hour costs over the term: fee + upfront / (8,760 · years)."""
    return hourly_pico_usd + Fraction(upfront_pico_usd, HOURS_PER_YEAR * term_years)


@dataclass(frozen=True)
class Purchase:
    """One commitment to buy, judged against the same plan without it; pico-dollars, a month is 730 h.

    Attributes:
        size: pico-dollars an hour of a plan, instances of a reservation.
        monthly_savings_pico_usd: the bill without it less the bill with it, amortized.
        utilization_share: part of it that is used.
        futures: what it saves a month when demand falls, grows or moves away.
    """

    offer: Offer
    size: int
    hourly_pico_usd: int
    monthly_savings_pico_usd: Fraction
    utilization_share: Fraction
    futures: Futures

    @property
    def upfront_pico_usd(self) -> Fraction:
        """Paid on the day of purchase."""
        total = self.hourly_pico_usd * HOURS_PER_YEAR * self.offer.term_years
        return total * UPFRONT_SHARE[self.offer.payment_option]

    @property
    def monthly_cost_pico_usd(self) -> int:
        """Amortized cost of a month, the upfront part included."""
        return self.hourly_pico_usd * HOURS_PER_MONTH

    @property
    def break_even_months(self) -> Fraction | None:
        """Months of use after which the whole term is paid for, if all use ended then; null when it never is.

        The term's total, upfront included, over what the same use costs a month without the commitment: all of it is
        owed however it is paid, so that it counts from the start. Paid all upfront, it is the month in which the cash is back.
        """
        without = self.monthly_cost_pico_usd + self.monthly_savings_pico_usd
        if self.monthly_savings_pico_usd < 0 or without <= 0:
            return None
        return 12 * self.offer.term_years * Fraction(self.monthly_cost_pico_usd) / without

    def noun(self, net_share: Fraction = Fraction(1)) -> Commitment:
        """Return it as the plan's noun, in USD.

        Args:
            net_share: what a private discount leaves of a billed dollar; the commitment itself is made at list rates.
        """
        months = self.break_even_months
        return Commitment(
            kind=self.offer.kind.value,
            scope=self.offer.scope,
            region=self.offer.region,
            term_years=self.offer.term_years,
            payment_option=self.offer.payment_option.value,
            hourly_commitment_usd=usd(self.hourly_pico_usd),
            count=self.size if self.offer.kind in RESERVATIONS else None,
            upfront_usd=usd(self.upfront_pico_usd * net_share),
            monthly_cost_usd=usd(self.monthly_cost_pico_usd * net_share),
            monthly_savings_usd=usd(self.monthly_savings_pico_usd * net_share),
            monthly_savings_if_demand_falls_usd=usd(self.futures.falls_pico_usd * net_share),
            monthly_savings_if_demand_grows_usd=usd(self.futures.grows_pico_usd * net_share),
            monthly_loss_if_moved_away_usd=usd(-self.futures.gone_pico_usd * net_share),
            utilization_share=float(self.utilization_share),
            break_even_months=None if months is None else float(months),
            method=self.offer.method,
        )
