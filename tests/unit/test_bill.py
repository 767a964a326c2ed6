"""Single rules of the bill, each by a case small enough to check by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from advisor.errors import InputError
from advisor.plan.bill import bill
from advisor.plan.hourly import HourlyUsage
from advisor.plan.meters import (
    CPU_SCALE,
    Meter,
    Owned,
    discounted,
    discounted_rates,
    instance_meter,
    normalization_units,
)
from advisor.terms import CommitmentKind

DOLLAR = 10**12
HOUR = 3600


def compute(name: str, dollars: str, rates: dict[str, int], **more: Any) -> Owned:
    return Owned(name, CommitmentKind.COMPUTE_SP, int(Fraction(dollars) * DOLLAR), rates, **more)


def test_unused_commitment_of_an_hour_is_lost() -> None:
    meter = Meter("m", DOLLAR)
    result = bill([meter], [[HOUR], [0], [2 * HOUR]], [compute("p", "0.5", {"m": DOLLAR // 2})])
    assert result.total_pico_usd == 3 * DOLLAR // 2 + DOLLAR
    assert [result.hour_pico_usd(h) for h in range(3)] == [DOLLAR // 2, DOLLAR // 2, 3 * DOLLAR // 2]
    assert result.utilization_share == {"p": Fraction(2, 3)}
    assert result.unused_pico_usd == {"p": DOLLAR // 2}
    assert result.covered == {("p", "m"): 2}


def test_partial_cover_is_exact() -> None:
    meter = Meter("m", 7 * DOLLAR, scale=CPU_SCALE)
    result = bill([meter], [[CPU_SCALE]], [compute("p", "1", {"m": 3 * DOLLAR})])
    assert result.covered == {("p", "m"): Fraction(1, 3)}
    assert result.total_pico_usd == DOLLAR + Fraction(14, 3) * DOLLAR
    assert result.effective_pico_usd == {"m": result.total_pico_usd}


def test_instance_plan_goes_before_a_better_compute_plan() -> None:
    meter = instance_meter("m5.large", DOLLAR, region="r")
    ec2 = Owned(
        "e", CommitmentKind.EC2_INSTANCE_SP, DOLLAR, {meter.meter_id: 9 * DOLLAR // 10}, "m5", region="r"
    )
    result = bill([meter], [[HOUR]], [compute("c", "1", {meter.meter_id: DOLLAR // 2}), ec2])
    assert result.covered == {("e", meter.meter_id): 1}


@pytest.mark.parametrize(("family", "region"), [("c5", "r"), ("m5", "elsewhere")])
def test_instance_plan_stays_in_its_family_and_region(family: str, region: str) -> None:
    meter = instance_meter("m5.large", DOLLAR, region="r")
    plan = Owned("e", CommitmentKind.EC2_INSTANCE_SP, DOLLAR, {meter.meter_id: 1}, family, region=region)
    assert bill([meter], [[HOUR]], [plan]).covered == {}


def test_owner_comes_before_a_higher_saving_elsewhere() -> None:
    meters = [Meter("own", DOLLAR, account_id="1"), Meter("other", DOLLAR, account_id="2")]
    plan = compute("p", "0.9", {"own": 9 * DOLLAR // 10, "other": DOLLAR // 2}, account_id="1")
    assert bill(meters, [[HOUR, HOUR]], [plan]).covered == {("p", "own"): 1}
    idle = [[0, HOUR]]
    assert bill(meters, idle, [plan]).covered == {("p", "other"): 1}
    assert bill(meters, idle, [plan], sharing=False).covered == {}


def test_plans_of_a_type_apply_together_best_saving_first() -> None:
    meters = [Meter("a", DOLLAR), Meter("b", DOLLAR)]
    one = compute("one", "0.7", {"a": 7 * DOLLAR // 10, "b": 8 * DOLLAR // 10})
    three = compute("three", "0.5", {"a": DOLLAR // 2, "b": 6 * DOLLAR // 10})
    result = bill(meters, [[HOUR, HOUR]], [one, three])
    # three covers a at 50 %, one has nothing left there and covers 7/8 of b at 20 %
    assert result.covered == {("three", "a"): 1, ("one", "b"): Fraction(7, 8)}


def test_reservation_prefers_its_own_account_and_keeps_its_system() -> None:
    meters = [
        instance_meter("m5.large", DOLLAR, account_id=a, region="r", operating_system=system)
        for a, system in (("1", "LINUX"), ("2", "LINUX"), ("1", "WINDOWS"))
    ]
    owned = Owned(
        "ri", CommitmentKind.RI_STANDARD, 0, scope="m5.large", account_id="1", region="r", count=1,
        normalization_units=Fraction(4),
    )  # fmt: skip
    result = bill(meters, [[HOUR // 2, HOUR, HOUR]], [owned])
    assert result.covered == {
        ("ri", meters[0].meter_id): Fraction(1, 2),
        ("ri", meters[1].meter_id): Fraction(1, 2),
    }


def test_reservation_without_size_flexibility_keeps_its_size() -> None:
    meters = [instance_meter(t, DOLLAR, size_flexible=False) for t in ("g5.xlarge", "g5.2xlarge")]
    owned = Owned("ri", CommitmentKind.RI_STANDARD, 0, scope="g5.2xlarge", count=1)
    assert bill(meters, [[HOUR, HOUR]], [owned]).covered == {("ri", meters[1].meter_id): 1}


def test_zonal_reservation_leaves_other_zones_alone() -> None:
    meters = [instance_meter("m5.large", DOLLAR, availability_zone=z) for z in ("a", "b")]
    owned = Owned("ri", CommitmentKind.RI_STANDARD, 0, scope="m5.large", count=2, availability_zone="a")
    assert bill(meters, [[HOUR, HOUR]], [owned]).covered == {("ri", meters[0].meter_id): 1}


def test_a_term_that_ends_is_not_paid_on() -> None:
    plan = compute("p", "1", {"m": DOLLAR}, first_hour=1, end_hour=3)
    result = bill([Meter("m", 2 * DOLLAR)], [[HOUR]] * 4, [plan])
    assert result.commitment_pico_usd == {"p": 2 * DOLLAR}
    assert result.total_pico_usd == 2 * DOLLAR + 4 * DOLLAR
    assert result.utilization_share == {"p": 1}


def test_nothing_is_billed_for_nothing() -> None:
    assert bill([], []).total_pico_usd == 0
    assert bill([Meter("m", DOLLAR)], []).total_pico_usd == 0
    assert bill([], [[]], [compute("p", "1", {})]).total_pico_usd == DOLLAR


@pytest.mark.parametrize(
    ("meters", "usage", "owned", "message"),
    [
        ([Meter("m", 1), Meter("m", 1)], [], [], "meters are not unique"),
        ([Meter("m", 1)], [[1, 2]], [], "has 2 quantities for 1 meters"),
        ([Meter("m", 1)], [[0], [-1]], [], "hour 1 of a bill has negative usage"),
        ([Meter("m", 1)], [], [compute("p", "1", {}), compute("p", "1", {})], "commitments are not unique"),
    ],
)
def test_bad_bills_are_refused(
    meters: list[Meter], usage: list[list[int]], owned: list[Owned], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        bill(meters, usage, owned)


def test_bad_nouns_are_refused() -> None:
    with pytest.raises(InputError, match="out of range"):
        Meter("m", -1)
    with pytest.raises(InputError, match="rate is not above zero"):
        compute("p", "1", {"m": 0})
    with pytest.raises(InputError, match="negative"):
        compute("p", "-1", {})


def test_discounts_read_floats_as_they_print() -> None:
    assert discounted(40_480_000_000, 0.27) == 29_550_400_000
    assert discounted(3, Fraction(1, 2)) == 2
    meters = [Meter("a", 100), Meter("b", 100), Meter("free", 0)]
    assert discounted_rates(meters, {"a": 0.2, "free": 0.2}) == {"a": 80}


@pytest.mark.parametrize(
    ("name", "units"), [("m7i.metal-24xl", 192), ("i3.metal", None), ("u-6tb1.112xlarge", 896)]
)
def test_units_of_unusual_sizes(name: str, units: int | None) -> None:
    assert normalization_units(name) == units


def test_kind_comes_before_ownership() -> None:
    """Another account's EC2 Instance plan goes before one's own Compute plan; a reservation before both."""
    meter = instance_meter("m5.large", DOLLAR, account_id="1", region="r")
    rates = {meter.meter_id: DOLLAR // 2}
    own = compute("own", "0.5", rates, account_id="1")
    other = Owned("ec2", CommitmentKind.EC2_INSTANCE_SP, DOLLAR // 2, rates, "m5", account_id="2", region="r")
    assert bill([meter], [[HOUR]], [own, other]).covered == {("ec2", meter.meter_id): 1}
    reserved = Owned(
        "ri", CommitmentKind.RI_CONVERTIBLE, 0, scope="m5.large", account_id="3", region="r", count=1,
        normalization_units=Fraction(4),
    )  # fmt: skip
    mine = Owned("mine", CommitmentKind.EC2_INSTANCE_SP, DOLLAR, rates, "m5", account_id="1", region="r")
    assert bill([meter], [[HOUR]], [mine, own, reserved]).covered == {("ri", meter.meter_id): 1}


def test_own_zonal_then_own_regional_then_the_organization() -> None:
    meters = [
        instance_meter("m5.large", DOLLAR, account_id=a, region="r", availability_zone="a", meter_id=a)
        for a in "12"
    ]
    regional = Owned(
        "regional", CommitmentKind.RI_STANDARD, 0, scope="m5.large", account_id="1", region="r", count=1,
        normalization_units=Fraction(4),
    )  # fmt: skip
    zonal = Owned(
        "zonal", CommitmentKind.RI_STANDARD, 0, scope="m5.large", account_id="1", region="r", count=1,
        availability_zone="a",
    )  # fmt: skip
    assert bill(meters, [[HOUR, HOUR]], [regional, zonal]).covered == {
        ("zonal", "1"): 1,
        ("regional", "2"): 1,
    }


def test_smallest_sizes_first_also_across_reservations() -> None:
    meters = [instance_meter(f"m5.{size}", DOLLAR, meter_id=size) for size in ("2xlarge", "large", "xlarge")]
    reservations = [
        Owned(
            f"ri{n}",
            CommitmentKind.RI_STANDARD,
            0,
            scope="m5.large",
            count=n,
            normalization_units=Fraction(4),
        )
        for n in (1, 3)
    ]
    covered = bill(meters, [[HOUR, HOUR, HOUR]], reservations).covered
    assert covered == {("ri1", "large"): 1, ("ri3", "xlarge"): 1, ("ri3", "2xlarge"): Fraction(1, 4)}


def test_usage_is_scaled_exactly_also_beyond_64_bits() -> None:
    for big in (3, 2**62):
        usage = HourlyUsage.of([[big, 5], [0, 7]], 2)
        more = usage.times(13, [0])
        assert more.rows == ((13 * big, 5), (0, 7))
        assert (more.cells is None) == (big > 3)
        assert usage.rows == ((big, 5), (0, 7))
