"""Demand by hour: gaps, odd intervals, single runs with their minimum, and replicas that follow load."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest
from workload_usage import START, series, usage

from advisor.config import PricePolicy, ProfilePolicy
from advisor.schema import DEMAND
from advisor.workload import observed_demand, profile


def rows(frame: pl.DataFrame) -> list[tuple[int, int, int, int]]:
    """Hour since START, peak, seconds, billed seconds."""
    hours = (frame["hour_start"] - START).dt.total_hours()
    return list(zip(hours, frame["tasks_peak"], frame["task_seconds"], frame["billed_seconds"]))


def test_hours_of_whole_and_part_tasks() -> None:
    found = observed_demand(usage(series(tasks=[2.0] * 12 + [2.5, 3.0] * 6)))
    assert rows(found) == [(0, 2, 7200, 7200), (1, 3, 9900, 9900)]
    assert dict(found.schema) == DEMAND


def test_an_hour_measured_in_part_gets_the_mean_of_its_part_and_a_gap_is_absent() -> None:
    found = observed_demand(usage(series(tasks=[2.0] * 6 + [None] * 18 + [0.0] * 12)))
    assert rows(found) == [(0, 2, 7200, 7200), (2, 0, 0, 0)]


def test_intervals_across_full_hours_are_spread() -> None:
    late = START + timedelta(minutes=30)
    found = observed_demand(usage(series(3 * 3600, late, tasks=[4.0])))
    assert rows(found) == [(h, 4, 14400, 14400) for h in range(4)]
    mixed = observed_demand(usage(series(3600, late, tasks=[1.0, 3.0])))
    assert rows(mixed) == [(0, 1, 3600, 3600), (1, 3, 7200, 7200), (2, 3, 10800, 10800)]


def test_noise_in_a_mean_is_no_task() -> None:
    assert rows(observed_demand(usage(series(tasks=[3.0000001] * 12)))) == [(0, 3, 10800, 10800)]


def run(
    begin_s: float, length_s: float, pull_s: float = 0.0, workload: int = 0
) -> tuple[int, datetime, datetime, datetime, datetime]:
    begin = START + timedelta(seconds=begin_s)
    pull = begin - timedelta(seconds=pull_s)
    return workload, pull, pull, begin, begin + timedelta(seconds=length_s)


def test_runs_are_billed_from_the_pull_with_a_minimum() -> None:
    found = observed_demand(usage(facts=[{}], runs=[run(100, 12), run(200, 70.4, pull_s=20)]))
    assert rows(found) == [(0, 1, 12 + 71, 60 + 91)]


def test_windows_has_its_own_minimum() -> None:
    windows = usage(facts=[{"operating_system": "WINDOWS"}], runs=[run(100, 12)])
    assert rows(observed_demand(windows)) == [(0, 1, 12, 300)]
    told = PricePolicy(fargate_windows_minimum_s=900)
    assert rows(observed_demand(windows, None, told)) == [(0, 1, 12, 900)]


def test_runs_lie_in_their_hours_and_the_hours_between_are_zeros() -> None:
    found = observed_demand(usage(facts=[{}], runs=[run(3000, 1200), run(4 * 3600, 3600)]))
    assert rows(found) == [
        (0, 1, 600, 600),
        (1, 1, 600, 600),
        (2, 0, 0, 0),
        (3, 0, 0, 0),
        (4, 1, 3600, 3600),
    ]


def test_runs_at_once() -> None:
    overlapping = [run(0, 5400), run(600, 600), run(1200, 600), run(4000, 1000)]
    found = observed_demand(usage(facts=[{}], runs=overlapping))
    # the second ends as the third begins: never three at once
    assert [(h, peak) for h, peak, *_ in rows(found)] == [(0, 2), (1, 2)]


def test_runs_decide_for_a_batch_job_and_the_count_for_a_service() -> None:
    counted = series(tasks=[2.0] * 12)
    for kind, seconds in (("SCHEDULED", 600), ("SERVICE", 7200)):
        found = observed_demand(usage(counted.clone(), facts=[{"kind": kind}], runs=[run(0, 600)]))
        assert rows(found)[0][2] == seconds


def test_window_keeps_the_newest_days() -> None:
    found = observed_demand(usage(series(3600, tasks=[1.0] * 240)), ProfilePolicy(window_days=7))
    assert len(found) == 168
    assert found["hour_start"].max() == START + timedelta(hours=239)


def scaled(tasks: float, cpu: list[float], **facts: object) -> pl.DataFrame:
    """Two weeks that end with an hour of each CPU figure."""
    quiet = [0.5] * (14 * 24 - len(cpu))
    hourly = series(3600, tasks=[tasks] * (14 * 24), vcpu_used_mean=quiet + cpu, vcpu_used_max=quiet + cpu)
    table = usage(hourly, facts=[{"kind": "SERVICE", "task_vcpu": 2.0, "task_memory_mib": 1024.0} | facts])
    return profile(table, ProfilePolicy()).demand.tail(len(cpu))


def test_replicas_follow_load() -> None:
    # p99 is 0.5, right size 0.575 → 0.59375 vCPU; 4 tasks at 0.2 vCPU need ceil(0.8 · 1.15 / 0.59375) = 2
    found = scaled(4.0, [0.2, 0.5, 0.05], min_tasks=1, max_tasks=8)
    assert found["tasks_peak"].to_list() == [2, 4, 1]
    assert found["task_seconds"].to_list() == [7200, 14400, 3600]


def test_never_under_the_stated_minimum() -> None:
    assert scaled(4.0, [0.2, 0.05], min_tasks=3, max_tasks=8)["tasks_peak"].to_list() == [3, 3]


def test_more_than_the_stated_maximum_where_smaller_tasks_need_it() -> None:
    assert scaled(4.0, [1.0], min_tasks=1, max_tasks=5)["tasks_peak"].to_list() == [8]


def test_services_that_do_not_scale_keep_their_count() -> None:
    assert scaled(4.0, [0.2, 0.05])["tasks_peak"].to_list() == [4, 4]


def test_a_service_that_scales_but_is_counted_by_its_runs_keeps_its_count() -> None:
    logged = [run(3600 * h, 3600) for h in range(14 * 24)]
    facts = {"kind": "SERVICE", "task_vcpu": 2.0, "min_tasks": 1, "max_tasks": 5}
    table = usage(series(3600, vcpu_used_mean=[0.5] * (14 * 24)), facts=[facts], runs=logged)
    assert profile(table, ProfilePolicy()).demand.equals(observed_demand(table))
    assert len(observed_demand(table)) == 14 * 24


def test_stopped_stays_stopped() -> None:
    hourly = series(3600, tasks=[4.0] * 335 + [0.0], vcpu_used_mean=[0.5] * 335 + [0.0])
    facts = [{"kind": "SERVICE", "min_tasks": 2, "max_tasks": 8, "task_vcpu": 2.0}]
    assert profile(usage(hourly, facts=facts), ProfilePolicy()).demand["tasks_peak"].to_list()[-1] == 0


@pytest.mark.parametrize("days", [7, 14, 200])
def test_profile_and_observation_cover_the_same_hours(days: int) -> None:
    table = usage(series(3600, tasks=[1.0] * 24 * 20, vcpu_used_mean=[0.1] * 480), facts=[{}])
    policy = ProfilePolicy(window_days=days)
    keys = ["workload", "hour_start"]
    assert profile(table, policy).demand.select(keys).equals(observed_demand(table, policy).select(keys))
