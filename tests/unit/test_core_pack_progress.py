"""`core.pack` while it runs: what it tells, how it is ended, what is left of it then."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from advisor.core import PackResult, pack

SLEEPY_MACHINE_S = 1.0
"""0.2 s is the promise; the rest is for busy machines."""


def large(sizes: int = 150, count: int = 60) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A fleet that takes seconds and improves many times on the way."""
    tasks = pl.DataFrame(
        {
            "size_id": [str(i) for i in range(sizes)],
            "count": [1 + i * 37 % count for i in range(sizes)],
            "vcpu": [0.25 + 0.001 * (i * 7919 % 3001) for i in range(sizes)],
            "memory_mib": [100 + i * 3331 % 9000 for i in range(sizes)],
        }
    )
    bins = pl.DataFrame(
        {
            "bin_id": [str(i) for i in range(24)],
            "usd_per_hour": [0.05 * (1 + i) + 0.001 * (i * 31 % 17) for i in range(24)],
            "vcpu": [4.0 + (i * 5 % 60) for i in range(24)],
            "memory_mib": [10_000 + i * 7000 % 190_000 for i in range(24)],
        }
    )
    return tasks, bins


def same(one: PackResult, other: PackResult) -> bool:
    return (
        one.patterns.equals(other.patterns)
        and one.alone.equals(other.alone)
        and one.shadow_prices.equals(other.shadow_prices)
        and (one.certificate, one.cost_usd_per_hour, one.stopped_by)
        == (other.certificate, other.cost_usd_per_hour, other.stopped_by)
    )


def test_progress_only_gets_better_and_ends_at_the_result() -> None:
    told: list[tuple[float, float, float]] = []
    result = pack(*large(), progress=lambda cost, bound: told.append((time.perf_counter(), cost, bound)))
    after = len(told)
    assert len(told) > 1
    for (_, cost, bound), (_, next_cost, next_bound) in pairwise(told):
        assert next_cost <= cost and next_bound >= bound
        assert (next_cost, next_bound) != (cost, bound)
    assert told[-1][1:] == (result.cost_usd_per_hour, result.lower_bound_usd_per_hour)
    assert all(bound <= cost for _, cost, bound in told)
    # The last word is said at once; the clock of a thread may be a little off.
    assert all(later - earlier > 0.09 for (earlier, *_), (later, *_) in pairwise(told[:-1]))
    time.sleep(0.2)
    assert len(told) == after


def test_listening_changes_nothing() -> None:
    told: list[float] = []
    tasks, bins = large(sizes=60, count=20)
    silent = pack(tasks, bins)
    assert same(silent, pack(tasks, bins, progress=lambda cost, _: told.append(cost)))
    assert same(silent, pack(tasks, bins, progress=lambda cost, _: told.append(cost), threads=1))
    assert told


def test_a_quick_result_is_told_too() -> None:
    told: list[tuple[float, float]] = []
    tasks = pl.DataFrame({"size_id": ["a"], "count": [8], "vcpu": [0.5]})
    bins = pl.DataFrame({"bin_id": ["b"], "usd_per_hour": [0.1], "vcpu": [2.0]})
    result = pack(tasks, bins, progress=lambda cost, bound: told.append((cost, bound)))
    assert told == [(result.cost_usd_per_hour, result.lower_bound_usd_per_hour)]


def test_an_exception_ends_it_and_is_raised() -> None:
    asked: list[float] = []

    def fail(cost: float, bound: float) -> None:
        asked.append(time.perf_counter())
        raise RuntimeError(f"seen {cost > bound}")

    with pytest.raises(RuntimeError, match="seen True"):
        pack(*large(), progress=fail)
    assert len(asked) == 1
    assert time.perf_counter() - asked[0] < SLEEPY_MACHINE_S


def test_enough_keeps_the_best_packing() -> None:
    tasks, bins = large()
    asked: list[float] = []

    def enough(cost: float, bound: float) -> bool:
        asked.append(time.perf_counter())
        return False

    result = pack(tasks, bins, progress=enough)
    assert time.perf_counter() - asked[0] < SLEEPY_MACHINE_S
    assert result.stopped_by == "caller"
    placed = result.patterns.group_by("size_id").agg((pl.col("count_per_bin") * pl.col("bins")).sum())
    assert dict(placed.iter_rows()) == dict(tasks.select("size_id", "count").iter_rows())
    assert result.lower_bound_usd_per_hour <= result.cost_usd_per_hour


def test_a_time_limit_keeps_the_best_packing() -> None:
    told: list[tuple[float, float]] = []
    result = pack(*large(), time_limit_s=0.3, progress=lambda cost, bound: told.append((cost, bound)))
    assert result.stopped_by == "time"
    assert told[-1] == (result.cost_usd_per_hour, result.lower_bound_usd_per_hour)


CHILD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from test_core_pack_progress import large
from advisor.core import pack
fleet = large(int(sys.argv[3]), 300)
told = (lambda cost, bound: None) if sys.argv[2] == "heard" else None
try:
    print("ready", flush=True)
    while True:
        pack(*fleet, progress=told)
except KeyboardInterrupt:
    print(time.monotonic(), flush=True)
"""


@pytest.mark.parametrize("listening", ["heard", "silent"])
@pytest.mark.parametrize(("sizes", "after_s"), [(400, 0.02), (400, 0.5), (8000, 0.3)])
def test_ctrl_c_of_a_large_fleet(listening: str, sizes: int, after_s: float) -> None:
    command = [sys.executable, "-c", CHILD, str(Path(__file__).parent), listening, str(sizes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(after_s)
        sent = time.monotonic()
        child.send_signal(signal.SIGINT)
        took = float(child.stdout.readline()) - sent
    print(f"Ctrl-C on {sizes} sizes after {after_s} s, {listening}: answered in {took:.3f} s")
    assert child.returncode == 0
    assert took < SLEEPY_MACHINE_S
