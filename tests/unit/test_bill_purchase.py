"""What buying means: which offers compete, what is prepaid, when it has paid for itself."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from advisor.config import CommitmentPolicy
from advisor.plan.bill import bill
from advisor.plan.commit import best_commitments
from advisor.plan.meters import Meter, Offer, Owned, discounted_rates, instance_meter
from advisor.plan.purchase import UPFRONT_SHARE, Purchase, amortized_pico_usd
from advisor.plan.regret import Futures
from advisor.terms import CommitmentKind, PaymentOption

DOLLAR = 10**12
HOUR = 3600
REGION = "us-east-1"
LARGE = instance_meter("m5.large", DOLLAR, region=REGION)
XLARGE = instance_meter("m5.xlarge", 2 * DOLLAR, region=REGION)
OTHER = instance_meter("c5.large", DOLLAR, region=REGION)
METERS = [LARGE, XLARGE, OTHER]
UNCHANGED = Futures(Fraction(0), Fraction(0), Fraction(0))
STEADY = [[2 * HOUR, HOUR, HOUR]] * 24


def compute(share: str, **more: Any) -> Offer:
    rates = discounted_rates(METERS, {m.meter_id: share for m in METERS})
    offer = Offer(CommitmentKind.COMPUTE_SP, 1, PaymentOption.NO_UPFRONT, rates)
    return replace(offer, **more)


def family(share: str) -> Offer:
    rates = discounted_rates([LARGE, XLARGE], {m.meter_id: share for m in METERS})
    return Offer(
        CommitmentKind.EC2_INSTANCE_SP, 1, PaymentOption.NO_UPFRONT, rates, scope="m5", region=REGION
    )


def reserved(scope: str, dollars: str, units: int | None) -> Offer:
    return Offer(
        CommitmentKind.RI_STANDARD, 1, PaymentOption.NO_UPFRONT, scope=scope, region=REGION,
        unit_pico_usd=int(Fraction(dollars) * DOLLAR),
        normalization_units=None if units is None else Fraction(units),
    )  # fmt: skip


ALL = CommitmentPolicy(kinds=("COMPUTE_SP", "EC2_INSTANCE_SP", "RI_STANDARD"), terms_years=(1, 3))


def test_steady_usage_is_bought_whole_and_each_family_by_its_best() -> None:
    choice = best_commitments(METERS, STEADY, [compute("0.27"), family("0.34")], ALL)
    sizes = {p.offer.kind: p.size for p in choice.purchases}
    assert sizes == {
        CommitmentKind.EC2_INSTANCE_SP: 4 * 660 * 10**9,
        CommitmentKind.COMPUTE_SP: 730 * 10**9,
    }
    assert all(p.utilization_share == 1 for p in choice.purchases)
    assert choice.bill.total_pico_usd == 24 * (4 * 660 + 730) * 10**9


def test_a_reservation_is_bought_in_the_smallest_size_used() -> None:
    offers = [reserved("m5.xlarge", "1.2", 8), reserved("m5.large", "0.6", 4), reserved("m5.nano", "0.01", 1)]
    choice = best_commitments(METERS, STEADY, offers, ALL)
    assert [(p.offer.scope, p.size) for p in choice.purchases] == [("m5.large", 4)]
    assert choice.mix == "FAMILY"


def test_plans_and_reservations_of_a_family_compete() -> None:
    cheaper = best_commitments(METERS, STEADY, [family("0.34"), reserved("m5.large", "0.6", 4)], ALL)
    assert [p.offer.kind for p in cheaper.purchases] == [CommitmentKind.RI_STANDARD]
    dearer = best_commitments(METERS, STEADY, [family("0.34"), reserved("m5.large", "0.7", 4)], ALL)
    assert [p.offer.kind for p in dearer.purchases] == [CommitmentKind.EC2_INSTANCE_SP]


def test_the_newsvendor_level() -> None:
    """27 % off pays from a usage of 73 % of hours on: 8 of 10 hours do, 7 do not (algorithms: newsvendor)."""
    for busy, size in ((8, 730 * 10**9), (7, 0)):
        usage = [[HOUR, 0, 0]] * busy + [[0, 0, 0]] * (10 - busy)
        choice = best_commitments(METERS, usage, [compute("0.27")], ALL)
        assert sum(p.size for p in choice.purchases) == size
        assert choice.mix == ("COMPUTE_SP" if size else "NONE")


def test_what_is_owned_comes_first() -> None:
    rates = compute("0.27").rates
    owned = [Owned("mine", CommitmentKind.COMPUTE_SP, 5 * 730 * 10**9, rates)]
    choice = best_commitments(METERS, STEADY, [compute("0.3")], ALL, owned=owned)
    assert choice.mix == "NONE"
    assert choice.bill.total_pico_usd == choice.before.total_pico_usd == 24 * 5 * 730 * 10**9


@pytest.mark.parametrize(
    "policy",
    [
        CommitmentPolicy(allowed=False),
        CommitmentPolicy(kinds=("EC2_INSTANCE_SP",)),
        CommitmentPolicy(terms_years=(3,)),
        CommitmentPolicy(payment_options=("ALL_UPFRONT",)),
        CommitmentPolicy(min_hourly_commitment_usd=3.651),
    ],
)
def test_policy_can_forbid_it(policy: CommitmentPolicy) -> None:
    assert best_commitments(METERS, STEADY, [compute("0.27")], CommitmentPolicy()).purchases
    assert best_commitments(METERS, STEADY, [compute("0.27")], policy).purchases == ()


def test_longer_terms_win_when_allowed() -> None:
    three = compute("0.5", term_years=3)
    assert best_commitments(METERS, STEADY, [compute("0.27"), three], ALL).purchases[0].offer.term_years == 3
    assert (
        best_commitments(METERS, STEADY, [compute("0.27"), three], CommitmentPolicy())
        .purchases[0]
        .offer.term_years
        == 1
    )


def test_without_sharing_each_account_buys_its_own() -> None:
    meters = [Meter(a, DOLLAR, account_id=a) for a in ("1", "2")]
    offers = [
        Offer(
            CommitmentKind.COMPUTE_SP,
            1,
            PaymentOption.NO_UPFRONT,
            {"1": DOLLAR // 2, "2": DOLLAR // 2},
            account_id=a,
        )
        for a in ("1", "2")
    ]
    choice = best_commitments(meters, [[HOUR, 2 * HOUR]] * 3, offers, CommitmentPolicy(), sharing=False)
    assert [p.size for p in choice.purchases] == [DOLLAR // 2, DOLLAR]
    assert choice.bill.total_pico_usd == 3 * 3 * DOLLAR // 2


def test_regret_when_demand_changes() -> None:
    """One dollar of usage at 27 % off: at 70 % of it, 0.70 of demand is met by a commitment of 0.73."""
    choice = best_commitments([LARGE], [[HOUR]] * 10, [compute("0.27")], CommitmentPolicy())
    (purchase,) = choice.purchases
    assert purchase.monthly_savings_pico_usd == 730 * 27 * DOLLAR // 100
    assert purchase.futures.falls_pico_usd == -730 * 3 * DOLLAR // 100
    assert purchase.futures.grows_pico_usd == purchase.monthly_savings_pico_usd, "the rest is on demand"
    assert purchase.futures.gone_pico_usd == -730 * 73 * DOLLAR // 100
    noun = purchase.noun(Fraction(9, 10))
    assert noun.monthly_savings_if_demand_falls_usd == pytest.approx(-730 * 0.03 * 0.9)
    assert noun.monthly_loss_if_moved_away_usd == noun.monthly_cost_usd


def test_only_what_a_commitment_can_cover_changes() -> None:
    """A family plan whose family shrinks: the Compute plan's usage stays, and takes what is freed of nothing."""
    choice = best_commitments(METERS, STEADY, [compute("0.27"), family("0.34")], ALL)
    m5, rest = choice.purchases
    assert m5.futures.falls_pico_usd == 730 * 4 * (700 - 660) * 10**9
    assert rest.futures.gone_pico_usd == -730 * 730 * 10**9
    # without the Compute plan the m5 plan still covers all of a smaller m5, so that only c5 counts
    assert rest.futures.falls_pico_usd == 730 * (700 - 730) * 10**9


@pytest.mark.parametrize(
    ("option", "upfront"), [("NO_UPFRONT", 0), ("PARTIAL_UPFRONT", 438), ("ALL_UPFRONT", 876)]
)
def test_prepayment_and_break_even(option: str, upfront: int) -> None:
    """$0.10 an hour for a year is $876, owed however it is paid; on-demand would be $173 a month."""
    offer = compute("0.27", payment_option=PaymentOption(option))
    purchase = Purchase(offer, DOLLAR // 10, DOLLAR // 10, Fraction(100 * DOLLAR), Fraction(1), UNCHANGED)
    assert purchase.upfront_pico_usd == upfront * DOLLAR
    assert purchase.monthly_cost_pico_usd == 73 * DOLLAR
    assert purchase.break_even_months == pytest.approx(876 / 173)
    noun = purchase.noun()
    assert (noun.upfront_usd, noun.hourly_commitment_usd, noun.count) == (upfront, 0.1, None)


def payments(purchase: Purchase) -> list[Fraction]:
    """Return what is paid on the day of purchase and after each month of the term."""
    total = Fraction(purchase.hourly_pico_usd * 8760 * purchase.offer.term_years)
    upfront = total * UPFRONT_SHARE[purchase.offer.payment_option]
    months = 12 * purchase.offer.term_years
    return [upfront, *[(total - upfront) / months] * months]


@pytest.mark.parametrize("years", [1, 3])
@pytest.mark.parametrize("option", list(PaymentOption))
@pytest.mark.parametrize("used", [1, 5, 10, 24])
def test_break_even_month_by_month(years: int, option: PaymentOption, used: int) -> None:
    """Use ends after so many whole months, all payments of the term are owed: the first month that is worth them."""
    offer = compute("0.5", payment_option=option, term_years=years)
    usage = [[HOUR, 0, 0]] * used + [[0, 0, 0]] * (24 - used)
    with_it = bill([*METERS], usage, [offer.buy(DOLLAR // 2)]).total_pico_usd
    saved = (bill([*METERS], usage).total_pico_usd - with_it) * Fraction(730, 24)
    purchase = Purchase(offer, DOLLAR // 2, DOLLAR // 2, saved, Fraction(used, 24), UNCHANGED)
    owed = sum(payments(purchase))
    on_demand, first = Fraction(0), None
    for month in range(1, 12 * years + 1):
        on_demand += Fraction(730 * used, 24) * DOLLAR
        if first is None and on_demand >= owed:
            first = month
    even = purchase.break_even_months
    assert first == (None if even is None else math.ceil(even))
    if option is PaymentOption.ALL_UPFRONT and even is not None:
        assert even == payments(purchase)[0] / (Fraction(730 * used, 24) * DOLLAR), "the day its cash is back"


def test_a_purchase_that_loses_never_breaks_even() -> None:
    offer = compute("0.27", payment_option=PaymentOption.ALL_UPFRONT)
    losing = Purchase(offer, DOLLAR, DOLLAR, Fraction(-1), Fraction(0), UNCHANGED)
    assert losing.break_even_months is None
    assert losing.noun().break_even_months is None


def test_payment_in_advance_is_spread_over_the_term() -> None:
    assert amortized_pico_usd(8760 * DOLLAR, 7, 1) == DOLLAR + 7
    assert amortized_pico_usd(8760 * DOLLAR, 0, 3) == Fraction(DOLLAR, 3)
