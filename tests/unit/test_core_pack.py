"""The typed door to the packing core: what it takes, what it answers, what it refuses."""

from __future__ import annotations

import _thread
import dataclasses
import json
import threading
import time
from typing import Any

import polars as pl
import pytest

from advisor.core import pack, pack_hours, verify_certificate
from advisor.errors import InputError

BINS = pl.DataFrame(
    {
        "bin_id": ["c7g.large", "c7i.large", "m7g.xlarge"],
        "usd_per_hour": [0.0725, 0.08925, 0.1632],
        "vcpu": [2.0, 2.0, 4.0],
        "memory_mib": [3500, 3500, 15000],
        "group": ["arm64", "x86_64", "arm64"],
    }
)


def tasks(**columns: list[Any]) -> pl.DataFrame:
    base: dict[str, list[Any]] = {"size_id": ["a"], "count": [8], "vcpu": [0.5], "memory_mib": [512]}
    return pl.DataFrame({**base, **columns})


def test_a_full_bin_is_proven_optimal() -> None:
    result = pack(tasks(), BINS)
    assert result.patterns.to_dicts() == [
        {"pattern_id": 0, "bin_id": "c7g.large", "size_id": "a", "count_per_bin": 4, "bins": 2}
    ]
    assert result.cost_usd_per_hour == pytest.approx(0.145)
    assert result.lower_bound_usd_per_hour == pytest.approx(0.145, rel=1e-6)
    assert result.shadow_prices["usd_per_hour"][0] == pytest.approx(0.0725 / 4, rel=1e-6)
    assert result.alone.is_empty()


def test_groups_bind() -> None:
    result = pack(tasks(groups=[["x86_64"]]), BINS)
    assert result.patterns["bin_id"].unique().to_list() == ["c7i.large"]


def test_groups_without_any_bin_leave_only_alone() -> None:
    result = pack(tasks(groups=[["windows"]], alone_usd_per_hour=[0.03]), BINS)
    assert result.alone.to_dicts() == [{"size_id": "a", "count": 8}]
    assert result.cost_usd_per_hour == pytest.approx(0.24)


def test_one_host_port_per_instance() -> None:
    result = pack(tasks(max_per_bin=[1]), BINS)
    assert result.patterns["bins"].sum() == 8
    assert result.lower_bound_usd_per_hour == pytest.approx(8 * 0.0725, rel=1e-6)


def test_limit_holds() -> None:
    result = pack(tasks(), BINS.with_columns(limit=pl.Series([1, None, None], dtype=pl.Int64)))
    used = result.patterns.filter(bin_id="c7g.large")["bins"].sum()
    assert used <= 1
    assert result.lower_bound_usd_per_hour <= result.cost_usd_per_hour


def test_certificate_is_json_and_adds_up() -> None:
    certificate = json.loads(json.dumps(pack(tasks(), BINS).certificate))
    assert certificate["bound"] == "dual"
    assert certificate["prices"]["a"] * 8 == certificate["lower_bound_scaled"]
    assert 4 * certificate["prices"]["a"] <= 0.0725 * certificate["scale"]


def test_no_plan_opens_half_a_bin() -> None:
    frame = tasks(count=[2001], vcpu=[0.7])
    result = pack(frame, BINS.head(1))
    # two to a bin, so a bin is left half empty: the prices prove 1,000.5 bins
    assert result.certificate["bound"] == "whole_bins"
    assert result.certificate["lower_bound_scaled"] / result.certificate["scale"] == pytest.approx(
        1000.5 * 0.0725
    )
    assert result.lower_bound_usd_per_hour == pytest.approx(1001 * 0.0725)
    assert result.lower_bound_usd_per_hour <= result.cost_usd_per_hour == pytest.approx(1001 * 0.0725)
    assert result.stopped_by == "gap"
    assert verify_certificate(frame, BINS.head(1), result) is None


def test_a_price_alone_that_is_no_multiple_keeps_the_bound_between_two_bins() -> None:
    frame = tasks(count=[2001], vcpu=[0.7], alone_usd_per_hour=[0.0363])
    result = pack(frame, BINS.head(1))
    assert result.cost_usd_per_hour == pytest.approx(1000 * 0.0725 + 0.0363)
    assert result.lower_bound_usd_per_hour <= result.cost_usd_per_hour


def test_a_certificate_is_checked_anew() -> None:
    result = pack(tasks(alone_usd_per_hour=[0.03]), BINS)
    assert verify_certificate(tasks(alone_usd_per_hour=[0.03]), BINS, result) is None


@pytest.mark.parametrize(
    ("factor", "alone", "extra", "said"),
    [
        (1, None, 1, "do not add up"),
        (2, None, 0, "can hold tasks worth more"),
        (2, 0.0182, 0, "above what it costs alone"),
    ],
)
def test_a_broken_certificate_is_found(factor: int, alone: float | None, extra: int, said: str) -> None:
    frame = tasks(alone_usd_per_hour=pl.Series([alone], dtype=pl.Float64))
    result = pack(frame, BINS)
    certificate = result.certificate | {
        "prices": {"a": result.certificate["prices"]["a"] * factor},
        "lower_bound_scaled": result.certificate["lower_bound_scaled"] * factor + extra,
    }
    broken = dataclasses.replace(result, certificate=certificate)
    assert said in (verify_certificate(frame, BINS, broken) or "")


def test_other_arrow_frames_are_taken() -> None:
    arrow = pack(tasks().to_arrow(), BINS.to_arrow())
    assert arrow.cost_usd_per_hour == pack(tasks(), BINS).cost_usd_per_hour


def test_nothing_to_pack() -> None:
    result = pack(tasks().clear(), BINS)
    assert (result.cost_usd_per_hour, result.lower_bound_usd_per_hour) == (0.0, 0.0)
    assert result.patterns.is_empty()


def test_no_bins_at_all() -> None:
    result = pack(tasks(alone_usd_per_hour=[0.03]), BINS.clear())
    assert result.cost_usd_per_hour == pytest.approx(0.24)


@pytest.mark.parametrize(
    ("task_frame", "bin_frame", "message"),
    [
        (tasks(vcpu=[9.0]), BINS, "task size a has no place"),
        (tasks(vcpu=[float("nan")]), BINS, "invalid tasks vcpu at row 0"),
        (tasks(vcpu=[-1.0]), BINS, "invalid tasks vcpu at row 0"),
        (tasks(count=[-1]), BINS, "count must be a whole number"),
        (tasks(count=[1.5]), BINS, "count must be a whole number"),
        (tasks(alone_usd_per_hour=[float("inf")]), BINS, "must be finite"),
        (tasks(alone_usd_per_hour=[-0.1]), BINS, "invalid alone_usd_per_hour"),
        (tasks(max_per_bin=[0]), BINS, "invalid max_per_bin"),
        (tasks(), BINS.with_columns(usd_per_hour=float("nan")), "invalid usd_per_hour"),
        (tasks(), BINS.drop("usd_per_hour"), "column usd_per_hour is missing"),
        (tasks(), BINS.drop("vcpu", "memory_mib"), "share no numeric column"),
        (tasks().drop("size_id"), BINS, "column size_id is missing"),
        (pl.concat([tasks(), tasks()]), BINS, "differ in every row"),
        (tasks(), BINS.with_columns(limit=0), "task size a has no place"),
        (tasks(vcpu=["x"]), BINS.with_columns(memory_mib=pl.lit("y")), "share no numeric column"),
    ],
)
def test_refusals(task_frame: pl.DataFrame, bin_frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(InputError, match=message):
        pack(task_frame, bin_frame)


def test_threads_change_nothing() -> None:
    many = pl.DataFrame(
        {
            "size_id": [str(i) for i in range(12)],
            "count": [3 + 5 * i % 17 for i in range(12)],
            "vcpu": [0.25 * (1 + i * 5 % 7) for i in range(12)],
            "memory_mib": [200 + 331 * i for i in range(12)],
        }
    )
    one, two = pack(many, BINS, threads=1), pack(many, BINS, threads=2)
    assert one.patterns.equals(two.patterns)
    assert one.certificate == two.certificate


@pytest.mark.parametrize("limit", [-1.0, float("inf"), float("nan")])
def test_a_time_limit_that_is_none_is_refused(limit: float) -> None:
    with pytest.raises(InputError, match="time_limit_s must be >= 0 and finite"):
        pack(tasks(), BINS, time_limit_s=limit)


def test_time_limit_is_opt_in_and_says_so() -> None:
    many = tasks(size_id=["a", "b"], count=[37, 23], vcpu=[0.3, 0.7], memory_mib=[777, 1333])
    assert pack(many, BINS).stopped_by in {"work", "gap"}
    assert pack(many, BINS, time_limit_s=0.0).stopped_by == "time"
    assert pack(many, BINS, gap=1.0).stopped_by == "gap"


def demand(*rows: tuple[int, int, int, float | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["hour", "size", "count", "alone_usd_per_hour"], orient="row")


def test_hours_follow_demand_and_price() -> None:
    result = pack_hours(tasks(), BINS, demand((5, 0, 8, None), (6, 0, 4, None), (9, 0, 8, 0.01)))
    assert result.hours["hour"].to_list() == [5, 6, 9]
    assert result.hours["cost_usd_per_hour"].to_list() == pytest.approx([0.145, 0.0725, 0.08])
    assert result.bins.to_dicts() == [{"hour": 5, "bin": 0, "count": 2}, {"hour": 6, "bin": 0, "count": 1}]
    assert result.alone.to_dicts() == [{"hour": 9, "size": 0, "count": 8}]
    assert result.patterns.height == 1


def test_hours_spread_over_zones() -> None:
    result = pack_hours(tasks(), BINS, demand((0, 0, 4, None), (1, 0, 2, None)), min_bins=3)
    assert result.bins["count"].to_list() == [3, 2]
    assert (result.hours["lower_bound_usd_per_hour"] <= result.hours["cost_usd_per_hour"]).all()
    assert result.hours["lower_bound_usd_per_hour"].to_list() == pytest.approx(
        [3 * 0.0725, 2 * 0.0725], rel=1e-6
    )


def test_hours_refuse_a_size_twice() -> None:
    with pytest.raises(InputError, match="twice"):
        pack_hours(tasks(), BINS, demand((0, 0, 4, None), (0, 0, 2, None)))


def test_ctrl_c_is_answered_quickly() -> None:
    n = 400
    large = pl.DataFrame(
        {
            "size_id": [str(i) for i in range(n)],
            "count": [50 + i * 37 % 400 for i in range(n)],
            "vcpu": [0.25 + 0.001 * (i * 7919 % 1000) for i in range(n)],
            "memory_mib": [100 + i * 331 % 3000 for i in range(n)],
        }
    )
    asked = []

    def interrupt() -> None:
        asked.append(time.perf_counter())
        _thread.interrupt_main()

    timer = threading.Timer(0.1, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        for _ in range(1000):
            pack(large, BINS)
    # 0.2 s is the promise; the rest is for busy machines.
    assert time.perf_counter() - asked[0] < 0.5
