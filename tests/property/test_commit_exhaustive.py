"""What is bought against everything that could be bought.

`ADVISOR_COMMIT_CASES=1000` runs the full campaign, 1,000 markets and 500 with a plan owned: about a minute on one core.
"""

from __future__ import annotations

import os
import random
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from bill_estates import Estate
from commit_cases import MILL, Case, case
from commit_exhaustive import cheapest_pico_usd
from test_bill_oracle import decimal, slow_total

from advisor.catalog import load_catalog
from advisor.config import CommitmentPolicy
from advisor.plan.commit import Choice, best_commitments
from advisor.plan.meters import Meter, Offer
from advisor.terms import CommitmentKind, PaymentOption

CASES = int(os.environ.get("ADVISOR_COMMIT_CASES", "120"))
AT_ONCE = 20
MISSED = {234}
"""Beside an owned plan: two whole instances, a family's plan and the Compute plan would have to change at once."""
EVERYTHING = CommitmentPolicy(
    kinds=("COMPUTE_SP", "EC2_INSTANCE_SP", "RI_STANDARD"),
    terms_years=(1, 3),
    payment_options=("NO_UPFRONT", "PARTIAL_UPFRONT", "ALL_UPFRONT"),
    min_hourly_commitment_usd=0.0,
)


def bought(market: Case) -> Choice:
    return best_commitments(market.meters, market.usage, market.offers, EVERYTHING, owned=market.owned)


@pytest.mark.parametrize("first", range(0, CASES, AT_ONCE))
def test_nothing_that_could_be_bought_is_cheaper(first: int) -> None:
    """Families, terms, payment options, reservations and a Compute plan at every level: equal to the last digit."""
    dearer = {}
    for seed in range(first, min(first + AT_ONCE, CASES)):
        market = case(seed)
        cost, least = bought(market).bill.total_pico_usd, cheapest_pico_usd(market)
        assert cost >= least, f"case {seed}: the grid misses an optimum"
        if cost > least:
            dearer[seed] = float(cost / least - 1)
    assert not dearer


@pytest.mark.parametrize("first", range(0, CASES // 2, AT_ONCE))
def test_nothing_is_cheaper_beside_a_plan_that_is_owned(first: int) -> None:
    """What a family's commitment frees of an owned Compute plan covers other usage."""
    dearer = {}
    for seed in range(first, min(first + AT_ONCE, CASES // 2)):
        market = case(seed, owned=True)
        cost, least = bought(market).bill.total_pico_usd, cheapest_pico_usd(market)
        assert cost >= least, f"case {seed}: the grid misses an optimum"
        if cost > least:
            dearer[seed] = float(cost / least - 1)
    assert dearer.keys() <= MISSED
    assert all(share < 0.004 for share in dearer.values())


@pytest.mark.parametrize("seed", range(40))
def test_the_bill_of_what_is_bought_is_that_of_a_second_reading(seed: int) -> None:
    market = case(seed)
    choice = bought(market)
    owned = tuple(p.offer.buy(p.size) for p in choice.purchases)
    with localcontext() as context:
        context.prec = 80
        slow = slow_total(Estate(market.meters, tuple(map(tuple, market.usage)), owned), True)
        assert abs(decimal(choice.bill.total_pico_usd) / 10**12 - slow) < Decimal("1e-30")


@pytest.mark.parametrize("seed", range(150))
def test_one_plan_is_the_best_of_every_size_that_is_sold(seed: int) -> None:
    """Any prices, rates and quantities; every tenth of a cent up to more than all usage."""
    rng = random.Random(seed)
    on = [
        Meter(str(i), rng.randint(20, 40) * MILL + rng.randint(0, 999), scale=4)
        for i in range(rng.randint(1, 3))
    ]
    rates = {m.meter_id: m.od_pico_usd * rng.randint(40, 95) // 100 for m in on}
    usage = [[rng.randint(0, 9) for _ in on] for _ in range(rng.randint(1, 6))]
    order = sorted(range(len(on)), key=lambda i: (Fraction(rates[str(i)], on[i].od_pico_usd), rates[str(i)]))

    def cost(level: int) -> Fraction:
        total = Fraction(level * len(usage))
        for row in usage:
            left = Fraction(level)
            for i in order:
                hours = Fraction(row[i], 4)
                covered = min(hours, left / rates[str(i)])
                left -= covered * rates[str(i)]
                total += (hours - covered) * on[i].od_pico_usd
        return total

    most = max(sum(Fraction(q, 4) * rates[m.meter_id] for q, m in zip(row, on)) for row in usage)
    sizes = range(0, int(most) + 2 * MILL, MILL)
    offer = Offer(CommitmentKind.COMPUTE_SP, 1, PaymentOption.NO_UPFRONT, rates)
    choice = best_commitments(on, usage, [offer], EVERYTHING)
    assert choice.bill.total_pico_usd == min(cost(size) for size in sizes)


def test_a_longer_term_or_an_earlier_payment_costs_no_more() -> None:
    """Why one term of a kind is enough: AWS's list has no plan that is cheaper on some usage and dearer on other."""
    payments = list(PaymentOption)
    table = load_catalog().commitments("us-east-1")
    keep = {
        (r["kind"], r["scope"], r["term_years"], payments.index(r["payment_option"])): 1
        - Fraction(r["discount_share"])
        for r in table.iter_rows(named=True)
    }
    dearer = {
        (key, other)
        for (kind, scope, term, payment), share in keep.items()
        for other in ((kind, scope, term, payment + 1), (kind, scope, 3, payment))
        if keep.get(other, share) > share and (key := (kind, scope, term, payment))
    }
    assert not dearer
