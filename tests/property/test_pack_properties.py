"""Properties of `advisor.core.pack` and `pack_hours` on random small fleets, against an independent oracle."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing_oracle import Row, check_certificate, check_feasible, exact_optimum, frames

from advisor.core import pack, pack_hours, verify_certificate
from advisor.errors import InputError

RESOURCES = ["vcpu", "memory_mib"]
GROUPS = ["arm64", "x86_64"]
GRID = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0])
PRICE = st.integers(1, 400).map(lambda n: n / 1000)


@st.composite
def fleets(draw: st.DrawFn, limits: bool = False) -> tuple[list[Row], list[Row]]:
    """Up to four sizes, twelve tasks and four kinds of bin; every size has a place."""
    kinds = []
    for i in range(draw(st.integers(1, 4))):
        kinds.append(
            {
                "bin_id": f"b{i}",
                "usd_per_hour": draw(PRICE),
                "vcpu": draw(st.sampled_from([1.0, 2.0, 3.0, 4.5])),
                "memory_mib": draw(st.sampled_from([1000, 2048, 4096, 7000])),
                "group": draw(st.sampled_from(GROUPS)),
                "limit": draw(st.none() | st.integers(0, 2)) if limits else None,
            }
        )
    tasks = []
    for i in range(draw(st.integers(1, 4))):
        task: dict[str, Any] = {
            "size_id": f"s{i}",
            "count": draw(st.integers(0, 3)),
            "vcpu": draw(GRID),
            "memory_mib": draw(st.sampled_from([0, 256, 500, 1024, 3000])),
            "groups": draw(st.none() | st.lists(st.sampled_from(GROUPS), unique=True)),
            "max_per_bin": draw(st.none() | st.integers(1, 3)),
            "alone_usd_per_hour": draw(PRICE),
        }
        open_to = [k for k in kinds if (task["groups"] is None or k["group"] in task["groups"])]
        fits = any(task["vcpu"] <= k["vcpu"] and task["memory_mib"] <= k["memory_mib"] for k in open_to)
        if fits and not limits and draw(st.booleans()):
            task["alone_usd_per_hour"] = None
        tasks.append(task)
    return tasks, kinds


@settings(max_examples=200, deadline=None)
@given(fleets())
def test_bound_optimum_cost(fleet: tuple[list[Row], list[Row]]) -> None:
    tasks, bins = fleet
    result = pack(*frames(tasks, bins))
    check_feasible(tasks, bins, RESOURCES, result)
    check_certificate(tasks, bins, RESOURCES, result)
    assert verify_certificate(*frames(tasks, bins), result) is None
    best = exact_optimum(tasks, bins, RESOURCES)
    assert result.lower_bound_usd_per_hour <= best + 1e-9
    assert result.cost_usd_per_hour >= best - 1e-9
    if result.certificate["bound"] == "search":
        assert result.cost_usd_per_hour <= best + 1e-9


@settings(max_examples=100, deadline=None)
@given(
    fleets(), st.sampled_from([0.01, 0.0725, 1 / 3, 1.0]), st.lists(st.integers(1, 3), min_size=8, max_size=8)
)
def test_bounds_are_whole_where_prices_are(
    fleet: tuple[list[Row], list[Row]], unit: float, times: list[int]
) -> None:
    tasks, bins = fleet
    for row, n in zip(bins, times):
        row["usd_per_hour"] = unit * n
    for row, n in zip(tasks, times[4:]):
        if row["alone_usd_per_hour"] is not None:
            row["alone_usd_per_hour"] = unit * n
    result = pack(*frames(tasks, bins))
    check_feasible(tasks, bins, RESOURCES, result)
    check_certificate(tasks, bins, RESOURCES, result)
    assert verify_certificate(*frames(tasks, bins), result) is None
    best = exact_optimum(tasks, bins, RESOURCES)
    assert result.lower_bound_usd_per_hour <= best * (1 + 1e-9) + 1e-12
    units = result.lower_bound_usd_per_hour / unit
    assert units == pytest.approx(round(units), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(fleets(limits=True))
def test_limits_hold(fleet: tuple[list[Row], list[Row]]) -> None:
    tasks, bins = fleet
    result = pack(*frames(tasks, bins))
    check_feasible(tasks, bins, RESOURCES, result)
    assert result.lower_bound_usd_per_hour <= exact_optimum(tasks, bins, RESOURCES) + 1e-9


@settings(max_examples=40, deadline=None)
@given(fleets(), st.sampled_from([0.5, 2.0, 4.0]))
def test_prices_times_k(fleet: tuple[list[Row], list[Row]], k: float) -> None:
    tasks, bins = frames(*fleet)
    one = pack(tasks, bins)
    many = pack(
        tasks.with_columns(pl.col("alone_usd_per_hour").cast(pl.Float64) * k),
        bins.with_columns(pl.col("usd_per_hour") * k),
    )
    assert many.cost_usd_per_hour == pytest.approx(one.cost_usd_per_hour * k, rel=1e-12)
    assert many.lower_bound_usd_per_hour == pytest.approx(one.lower_bound_usd_per_hour * k, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(fleets(), st.randoms(use_true_random=False))
def test_order_of_rows_means_nothing(fleet: tuple[list[Row], list[Row]], random: Any) -> None:
    tasks, bins = fleet
    mixed_tasks, mixed_bins = list(tasks), list(bins)
    random.shuffle(mixed_tasks)
    random.shuffle(mixed_bins)
    one, other = pack(*frames(tasks, bins)), pack(*frames(mixed_tasks, mixed_bins))
    assert one.cost_usd_per_hour == other.cost_usd_per_hour
    assert one.lower_bound_usd_per_hour == pytest.approx(other.lower_bound_usd_per_hour, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(fleets())
def test_one_more_bin_never_lifts_the_bound_above_what_was_possible(
    fleet: tuple[list[Row], list[Row]],
) -> None:
    # (of itself the bound may rise: how sharp it is depends on where the search for it ended)
    tasks, bins = fleet
    more = [*bins, {**bins[0], "bin_id": "more", "usd_per_hour": bins[0]["usd_per_hour"] * 0.8, "vcpu": 2.5}]
    after = pack(*frames(tasks, more))
    assert after.lower_bound_usd_per_hour <= exact_optimum(tasks, bins, RESOURCES) + 1e-9


@settings(max_examples=40, deadline=None)
@given(fleets(), st.integers(0, 3), st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_hours(fleet: tuple[list[Row], list[Row]], min_bins: int, factors: list[int]) -> None:
    tasks, bins = fleet
    task_frame, bin_frame = frames(tasks, bins)
    demand = pl.DataFrame(
        [
            {"hour": h, "size": s, "count": t["count"] * f, "alone_usd_per_hour": t["alone_usd_per_hour"]}
            for h, f in enumerate(factors)
            for s, t in enumerate(tasks)
            if t["count"]
        ],
        schema={"hour": pl.Int64, "size": pl.UInt32, "count": pl.UInt64, "alone_usd_per_hour": pl.Float64},
    )
    result = pack_hours(task_frame, bin_frame, demand, min_bins=min_bins)
    again = pack_hours(task_frame, bin_frame, demand.reverse(), min_bins=min_bins, threads=1)
    for name in ("hours", "bins", "alone", "patterns", "hour_patterns", "shadow_prices"):
        assert getattr(result, name).equals(getattr(again, name)), name
    bounds = pack_hours(task_frame, bin_frame, demand, min_bins=min_bins, bound_only=True)
    assert bounds.hours["lower_bound_usd_per_hour"].equals(result.hours["lower_bound_usd_per_hour"])
    for row in result.hours.to_dicts():
        wanted = demand.filter(hour=row["hour"])
        used = result.hour_patterns.filter(hour=row["hour"]).join(result.patterns, on="pattern_id")
        inside = used.group_by("size").agg(inside=(pl.col("bins") * pl.col("count_per_bin")).sum())
        alone = result.alone.filter(hour=row["hour"])
        placed = wanted.join(inside, on="size", how="left").join(
            alone, on="size", how="left", suffix="_alone"
        )
        assert (placed["count"] == placed["inside"].fill_null(0) + placed["count_alone"].fill_null(0)).all()
        opened = result.bins.filter(hour=row["hour"])["count"].sum()
        if opened:
            assert opened >= min(min_bins, int(inside["inside"].sum()))
        assert row["lower_bound_usd_per_hour"] <= row["cost_usd_per_hour"] * (1 + 1e-12)
        for pattern in used.partition_by("pattern_id"):
            kind = bins[pattern["bin"][0]]
            for name in RESOURCES:
                load = sum(tasks[r["size"]][name] * r["count_per_bin"] for r in pattern.to_dicts())
                assert load <= kind[name]


@given(st.sampled_from([float("nan"), float("inf"), -1.0]), st.sampled_from(["vcpu", "alone_usd_per_hour"]))
def test_no_number_is_refused(value: float, column: str) -> None:
    task = {"size_id": "a", "count": 1, "vcpu": 1.0, "alone_usd_per_hour": 1.0, column: value}
    with pytest.raises(InputError):
        pack(*frames([task], [{"bin_id": "b", "usd_per_hour": 1.0, "vcpu": 2.0}]))
