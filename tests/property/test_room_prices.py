"""Prices of task room against every filling of every bin, and against what hours really cost."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing_oracle import Row, exact_optimum, frames, lawful_patterns
from test_pack_properties import RESOURCES, fleets

from advisor.core import PriceSet, room_prices, verify_prices

SCALE = 10**9


@st.composite
def windows(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[list[int]]]:
    """A small fleet and the numbers of its tasks in up to three hours, none above the peak (`count`)."""
    tasks, bins = draw(fleets())
    for task in tasks:
        task["count"] = max(task["count"], 1)
    hours = [[draw(st.integers(1, t["count"])) for t in tasks] for _ in range(draw(st.integers(1, 3)))]
    return tasks, bins, hours


def priced(tasks: list[Row], bins: list[Row], hours: list[list[int]], factor: float = 1.0) -> pl.DataFrame:
    rows = [(h, s, n) for h, counts in enumerate(hours) for s, n in enumerate(counts)]
    demand = pl.DataFrame(rows, schema={"hour": pl.Int64, "size": pl.UInt32, "count": pl.Int64}, orient="row")
    frame, kinds = frames(tasks, bins)
    alone = [math.inf if (a := tasks[s]["alone_usd_per_hour"]) is None else a * factor for _, s, _ in rows]
    prices = PriceSet([b["usd_per_hour"] * factor for b in bins], alone)
    (found,) = room_prices(frame, kinds, demand, [t["count"] for t in tasks], [prices])
    return found


@settings(max_examples=150, deadline=None)
@given(windows())
def test_no_bin_holds_tasks_worth_more_than_it_costs(
    window: tuple[list[Row], list[Row], list[list[int]]],
) -> None:
    tasks, bins, hours = window
    found = priced(tasks, bins, hours)
    lists = []
    for hour, counts in enumerate(hours):
        of_hour = found.filter(pl.col("hour") == hour).sort("size")["usd_per_hour"].to_list()
        assert all(price >= 0 for price in of_hour)
        for task, price in zip(tasks, of_hour, strict=True):
            assert task["alone_usd_per_hour"] is None or price <= task["alone_usd_per_hour"] + 1e-12
        for kind in bins:
            for copies in lawful_patterns(tasks, kind, RESOURCES):
                assert (
                    sum(n * p for n, p in zip(copies, of_hour, strict=True)) <= kind["usd_per_hour"] + 1e-12
                )
        now: list[dict[str, Any]] = [{**t, "count": n} for t, n in zip(tasks, counts, strict=True)]
        worth = sum(n * p for n, p in zip(counts, of_hour, strict=True))
        assert worth <= exact_optimum(now, bins, RESOURCES) + 1e-9
        lists.append([math.floor(p * SCALE) for p in of_hour])
    answers = verify_prices(*frames(tasks, bins), [t["count"] for t in tasks], lists, SCALE)
    assert [word for word, _ in answers] == ["holds"] * len(hours)


@settings(max_examples=60, deadline=None)
@given(windows(), st.data())
def test_the_check_finds_a_price_too_high(
    window: tuple[list[Row], list[Row], list[list[int]]], data: st.DataObject
) -> None:
    tasks, bins, hours = window
    held = [
        s
        for s, _ in enumerate(tasks)
        if any(any(c[s] for c in lawful_patterns(tasks, b, RESOURCES)) for b in bins)
    ]
    if not held:
        return
    size = data.draw(st.sampled_from(held))
    dearest = max(b["usd_per_hour"] for b in bins)
    prices = [0] * len(tasks)
    prices[size] = math.floor(dearest * SCALE) + 1
    ((word, name),) = verify_prices(*frames(tasks, bins), [t["count"] for t in tasks], [prices], SCALE)
    assert word == "bin"
    assert name in {b["bin_id"] for b in bins}
    assert hours


@settings(max_examples=40, deadline=None)
@given(windows(), st.sampled_from([0.5, 2.0]))
def test_prices_of_bins_times_k(window: tuple[list[Row], list[Row], list[list[int]]], k: float) -> None:
    one, many = priced(*window), priced(*window, k)
    worth = [
        sum(
            n * p
            for n, p in zip(counts, f.filter(pl.col("hour") == h).sort("size")["usd_per_hour"], strict=True)
        )
        for f in (one, many)
        for h, counts in enumerate(window[2])
    ]
    half = len(worth) // 2
    assert [w * k for w in worth[:half]] == pytest.approx(worth[half:], rel=1e-3)
