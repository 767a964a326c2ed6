"""Each resource is sized only by what was measured of it, and the size says by what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from workload_usage import START, series, usage

from advisor.config import ProfilePolicy, SizeOverride
from advisor.workload import observed_demand, profile

N = 30 * 288
SIZE = {"task_vcpu": 2.0, "task_memory_mib": 4096.0, "kind": "SERVICE"}


def row(policy: ProfilePolicy | None = None, interval_s: int = 300, **measures: Any) -> dict[str, Any]:
    n = N * 300 // interval_s
    wide = {k: ([v] * n if isinstance(v, float) else list(v)) for k, v in measures.items()}
    table = usage(series(interval_s, **wide), facts=[SIZE])
    return profile(table, policy or ProfilePolicy()).table.row(0, named=True)


def only(value: float, begin: int, end: int) -> list[float | None]:
    """Measured from one slot to another."""
    return [value if begin <= i < end else None for i in range(N)]


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        (100, 112, "measured in 0.1% of the time only, 50% is asked for (profile.min_coverage_share)"),
        (N - 12, N, "measured for 1 h only, 7 days are asked for (profile.min_days)"),
        (N - 6 * 288, N, "measured for 6.0 days only, 7 days are asked for (profile.min_days)"),
        (0, N // 3, "measured in 33% of the time only, 50% is asked for (profile.min_coverage_share)"),
        (0, 0, "not measured"),
    ],
)
def test_what_is_hardly_measured_keeps_its_size(begin: int, end: int, words: str) -> None:
    found = row(tasks=1.0, vcpu_used_mean=0.5, memory_used_mib_max=only(300.0, begin, end))
    assert (found["right_vcpu"], found["right_memory_mib"]) == (0.59375, 4096.0)
    assert f"; memory {words}, kept (rule: default)" in found["size_reason"]
    assert found["finding"] == "OVER_PROVISIONED"  # of CPU


def test_eight_whole_days_are_enough_whatever_came_before() -> None:
    found = row(tasks=1.0, vcpu_used_mean=0.5, memory_used_mib_max=only(1000.0, N - 8 * 288, N))
    assert found["right_memory_mib"] == 1152.0


def test_cpu_that_is_hardly_measured_moves_no_replica() -> None:
    """In the 14 days that the rule looks at it was measured for one hour."""
    cpu = [0.1 if i < N - 14 * 288 or i >= N - 12 else None for i in range(N)]
    facts = [SIZE | {"min_tasks": 1, "max_tasks": 9}]
    table = usage(series(tasks=[4.0] * N, vcpu_used_mean=cpu, memory_used_mib_max=[1000.0] * N), facts=facts)
    policy = ProfilePolicy(preset="krr")
    found = profile(table, policy)
    assert "CPU measured for 1 h only" in found.table["size_reason"].item()
    assert found.demand.equals(observed_demand(table, policy))


def test_not_measured_lately_is_told_apart_from_never() -> None:
    found = row(
        ProfilePolicy(preset="krr"), tasks=1.0, vcpu_used_mean=only(0.5, 0, N - 15 * 288),
        memory_used_mib_max=1000.0,
    )  # fmt: skip
    assert "CPU not measured in the last 14 days, kept" in found["size_reason"]
    assert found["right_vcpu"] == 2.0


def test_a_rule_that_looks_at_less_than_the_least_history_asks_for_its_window_only() -> None:
    policy = ProfilePolicy(overrides=(SizeOverride("*", window_days=3.0),))
    assert row(policy, tasks=1.0, vcpu_used_mean=0.5)["right_vcpu"] == 0.59375
    late = [0.5 if i < N - 3 * 288 or i >= N - 288 else None for i in range(N)]
    few = row(policy, tasks=1.0, vcpu_used_mean=late)
    assert "CPU measured in 33% of the time only" in few["size_reason"]


def test_hours_in_which_nothing_runs_need_no_measurement() -> None:
    on = np.arange(N) % 288 < 6
    cpu = [1.5 if x else None for x in on]
    found = row(tasks=np.where(on, 1.0, 0.0), vcpu_used_mean=cpu, memory_used_mib_max=only(900.0, 0, N))
    assert (found["right_vcpu"], found["right_memory_mib"]) == (1.5, 1056.0)


def test_a_job_whose_runs_are_logged_is_measured_while_it_runs() -> None:
    begin = [START + timedelta(days=d, hours=2) for d in range(20)]
    log = [(0, b, b, b, b + timedelta(minutes=30)) for b in begin]
    measured = pl.concat([series(300, b, vcpu_used_mean=[1.0] * 6) for b in begin])
    table = usage(measured, facts=[{"kind": "SCHEDULED", "task_vcpu": 2.0}], runs=log)
    found = profile(table, ProfilePolicy()).table.row(0, named=True)
    assert (found["withheld"], found["right_vcpu"]) == (None, 1.0)
    seldom = profile(usage(measured.head(12).drop("workload"), facts=[SIZE], runs=log), ProfilePolicy())
    assert "CPU measured in 10% of the time only" in seldom.table["size_reason"].item()


def test_means_of_long_intervals_are_called_so() -> None:
    found = row(None, 3600, tasks=1.0, vcpu_used_mean=0.4, memory_used_mib_mean=1000.0)
    assert found["size_reason"] == (
        "CPU p99 0.4 vCPU + 15% (means of 60 min: peaks inside are not seen); "
        "memory peak of means 1000 MiB + 15% (rule: default)"
    )
    peak = row(ProfilePolicy(cpu_percentile=100.0), 3600, tasks=1.0, vcpu_used_mean=0.4)
    assert peak["size_reason"].startswith("CPU highest mean 0.4 vCPU + 15% (means of 60 min: ")
    half = [0.9 if i % 2 else None for i in range(720)]
    part = row(None, 3600, tasks=1.0, vcpu_used_mean=0.4, vcpu_used_max=half)
    assert "(means of 60 min in 50% of the time: peaks inside are not seen)" in part["size_reason"]
    seen = row(None, 3600, tasks=1.0, vcpu_used_mean=0.4, vcpu_used_max=0.9)
    assert "means" not in seen["size_reason"]


def test_a_peak_far_above_the_size_is_told() -> None:
    load = np.where(np.arange(N) % 288 == 0, 1.9, 0.1)
    assert (
        "CPU p99 0.1 vCPU + 15%, peak 1.9 vCPU is 15.2 times the size;"
        in (row(tasks=1.0, vcpu_used_mean=load)["size_reason"])
    )
    quiet = row(ProfilePolicy(peak_told_ratio=20.0), tasks=1.0, vcpu_used_mean=load)
    assert "peak" not in quiet["size_reason"]


def test_minutes_and_hours_weigh_by_their_length() -> None:
    """Twelve busy days by the hour, two quiet ones by the minute: 14 days, not 288 + 2,880 points."""
    hours = series(3600, tasks=[1.0] * 288, vcpu_used_mean=[1.5] * 288)
    minutes = series(
        60, START + timedelta(days=12), tasks=[1.0] * 2880, vcpu_used_mean=[0.3] * 2880
    )  # fmt: skip
    table = usage(pl.concat([hours, minutes]), facts=[SIZE])
    found = profile(table, ProfilePolicy()).table.row(0, named=True)
    assert (found["vcpu_p50"], found["days"]) == (1.5, 14.0)


def test_what_is_remembered_changes_no_profile() -> None:
    from pathlib import Path

    from advisor import read_usage

    known: dict[object, object] = {}

    def recall(key: object, work: object) -> object:
        if key not in known:
            known[key] = work()  # type: ignore[operator]
        return known[key]

    source = read_usage(Path(__file__).parents[2] / "data" / "shop")
    policies = [
        ProfilePolicy(),
        ProfilePolicy(cpu_percentile=90.0, memory_headroom_share=0.3),
        ProfilePolicy(preset="vpa"),
        ProfilePolicy(window_days=5.0, min_days=1.0),
        ProfilePolicy(batch_duty_cycle=0.9, few_runs=9, cpu_headroom_share=0.5),
    ]
    for policy in [*policies, *policies]:
        quick, anew = profile(source, policy, recall=recall), profile(source, policy)
        assert quick.table.equals(anew.table)
        assert quick.demand.equals(anew.demand)
        assert quick.observed.equals(anew.observed)
