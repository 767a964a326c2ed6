"""The core's bill against the one in Python, which is slow and cannot overflow."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import pytest
from bill_estates import Estate, estates
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advisor import core
from advisor.errors import InputError
from advisor.plan.bill import bill
from advisor.plan.draw import Draw
from advisor.plan.drawn import Drawn, drawn, drawn_here
from advisor.plan.hourly import HourlyUsage
from advisor.plan.meters import finer

LONG = 10**14
"""Weights of real bills are a little below."""


class Case(NamedTuple):
    usage: HourlyUsage
    draws: tuple[Draw, ...]
    capacity: tuple[int, ...]
    in_force: tuple[range, ...]


def by_core(case: Case) -> core.HoursBill | None:
    assert case.usage.cells is not None
    owned = [(full, rows.start, rows.stop) for full, rows in zip(case.capacity, case.in_force, strict=True)]
    return core.bill_hours(case.usage.cells, case.usage.meters, case.draws, owned)


def same(found: Drawn, expected: Drawn) -> bool:
    assert all(0 <= q < 2**63 for q in found.floors)
    return (
        found.uncovered == expected.uncovered
        and list(found.covered.items()) == list(expected.covered.items())
        and list(found.floors) == list(expected.floors)
    )


@st.composite
def cases(draw: st.DrawFn, quanta: int, weight: int) -> Case:
    """Draw commitments that mostly run out, several in the same meter."""
    meters, hours, owned = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(0, 4))
    used = st.one_of(st.just(0), st.integers(1, quanta))
    rows = [[draw(used) for _ in range(meters)] for _ in range(hours)]
    pairs = draw(st.permutations([(o, m) for o in range(owned) for m in range(meters)]))
    kept = pairs[: draw(st.integers(0, len(pairs)))]
    draws = tuple(Draw(o, m, draw(st.integers(1, weight))) for o, m in kept)
    capacity = tuple(draw(st.integers(0, quanta * weight)) for _ in range(owned))
    starts = [draw(st.integers(0, 2)) for _ in range(owned)]
    in_force = tuple(range(first, draw(st.integers(0, hours + 1))) for first in starts)
    return Case(HourlyUsage.of(rows, meters), draws, capacity, in_force)


@given(cases(30, 12))
@settings(max_examples=300, deadline=None)
def test_short_numbers_are_billed_by_the_core(case: Case) -> None:
    assert by_core(case) is not None
    assert same(drawn(*case), drawn_here(*case))


CHAIN = Case(
    HourlyUsage.of([[10**13, 10**13 - 1]] * 2, 2),
    tuple(Draw(o, m, LONG - 10 * o - 3 * m) for m in range(2) for o in range(3)),
    (10**26 + 1, 10**26 + 3, 10**26 + 7),
    (range(2), range(1, 2), range(2)),
)


@given(cases(10**13, LONG))
@example(CHAIN)
@settings(max_examples=200, deadline=None)
def test_long_numbers_are_billed_alike(case: Case) -> None:
    assert same(drawn(*case), drawn_here(*case))


def test_three_long_commitments_run_out_in_one_meter_within_the_core() -> None:
    assert by_core(CHAIN) is not None


@pytest.mark.parametrize(
    ("weight", "capacity"),
    [(2**127 - 1, 2**126), (2**130 + 1, 2**129), (5, 2**200)],
    ids=["a chain of remainders", "a weight of its own", "a capacity of its own"],
)
def test_what_is_too_long_for_the_core_is_billed_without_it(weight: int, capacity: int) -> None:
    draws = tuple(Draw(o, 0, weight - 2 * o) for o in range(3))
    case = Case(HourlyUsage.of([[9], [1]], 1), draws, (capacity, capacity - 1, capacity - 2), (range(2),) * 3)
    assert by_core(case) is None
    assert same(drawn(*case), drawn_here(*case))


@given(estates(), st.booleans(), st.integers(0, 1))
@settings(max_examples=150, deadline=None)
def test_totals_are_sums_of_the_hours(estate: Estate, sharing: bool, first_hour: int) -> None:
    result = bill(estate.meters, estate.usage, estate.owned, sharing=sharing, first_hour=first_hour)
    for m in range(len(estate.meters)):
        assert result.drawn.uncovered[m] == sum(row[m] for row in result.uncovered)
    parts: dict[tuple[int, int], Fraction] = {}
    for hour in result.covers:
        for o, m, quantity in hour:
            parts[o, m] = parts.get((o, m), Fraction(0)) + quantity
    assert result.drawn.covered == parts
    assert result.uncovered_floor == tuple(tuple(int(q) for q in row) for row in result.uncovered)


@given(estates(), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_fractions_of_quanta_cost_what_finer_quanta_cost(estate: Estate, parts: int) -> None:
    split = [[Fraction(q, parts) for q in row] for row in estate.usage]
    result = bill(estate.meters, split, estate.owned)
    whole = bill(finer(estate.meters, parts), estate.usage, estate.owned)
    assert result.total_pico_usd == whole.total_pico_usd
    assert result.covered == whole.covered


def test_rows_that_are_not_full_are_refused_at_the_door() -> None:
    cells = HourlyUsage.of([[1, 2, 3]], 3).cells
    assert cells is not None
    with pytest.raises(InputError, match="make no rows of 2"):
        core.bill_hours(cells, 2, [], [])
    with pytest.raises(InputError, match="no such meter"):
        core.bill_hours(cells, 3, [(0, 0, 1)], [])
