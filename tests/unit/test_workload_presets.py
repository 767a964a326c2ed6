"""The presets against what the tools publish, computed anew with numpy from the same points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from workload_usage import series, usage

from advisor.config import ProfilePolicy, SizeOverride
from advisor.workload import profile

DAYS = 40
SLOT = np.arange(DAYS * 288)
RNG = np.random.default_rng(11)
# busier early on, so that windows of 8, 14 and 30 days see different things
CPU = np.where(SLOT < 15 * 288, 1.6, 1.0) * (0.3 + RNG.gamma(2.0, 0.1, len(SLOT)))
MEMORY = np.where(SLOT < 15 * 288, 1.3, 1.0) * (600 + 200 * RNG.random(len(SLOT)))


def sized(policy: ProfilePolicy, **facts: Any) -> dict[str, Any]:
    rows = series(tasks=[3.0] * len(SLOT), vcpu_used_mean=CPU.tolist(), memory_used_mib_max=MEMORY.tolist())
    facts = {"task_vcpu": 2.0, "task_memory_mib": 2048.0} | facts
    return profile(usage(rows, facts=[facts]), policy).table.row(0, named=True)


def last(values: np.ndarray, days: float) -> np.ndarray:
    return values[-int(days * 288) :]


def hourly_p99_max(values: np.ndarray) -> float:
    return float(max(np.percentile(hour, 99) for hour in values.reshape(-1, 12)))


def vpa(values: np.ndarray, age_days: np.ndarray, first: float) -> float:
    """Percentile 90 of the recommender's histogram: buckets growing by 5 %, weights halving each day."""
    starts = [0.0]
    while starts[-1] <= values.max():
        starts.append(starts[-1] + first * 1.05 ** (len(starts) - 1))
    bucket = np.searchsorted(starts, values, side="right") - 1
    weight = np.bincount(bucket, weights=0.5**age_days)
    return starts[int(np.searchsorted(np.cumsum(weight), 0.9 * weight.sum())) + 1]


def test_krr() -> None:
    row = sized(ProfilePolicy(preset="krr", allow_memory_below_peak=True))
    assert row["right_vcpu"] == pytest.approx(np.percentile(last(CPU, 14), 95))
    assert row["right_memory_mib"] == pytest.approx(last(MEMORY, 14).max() * 1.15)


def test_cloudfix() -> None:
    row = sized(ProfilePolicy(preset="cloudfix", allow_memory_below_peak=True))
    assert row["right_vcpu"] == pytest.approx(hourly_p99_max(last(CPU, 30)) * 1.2)
    assert row["right_memory_mib"] == pytest.approx(hourly_p99_max(last(MEMORY, 30)) * 1.2)


def test_compute_optimizer() -> None:
    row = sized(ProfilePolicy(preset="compute-optimizer", allow_memory_below_peak=True))
    assert row["right_vcpu"] == pytest.approx(np.percentile(last(CPU, 14), 99.5) * 1.2)
    assert row["right_memory_mib"] == pytest.approx(last(MEMORY, 14).max() * 1.2)


@pytest.mark.parametrize("preset", ["krr", "compute-optimizer", "vpa"])
def test_memory_is_not_below_a_peak_that_only_the_longer_window_saw(preset: Any) -> None:
    """What a rule publishes looks at 8 or 14 days; an out-of-memory kill does not care when the peak was."""
    row = sized(ProfilePolicy(preset=preset))
    assert row["right_memory_mib"] == MEMORY.max()
    assert "raised to the observed peak" in row["size_reason"]


def test_vpa() -> None:
    row = sized(ProfilePolicy(preset="vpa", allow_memory_below_peak=True))
    points = last(CPU, 8)
    age = np.arange(len(points))[::-1] / 288
    assert row["right_vcpu"] == pytest.approx(vpa(points, age, 0.01) * 1.15)
    peaks = last(MEMORY, 8).reshape(-1, 288).max(axis=1)
    assert row["right_memory_mib"] == pytest.approx(vpa(peaks, np.arange(8)[::-1] * 1.0, 1e7 / 2**20) * 1.15)


def test_default_rounds_up_to_steps() -> None:
    row = sized(ProfilePolicy())
    cpu, memory = np.percentile(CPU, 99) * 1.15, MEMORY.max() * 1.15
    assert row["right_vcpu"] == pytest.approx(math.ceil(cpu * 32) / 32)
    assert row["right_memory_mib"] == pytest.approx(math.ceil(memory / 32) * 32)
    assert row["size_reason"].startswith("CPU p99 ")


def test_floors() -> None:
    tiny = series(vcpu_used_mean=[0.001] * 4032, memory_used_mib_max=[10.0] * 4032, tasks=[1.0] * 4032)
    sizes = {}
    for preset in ("default", "krr", "vpa"):
        row = profile(usage(tiny.clone()), ProfilePolicy(preset=preset)).table.row(0, named=True)  # type: ignore[arg-type]
        sizes[preset] = row["right_vcpu"], row["right_memory_mib"]
    assert sizes == {"default": (0.0625, 64.0), "krr": (0.010, 100.0), "vpa": (0.025, 250.0)}


def test_overrides_by_glob_and_the_last_counts() -> None:
    policy = ProfilePolicy(
        preset="krr",
        overrides=(
            SizeOverride("*", cpu_percentile=50.0),
            SizeOverride("w*", cpu_headroom_share=0.5),
            SizeOverride("other*", cpu_percentile=99.0),
        ),
    )
    assert sized(policy)["right_vcpu"] == pytest.approx(np.percentile(last(CPU, 14), 50) * 1.5)


def test_settings_of_the_policy_replace_those_of_the_preset() -> None:
    policy = ProfilePolicy(preset="vpa", cpu_percentile=75.0, cpu_headroom_share=0.0, window_days=7.0)
    assert sized(policy)["right_vcpu"] == pytest.approx(np.percentile(last(CPU, 7), 75))


def test_windows_differ_by_workload() -> None:
    rows = series(tasks=[3.0] * len(SLOT), vcpu_used_mean=CPU.tolist())
    policy = ProfilePolicy(preset="krr", overrides=(SizeOverride("w1", window_days=8.0),))
    table = profile(usage(rows, rows.clone()), policy).table
    assert table["right_vcpu"].to_list() == [
        pytest.approx(np.percentile(last(CPU, days), 95)) for days in (14, 8)
    ]
