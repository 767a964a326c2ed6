"""The right size: what is measured decides, what is not stays, what is known too little is withheld."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from workload_usage import series, usage

from advisor.config import ProfilePolicy, SizeOverride
from advisor.workload import profile

N = 14 * 288
SIZE = {"task_vcpu": 2.0, "task_memory_mib": 4096.0}


def row(
    policy: ProfilePolicy | None = None, facts: dict[str, Any] | None = None, n: int = N, **measures: Any
) -> Any:
    wide = {k: ([v] * n if isinstance(v, float) else list(v)) for k, v in measures.items()}
    found = profile(usage(series(**wide), facts=[SIZE | (facts or {})]), policy or ProfilePolicy())
    return found.table.row(0, named=True)


def test_finding_over() -> None:
    found = row(tasks=1.0, vcpu_used_mean=0.4, memory_used_mib_max=1000.0)
    assert (found["right_vcpu"], found["right_memory_mib"]) == (0.46875, 1152.0)  # 0.46, 1150 rounded up
    assert found["finding"] == "OVER_PROVISIONED"
    assert found["size_reason"] == "CPU p99 0.4 vCPU + 15%; memory peak 1000 MiB + 15% (rule: default)"


def test_finding_optimized_and_under() -> None:
    assert row(tasks=1.0, vcpu_used_mean=1.7, memory_used_mib_max=3500.0)["finding"] == "OPTIMIZED"
    assert row(tasks=1.0, vcpu_used_mean=0.4, memory_used_mib_max=3800.0)["finding"] == "UNDER_PROVISIONED"


def test_soft_limits_are_never_clipped() -> None:
    found = row(tasks=1.0, vcpu_used_mean=3.0, memory_used_mib_max=1000.0)
    assert found["right_vcpu"] == 3.46875
    assert found["vcpu_max"] == 3.0
    assert found["finding"] == "UNDER_PROVISIONED"


def test_memory_not_measured_stays_as_it_is() -> None:
    found = row(tasks=1.0, vcpu_used_mean=0.4)
    assert found["right_memory_mib"] == 4096.0
    assert found["memory_mib_max"] is None
    assert "memory not measured, kept" in found["size_reason"]


def test_nothing_measured_but_the_count_keeps_the_size() -> None:
    found = row(tasks=5.0)
    assert (found["right_vcpu"], found["right_memory_mib"], found["finding"]) == (2.0, 4096.0, "UNKNOWN")
    assert found["withheld"] is None


def test_short_history_is_withheld_with_the_reason() -> None:
    found = row(n=6 * 288, tasks=1.0, vcpu_used_mean=0.4, memory_used_mib_max=1000.0)
    assert found["withheld"] == "short history: 6.0 days, 7 are asked for (profile.min_days)"
    assert (found["right_vcpu"], found["right_memory_mib"], found["finding"]) == (None, None, "UNKNOWN")


def test_gappy_history_is_withheld_with_the_reason() -> None:
    sparse = [0.4 if i % 3 == 0 else None for i in range(N)]
    found = row(tasks=1.0, vcpu_used_mean=sparse)
    assert (
        found["withheld"]
        == "gappy history: 33% of the time is measured, 50% is asked for (profile.min_coverage_share)"
    )


def test_no_usage_at_all_is_withheld() -> None:
    table = profile(usage(series(tasks=[1.0] * N), facts=[SIZE, SIZE]), ProfilePolicy()).table
    assert table["withheld"].to_list() == [None, "no usage in the window"]
    assert table["covered_hours"].to_list() == [336, 0]


def test_memory_below_the_peak_only_when_allowed() -> None:
    memory = np.full(N, 500.0)
    memory[7] = 3000.0
    asked = ProfilePolicy(memory_percentile=95.0)
    held = row(asked, tasks=1.0, vcpu_used_mean=0.4, memory_used_mib_max=memory)
    assert held["right_memory_mib"] == 3008.0
    assert "raised to the observed peak 2.93 GiB" in held["size_reason"]
    told = ProfilePolicy(memory_percentile=95.0, allow_memory_below_peak=True)
    free = row(told, tasks=1.0, vcpu_used_mean=0.4, memory_used_mib_max=memory)
    assert free["right_memory_mib"] == 576.0


def test_mean_memory_serves_where_no_maximum_was_measured() -> None:
    assert row(tasks=1.0, memory_used_mib_mean=1000.0)["right_memory_mib"] == 1152.0


def test_cpu_of_long_intervals_is_sized_by_their_maxima() -> None:
    rows = series(3600, tasks=[1.0] * 336, vcpu_used_mean=[0.4] * 336, vcpu_used_max=[1.2] * 336)
    found = profile(usage(rows, facts=[SIZE]), ProfilePolicy()).table.row(0, named=True)
    assert found["right_vcpu"] == 1.40625  # 1.2 + 15 %, rounded up to 1/32


def test_a_batch_job_is_sized_by_its_runs() -> None:
    """P99 over the day would see the hum between the runs; headroom would double a job that uses all it has."""
    slot = np.arange(N) % 288
    found = row(tasks=1.0, vcpu_used_mean=np.where(slot < 3, 2.0, 0.001))
    assert found["workload_class"] == "BATCH"
    assert found["right_vcpu"] == 2.0
    assert found["finding"] == "OPTIMIZED"


@pytest.mark.parametrize(
    ("asked", "vcpu"),
    [
        ({"cpu_headroom_share": 0.15}, 2.3125),  # the figure of the preset, but asked for: 2.3, rounded up
        ({"cpu_headroom_share": 0.2}, 2.40625),
        ({"cpu_percentile": 99.9}, 2.0),
        ({"overrides": (SizeOverride("w*", cpu_headroom_share=0.5),)}, 3.0),
    ],
)
def test_what_is_asked_of_a_batch_job_stands_and_only_that(asked: dict[str, Any], vcpu: float) -> None:
    """Headroom comes on top of the peak of the runs: it must not turn the percentile back to the whole day's."""
    slot = np.arange(N) % 288
    found = row(ProfilePolicy(**asked), tasks=1.0, vcpu_used_mean=np.where(slot < 2, 2.0, 0.001))
    assert (found["workload_class"], found["right_vcpu"]) == ("BATCH", vcpu)


def test_hours_without_a_task_say_nothing_about_its_size() -> None:
    slot = np.arange(N) % 288
    on = slot < 3
    found = row(tasks=np.where(on, 1.0, 0.0), vcpu_used_mean=np.where(on, 1.0, 0.0))
    assert (found["vcpu_p50"], found["right_vcpu"]) == (1.0, 1.0)


@pytest.mark.parametrize("kind", ["SERVICE", "SCHEDULED"])
def test_only_services_with_room_scale(kind: str) -> None:
    facts = {"kind": kind, "min_tasks": 1, "max_tasks": 4}
    assert row(facts=facts, tasks=2.0, vcpu_used_mean=0.5)["scales"] is (kind == "SERVICE")
    assert row(facts=facts | {"max_tasks": 1}, tasks=2.0, vcpu_used_mean=0.5)["scales"] is False


def test_replicas_carry_the_headroom_of_a_service_that_scales() -> None:
    room = {"kind": "SERVICE", "min_tasks": 1, "max_tasks": 9}
    full = row(facts=room, tasks=2.0, vcpu_used_mean=1.9, memory_used_mib_max=3500.0)
    assert (full["right_vcpu"], full["finding"]) == (2.0, "OPTIMIZED")
    assert "kept: replicas carry the headroom" in full["size_reason"]
    above = row(facts=room, tasks=2.0, vcpu_used_mean=2.5)
    assert above["right_vcpu"] == 2.875
