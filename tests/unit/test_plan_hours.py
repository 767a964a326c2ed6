"""The dense hours of demand: gaps filled with measured hours, and one layout for all demand of the same hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from advisor.plan.hours import AMOUNTS, layout, window
from advisor.schema import DEMAND

MONDAY = datetime(2026, 10, 5, tzinfo=UTC)


def tasks(*workloads: int) -> tuple[Any, ...]:
    return tuple(SimpleNamespace(workload=w) for w in workloads)


def demand(*rows: tuple[int, int, int]) -> pl.DataFrame:
    """Demand of (workload, hour since Monday, tasks)."""
    told = [(w, MONDAY + timedelta(hours=h), n, n * 3600, n * 3600) for w, h, n in rows]
    return pl.DataFrame(told, schema=DEMAND, orient="row")


def test_a_gap_is_given_the_same_hour_of_another_week_and_no_zero() -> None:
    week = 7 * 24
    known = demand((0, 0, 3), (0, 1, 5), (0, week, 3), (1, 0, 1), (1, 1, 9), (1, week, 1), (1, week + 1, 9))
    dense = window(known, tasks(0, 1)).demand
    assert dense["hour"].to_list() == [0, 1, 2, 3] * 2
    assert dense["tasks_peak"].to_list() == [3, 5, 3, 5, 1, 9, 1, 9]


def test_a_workload_that_was_never_measured_asks_for_nothing() -> None:
    dense = window(demand((0, 0, 3), (0, 1, 3)), tasks(0, 7)).demand
    assert dense.filter(pl.col("workload") == 7).select(AMOUNTS).rows() == [(0, 0, 0)] * 2


def test_demand_of_others_is_left_out() -> None:
    assert window(demand((0, 0, 3), (5, 9, 8)), tasks(0)).hours == 1


def test_one_layout_serves_all_demand_of_the_same_hours() -> None:
    one = demand((0, 0, 3), (0, 2, 5), (1, 0, 1), (1, 1, 9), (1, 2, 2))
    other = one.with_columns(pl.col(AMOUNTS) * 2)
    made = layout(one, tasks(0, 1))
    assert made.fits(other)
    assert_frame_equal(made.window(other).demand, window(other, tasks(0, 1)).demand)
    assert made.window(other).starts == window(other, tasks(0, 1)).starts


def test_a_layout_does_not_fit_other_hours_or_workloads() -> None:
    made = layout(demand((0, 0, 3), (0, 1, 5)), tasks(0))
    assert not made.fits(demand((0, 0, 3)))
    assert not made.fits(demand((0, 0, 3), (0, 2, 5)))
    assert not made.fits(demand((0, 0, 3), (1, 1, 5)))
