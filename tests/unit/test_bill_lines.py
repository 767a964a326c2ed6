"""Lines of Fargate, of what comes with an instance, and of who bears a shared one."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import CatalogError, InputError
from advisor.plan.bill import bill
from advisor.plan.fargate_bill import FargateRates, billed_seconds, fargate_lines, fargate_meters
from advisor.plan.instance_bill import (
    EC2_MINIMUM_S,
    address_pico_usd,
    after_private_discount,
    managed_instances_fee_pico_usd,
    surplus_credits_pico_usd,
    volume_pico_usd,
)
from advisor.plan.split_cost import TaskShare, split_cost
from advisor.units import cents, pico_usd

RATES = FargateRates(pico_usd("0.046552"), pico_usd("0.00511175"), pico_usd("0.000111"), pico_usd("0.046"))


@pytest.mark.parametrize(
    ("run", "billed"), [("20", 60), ("61.2", 62), ("0", 0), ("3600", 3600), ("60.0000001", 61)]
)
def test_billed_seconds(run: str, billed: int) -> None:
    assert billed_seconds(run, 60) == billed
    assert billed_seconds(Fraction(run), EC2_MINIMUM_S) == billed


def test_a_run_cannot_last_less_than_nothing() -> None:
    with pytest.raises(InputError, match="-1 s"):
        billed_seconds(-1, 60)


def test_windows_pays_a_licence_per_vcpu() -> None:
    lines = fargate_lines(3600, 2048, 4096, RATES, windows=True)
    assert lines.windows_licence == 2 * pico_usd("0.046")
    assert lines.total == 2 * pico_usd("0.092552") + 4 * pico_usd("0.00511175")


def test_a_missing_price_is_not_zero() -> None:
    bare = FargateRates(1, 1)
    assert fargate_lines(3600, 1024, 1024, bare).total == 2
    with pytest.raises(CatalogError, match="ephemeral"):
        fargate_lines(3600, 1024, 1024, bare, ephemeral_gib=21)
    with pytest.raises(CatalogError, match="Windows"):
        fargate_lines(3600, 1024, 1024, bare, windows=True)


@given(st.integers(0, 10**6), st.sampled_from([256, 512, 2048]), st.integers(512, 8192), st.integers(20, 200))
def test_meters_bill_what_the_lines_say(seconds: int, cpu: int, memory: int, disk: int) -> None:
    meters = fargate_meters("f", RATES)
    row = [seconds * cpu, seconds * memory, seconds * (disk - 20), seconds * cpu]
    lines = fargate_lines(seconds, cpu, memory, RATES, ephemeral_gib=disk, windows=True)
    assert bill(meters, [row]).total_pico_usd == lines.total
    assert [m.meter_id for m in meters] == ["f/vcpu", "f/gb", "f/ephemeral", "f/windows"]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_seconds_add_up(first: int, second: int) -> None:
    def total(seconds: int) -> Fraction:
        return fargate_lines(seconds, 256, 512, RATES, ephemeral_gib=33).total

    assert total(first) + total(second) == total(first + second)


def test_what_comes_with_an_instance() -> None:
    assert cents(volume_pico_usd(30, pico_usd("0.08"), 730)) == cents(pico_usd("2.40"))
    assert cents(address_pico_usd(730 * 3600, pico_usd("0.005"))) == cents(pico_usd("3.65"))
    assert managed_instances_fee_pico_usd(pico_usd("0.306"), 0.12, 1800) == pico_usd("0.01836")
    assert after_private_discount(pico_usd("10"), 0.05) == pico_usd("9.5")


def test_surplus_credits_are_the_mean_above_the_baseline() -> None:
    """A t3.medium at 100 % for 12 h and idle for 12: (0.5 − 0.2) · 2 vCPU · 24 h · $0.05 = $0.72."""
    price = pico_usd("0.05")
    day = [(12 * 3600, 2), (12 * 3600, 0)]
    assert surplus_credits_pico_usd(day, 2, 0.2, price) == pico_usd("0.72")
    assert surplus_credits_pico_usd([(86_400, Fraction(2, 5))], 2, 0.2, price) == 0
    assert surplus_credits_pico_usd([], 2, 0.2, price) == 0


SHARES = st.builds(
    TaskShare,
    st.text(max_size=3),
    st.integers(0, 4),
    st.integers(0, 16),
    st.none() | st.fractions(0, 8, max_denominator=50),
    st.none() | st.fractions(0, 32, max_denominator=50),
)


@given(
    st.integers(0, 10**13), st.integers(1, 64), st.integers(1, 256), st.lists(SHARES, min_size=1, max_size=8)
)
def test_split_parts_add_up_exactly(cost: int, vcpu: int, memory: int, tasks: list[TaskShare]) -> None:
    if not any(t.vcpu or t.gb for t in tasks):
        with pytest.raises(InputError, match="no task"):
            split_cost(cost, vcpu, memory, tasks)
        return
    parts = split_cost(cost, vcpu, memory, tasks)
    assert sum(p.total_pico_usd for p in parts) == cost
    assert all(p.split_pico_usd >= 0 and p.unused_pico_usd >= 0 for p in parts)
    backwards = split_cost(cost, vcpu, memory, tasks[::-1])
    assert [p.total_pico_usd for p in backwards[::-1]] == [p.total_pico_usd for p in parts]


def test_a_full_instance_has_nothing_unused() -> None:
    parts = split_cost(52, 4, 16, [TaskShare("a", 3, 8), TaskShare("b", 1, 8)])
    assert [p.split_pico_usd for p in parts] == [35, 17]
    assert [p.unused_pico_usd for p in parts] == [0, 0]
