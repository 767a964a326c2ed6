"""The class of shapes that leave no doubt, and the words for them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from workload_usage import START, series, usage

from advisor.config import ProfilePolicy
from advisor.workload import profile

N = 28 * 288
SLOT = np.arange(N)
OF_DAY = SLOT % 288
RNG = np.random.default_rng(7)


def found(load: np.ndarray, **facts: object) -> dict[str, object]:
    rows = series(tasks=[1.0] * len(load), vcpu_used_mean=load.tolist())
    table = profile(usage(rows, facts=[{"task_vcpu": 2.0} | facts]), ProfilePolicy()).table
    return table.row(0, named=True)


def hum(level: float) -> np.ndarray:
    return level * RNG.uniform(0.9, 1.1, N)


def test_nightly_job_is_batch() -> None:
    job = np.where((OF_DAY >= 24) & (OF_DAY < 29), 1.6, 0.005)  # 02:00, 25 minutes
    row = found(job * RNG.uniform(0.97, 1.03, N))
    assert row["workload_class"] == "BATCH"
    assert row["class_confidence"] > 0.7
    assert row["class_evidence"].startswith(
        "runs 25 min every night at 02:00 UTC, 85%"
    )  # 8 of 9.4 vCPU·slots
    assert row["class_evidence"].endswith("of its load inside 2% of the time")
    assert row["period_s"] == 86_400


def test_weekly_hour_is_batch_although_p99_misses_it() -> None:
    week = SLOT % (7 * 288)
    row = found(np.where((week >= 100) & (week < 112), 1.5, 0.002))
    assert row["vcpu_p99"] < 0.01
    assert row["workload_class"] == "BATCH"
    assert "1.0 times a week at 08:20 UTC" in row["class_evidence"]


def test_flat_is_steady() -> None:
    row = found(hum(0.6))
    assert row["workload_class"] == "STEADY_STATE"
    assert row["class_confidence"] > 0.9
    assert row["period_s"] is None


def test_a_single_outage_and_a_level_shift_leave_it_steady() -> None:
    load = hum(0.6)
    load[N // 2 :] *= 2
    load[1000:1012] = 0
    row = found(load)
    assert row["workload_class"] == "STEADY_STATE"
    assert row["period_s"] is None  # like itself a day later, but no rhythm


def test_wide_daily_wave_is_burst() -> None:
    row = found(1.0 + 0.8 * np.sin(OF_DAY / 288 * 2 * np.pi) + RNG.uniform(0, 0.05, N))
    assert row["workload_class"] == "BURST"
    assert row["period_s"] == 86_400
    assert row["period_strength"] > 0.9


def test_narrow_daily_wave_is_steady() -> None:
    assert found(1.0 + 0.2 * np.sin(OF_DAY / 288 * 2 * np.pi))["workload_class"] == "STEADY_STATE"


def test_short_irregular_spikes_are_burst() -> None:
    load = hum(0.1)
    load[RNG.choice(N, 200, replace=False)] = RNG.uniform(0.5, 2.0, 200)
    assert found(load)["workload_class"] == "BURST"


def test_doing_nothing_is_idle() -> None:
    row = found(hum(0.004))
    assert row["workload_class"] == "IDLE"
    assert "0.2% of what is reserved (p99)" in row["class_evidence"]
    nothing = found(np.zeros(N))
    assert (nothing["workload_class"], nothing["class_evidence"]) == (
        "IDLE",
        "no load was measured at any time",
    )


def test_count_of_tasks_stands_in_for_cpu() -> None:
    rows = series(tasks=np.where(OF_DAY < 96, 2.0, 20.0).tolist())
    row = profile(usage(rows), ProfilePolicy()).table.row(0, named=True)
    assert row["workload_class"] == "BURST"
    assert (row["vcpu_p95"], row["finding"]) == (None, "UNKNOWN")


@pytest.mark.parametrize("shift_h", [1, 5, 13])
def test_time_zone_changes_nothing_but_the_clock(shift_h: int) -> None:
    """UTC in, UTC out: no rule looks at local time, so no daylight saving can matter."""
    job = np.where((OF_DAY >= 24) & (OF_DAY < 48), 1.6, 0.0)
    base, moved = found(job), found(np.roll(job, shift_h * 12))
    assert base["workload_class"] == moved["workload_class"] == "BATCH"
    assert f"at {2 + shift_h:02d}:00 UTC" in moved["class_evidence"]


@pytest.mark.parametrize("hours", [4, 6, 8, 12, 24, 36, 168])
def test_period_of_jobs(hours: int) -> None:
    row = found(np.where(SLOT % (hours * 12) < 6, 1.5, 0.01) * RNG.uniform(0.9, 1.1, N))
    assert row["period_s"] == hours * 3600


def test_gaps_are_no_zeros() -> None:
    load = hum(0.6)
    rows = series(tasks=[1.0] * N, vcpu_used_mean=load.tolist()).filter(pl.Series(RNG.random(N) > 0.3))
    row = profile(usage(rows, facts=[{"task_vcpu": 2.0}]), ProfilePolicy()).table.row(0, named=True)
    assert row["workload_class"] == "STEADY_STATE"
    assert row["coverage_share"] == pytest.approx(0.7, abs=0.03)


def test_runs_say_batch_by_themselves() -> None:
    from datetime import timedelta

    begin = [START + timedelta(days=d, hours=2) for d in range(20)]
    logged = [(0, b, b, b, b + timedelta(minutes=23)) for b in begin]
    row = profile(usage(facts=[{"kind": "SCHEDULED"}], runs=logged), ProfilePolicy()).table.row(0, named=True)
    assert row["workload_class"] == "BATCH"
    assert (
        row["class_evidence"] == "runs 23 min every night at 02:00 UTC (20 runs seen), busy 1.7% of the time"
    )
    assert row["tasks_max"] == 1
