"""Lines of Fargate, of what comes with an instance, and of who bears a shared one."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import CatalogError, InputError
from advisor.plan.fargate_bill import FargateRates, fargate_lines
from advisor.plan.instance_bill import managed_instances_fee_pico_usd, volume_pico_usd
from advisor.plan.split_cost import TaskShare, split_cost
from advisor.units import cents, pico_usd

RATES = FargateRates(pico_usd("0.046552"), pico_usd("0.00511175"), pico_usd("0.000111"), pico_usd("0.046"))


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


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_seconds_add_up(first: int, second: int) -> None:
    def total(seconds: int) -> Fraction:
        return fargate_lines(seconds, 256, 512, RATES, ephemeral_gib=33).total

    assert total(first) + total(second) == total(first + second)


def test_what_comes_with_an_instance() -> None:
    assert cents(volume_pico_usd(30, pico_usd("0.08"), 730)) == cents(pico_usd("2.40"))
    assert managed_instances_fee_pico_usd(pico_usd("0.306"), 0.12, 1800) == pico_usd("0.01836")


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
