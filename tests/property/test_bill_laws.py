"""Laws that every bill obeys, whatever the estate (metamorphic relations M02, M05, M16, M17, M18)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from bill_estates import Estate, estates, meters, plan
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from advisor.plan.bill import Bill, bill, in_force
from advisor.plan.meters import RESERVATIONS, Owned
from advisor.terms import CommitmentKind

ORDER = {CommitmentKind.EC2_INSTANCE_SP: 1, CommitmentKind.COMPUTE_SP: 2}


def billed(estate: Estate, sharing: bool = True) -> Bill:
    return bill(estate.meters, estate.usage, estate.owned, sharing=sharing)


@given(estates(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_nothing_is_covered_twice_or_lost(estate: Estate, sharing: bool) -> None:
    result = billed(estate, sharing)
    for row, rest, covers in zip(estate.usage, result.uncovered, result.covers, strict=True):
        for m, quantity in enumerate(row):
            parts = [q for _, meter, q in covers if meter == m]
            assert rest[m] >= 0
            assert all(p > 0 for p in parts)
            assert rest[m] + sum(parts) == quantity
    assert all(0 <= share <= 1 for share in result.utilization_share.values())


@given(estates(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_parts_add_up_to_the_total(estate: Estate, sharing: bool) -> None:
    result = billed(estate, sharing)
    total = result.total_pico_usd
    assert sum(result.effective_pico_usd.values()) + sum(result.unused_pico_usd.values()) == total
    assert sum(result.hour_pico_usd(h) for h in range(result.hours)) == total
    paid = sum(result.commitment_pico_usd.values())
    assert paid <= total <= paid + bill(estate.meters, estate.usage).total_pico_usd


@given(estates(), st.integers(1, 1000))
@settings(max_examples=60, deadline=None)
def test_prices_times_k_is_cost_times_k(estate: Estate, k: int) -> None:
    dearer = Estate(
        tuple(replace(m, od_pico_usd=m.od_pico_usd * k) for m in estate.meters),
        estate.usage,
        tuple(
            replace(o, hourly_pico_usd=o.hourly_pico_usd * k, rates={m: r * k for m, r in o.rates.items()})
            for o in estate.owned
        ),
    )
    assert billed(dearer).total_pico_usd == k * billed(estate).total_pico_usd
    assert billed(dearer).covers == billed(estate).covers


@given(estates(), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_window_in_two_parts_costs_the_same(estate: Estate, cut: int) -> None:
    first = bill(estate.meters, estate.usage[:cut], estate.owned)
    second = bill(estate.meters, estate.usage[cut:], estate.owned, first_hour=cut)
    assert first.total_pico_usd + second.total_pico_usd == billed(estate).total_pico_usd


@given(estates(), st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=60, deadline=None)
def test_order_of_rows_is_irrelevant(estate: Estate, random: object, sharing: bool) -> None:
    columns = list(range(len(estate.meters)))
    owned = list(estate.owned)
    random.shuffle(columns)  # type: ignore[attr-defined]
    random.shuffle(owned)  # type: ignore[attr-defined]
    usage = tuple(tuple(row[c] for c in columns) for row in estate.usage)
    shuffled = billed(Estate(tuple(estate.meters[c] for c in columns), usage, tuple(owned)), sharing)
    plain = billed(estate, sharing)
    assert shuffled.total_pico_usd == plain.total_pico_usd
    assert shuffled.effective_pico_usd == plain.effective_pico_usd
    assert shuffled.covered == plain.covered


@given(estates())
@settings(max_examples=60, deadline=None)
def test_without_sharing_no_account_pays_for_another(estate: Estate) -> None:
    result = billed(estate, sharing=False)
    for covers in result.covers:
        assert all(result.owned[o].account_id == result.meters[m].account_id for o, m, _ in covers)


def levels(data: st.DataObject) -> tuple[Estate, Owned]:
    on = data.draw(meters())
    compute = replace(
        data.draw(plan("p", on, CommitmentKind.COMPUTE_SP)), account_id="", first_hour=0, end_hour=None
    )
    usage = tuple(tuple(data.draw(st.integers(0, 5)) * m.scale for m in on) for _ in range(3))
    return Estate(on, usage, ()), compute


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_plan_from_nothing_to_everything(data: st.DataObject) -> None:
    """M16: no commitment is on-demand; a huge one is everything at plan rates plus waste; convex between."""
    estate, compute = levels(data)

    def total(hourly: int) -> Fraction:
        sized = replace(compute, hourly_pico_usd=hourly)
        result = bill(estate.meters, estate.usage, [sized])
        at_rates = sum(q * compute.rates[m] for (_, m), q in result.covered.items())
        on_demand = sum(result.on_demand_pico_usd.values())
        assert result.total_pico_usd == at_rates + on_demand + result.unused_pico_usd["p"]
        return result.total_pico_usd

    assert total(0) == bill(estate.meters, estate.usage).total_pico_usd
    huge = 10**20
    everything = Fraction(3 * huge)
    for row in estate.usage:
        for meter, quantity in zip(estate.meters, row, strict=True):
            if meter.meter_id not in compute.rates:
                everything += Fraction(quantity * meter.od_pico_usd, meter.scale)
    assert total(huge) == everything
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, 4000)] * 2)))
    a, b, c = total(low * 2 * 10**9), total((low + high) * 10**9), total(high * 2 * 10**9)
    assert 2 * b <= a + c


@given(estates())
@settings(max_examples=100, deadline=None)
def test_reservations_fill_the_smallest_first(estate: Estate) -> None:
    """M17: units used never exceed units owned; a larger size is touched only when no smaller one is left."""
    owned = tuple(o for o in estate.owned if o.kind in RESERVATIONS and o.normalization_units is not None)
    result = bill(estate.meters, estate.usage, owned)
    for rest, covers in zip(result.uncovered, result.covers, strict=True):
        for o, reservation in enumerate(owned):
            mine = [(m, q) for owner, m, q in covers if owner == o]
            used = sum(
                Fraction(q) / estate.meters[m].scale * (estate.meters[m].normalization_units or 0)
                for m, q in mine
            )
            assert used <= reservation.count * (reservation.normalization_units or 0)
            for covered, _ in mine:
                touched = estate.meters[covered]
                own = touched.account_id == reservation.account_id
                for m, meter in enumerate(estate.meters):
                    smaller = (meter.normalization_units or 0) < (touched.normalization_units or 0)
                    related = meter.instance_family == touched.instance_family
                    same_side = (meter.account_id == reservation.account_id) == own
                    if smaller and related and same_side:
                        assert rest[m] == 0


@given(estates())
@settings(max_examples=100, deadline=None)
def test_a_later_kind_covers_only_what_an_earlier_one_left(estate: Estate) -> None:
    """M18: RIs, EC2 Instance plans, Compute plans: a later kind never changes an earlier one's cover."""
    full = billed(estate)
    for rank in (0, 1):
        earlier = tuple(o for o in estate.owned if ORDER.get(o.kind, 0) <= rank)
        kept = {o.owned_id for o in earlier}
        alone = bill(estate.meters, estate.usage, earlier).covered
        assert {key: q for key, q in full.covered.items() if key[0] in kept} == alone


@given(estates())
@settings(max_examples=60, deadline=None)
def test_a_commitment_out_of_force_covers_nothing(estate: Estate) -> None:
    assume(estate.owned)
    result = billed(estate)
    for hour, covers in enumerate(result.covers):
        assert all(in_force(result.owned[o], hour) for o, _, _ in covers)
