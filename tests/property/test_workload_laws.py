"""Laws of profiles: sizes follow use (reliability.md M23-M26), order and thread count mean nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from workload_usage import series, usage

from advisor.config import ProfilePolicy
from advisor.model import Usage
from advisor.workload import profile

HOURS = 8 * 24
PRESETS = st.sampled_from(["default", "compute-optimizer", "cloudfix", "krr", "vpa"])


def drawn(seed: int, workloads: int = 1, lost: float = 0.0) -> Usage:
    rng = np.random.default_rng(seed)
    frames = []
    for _ in range(workloads):
        cpu = rng.gamma(rng.uniform(0.3, 5), 0.2, HOURS)
        frame = series(
            3600,
            tasks=rng.integers(1, 5, HOURS).astype(float).tolist(),
            vcpu_used_mean=cpu.tolist(),
            vcpu_used_max=(cpu * 1.5).tolist(),
            memory_used_mib_max=rng.uniform(100, 900, HOURS).tolist(),
        )
        frames.append(frame.filter(pl.Series(rng.random(HOURS) >= lost)))
    limits = {"task_vcpu": 1.0, "task_memory_mib": 1024.0, "min_tasks": 1, "kind": "SERVICE"}
    return usage(*frames, facts=[limits | {"max_tasks": [None, 9][i % 2]} for i in range(workloads)])


def changed(table: Usage, **columns: pl.Expr) -> Usage:
    return Usage(**(vars(table) | {"usage": table.usage.with_columns(**columns)}))


def first(table: Usage, policy: ProfilePolicy) -> dict[str, Any]:
    return profile(table, policy).table.row(0, named=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), PRESETS)
def test_m23_memory_is_never_below_the_peak(seed: int, preset: Any) -> None:
    policy = ProfilePolicy(preset=preset)
    table = drawn(seed)
    size = first(table, policy)["right_memory_mib"]
    assert size >= table.usage["memory_used_mib_max"].max()  # type: ignore[operator]
    if preset in ("default", "krr"):
        assert size >= table.usage["memory_used_mib_max"].max() * 1.15 - 1e-9  # type: ignore[operator]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), PRESETS, st.integers(0, HOURS - 1), st.floats(1.0, 10.0))
def test_m24_a_higher_sample_never_lowers_a_size(seed: int, preset: Any, at: int, factor: float) -> None:
    policy = ProfilePolicy(preset=preset)
    table = drawn(seed)
    here = pl.int_range(pl.len()) == at
    for column in ("vcpu_used_max", "memory_used_mib_max"):
        more = changed(table, **{column: pl.when(here).then(pl.col(column) * factor).otherwise(column)})
        before, after = first(table, policy), first(more, policy)
        assert after["right_memory_mib"] >= before["right_memory_mib"]
        if before["workload_class"] == after["workload_class"]:
            assert after["right_vcpu"] >= before["right_vcpu"]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sets(st.integers(1, HOURS - 2), max_size=60))
def test_m25_lost_samples_lower_memory_only_with_the_peak(seed: int, lost: set[int]) -> None:
    table = drawn(seed)
    kept = Usage(**(vars(table) | {"usage": table.usage.filter(~pl.int_range(pl.len()).is_in(sorted(lost)))}))
    peak = kept.usage["memory_used_mib_max"].max()
    size = first(kept, ProfilePolicy())["right_memory_mib"]
    assert size >= peak * 1.15 - 1e-9  # type: ignore[operator]
    if peak == table.usage["memory_used_mib_max"].max():
        assert size == first(table, ProfilePolicy())["right_memory_mib"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_m26_another_workload_changes_nothing(seed: int, others: int) -> None:
    many = drawn(seed, others)
    alone = Usage(
        **(
            vars(many)
            | {"workloads": many.workloads.head(1), "usage": many.usage.filter(pl.col("workload") == 0)}
        )
    )
    whole, single = profile(many, ProfilePolicy()), profile(alone, ProfilePolicy())
    assert whole.table.head(1).equals(single.table)
    assert whole.demand.filter(pl.col("workload") == 0).equals(single.demand)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), PRESETS, st.lists(st.integers(-100, 5000), min_size=1, max_size=4))
def test_m26_wherever_the_others_end(seed: int, preset: Any, hours_later: list[int]) -> None:
    """Windows are each workload's own: also the sizing windows of the presets, and one far in the future."""
    many = drawn(seed, 1 + len(hours_later))
    late = pl.DataFrame(
        {"workload": range(1 + len(hours_later)), "late": [0, *hours_later]},
        schema_overrides={"workload": pl.UInt32},
    )
    rows = many.usage.join(late, on="workload").with_columns(
        pl.col("start") + pl.duration(hours="late")
    ).drop("late")  # fmt: skip
    moved = Usage(**(vars(many) | {"usage": rows}))
    alone = Usage(
        **(vars(many) | {"workloads": many.workloads.head(1), "usage": rows.filter(pl.col("workload") == 0)})
    )
    # while most of the source lasts to within the window, nobody's window depends on anybody
    policy = ProfilePolicy(preset=preset, window_days=400)
    whole, single = profile(moved, policy), profile(alone, policy)
    assert whole.table.head(1).equals(single.table)
    assert whole.demand.filter(pl.col("workload") == 0).equals(single.demand)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.randoms(use_true_random=False))
def test_the_order_of_workloads_means_nothing(seed: int, random: Any) -> None:
    table = drawn(seed, 4, lost=0.2)
    order = list(range(4))
    random.shuffle(order)
    place = pl.DataFrame(
        {"workload": order, "new": range(4)}, schema={"workload": pl.UInt32, "new": pl.UInt32}
    )
    rows = table.usage.join(place, on="workload").with_columns(workload="new").drop("new")
    moved = Usage(
        **(vars(table) | {"workloads": table.workloads[order], "usage": rows.sort("workload", "start")})
    )
    before, after = profile(table, ProfilePolicy()), profile(moved, ProfilePolicy())
    columns = [c for c in before.table.columns if c != "workload"]
    assert before.table[order].select(columns).equals(after.table.select(columns))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.5))
def test_demand_leaves_out_gaps_and_is_sorted(seed: int, lost: float) -> None:
    table = drawn(seed, 3, lost)
    found = profile(table, ProfilePolicy())
    hours = table.usage.select("workload", pl.col("start").alias("hour_start"))
    assert found.demand.select("workload", "hour_start").equals(hours.sort("workload", "hour_start"))
    assert (
        found.table["covered_hours"].to_list()
        == table.usage.group_by("workload").len().sort("workload")["len"].to_list()
    )
    assert (found.demand["task_seconds"] <= found.demand["tasks_peak"] * 3600).all()
    assert (found.demand["tasks_peak"] >= 1).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_chunks_change_no_byte(seed: int) -> None:
    import pytest

    table = drawn(seed, 6, 0.1)
    whole = profile(table, ProfilePolicy())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("advisor.workload.features.CHUNK_ROWS", 250)
        parts = profile(table, ProfilePolicy())
    assert parts.table.equals(whole.table)
    assert parts.demand.equals(whole.demand)
