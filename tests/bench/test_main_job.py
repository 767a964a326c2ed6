"""The main job against the clock and the memory: help, demo, and a thousand workloads. `make bench` prints it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

SHOP = Path(__file__).parents[2] / "data" / "shop"
REPEATS = 5


def timed(folder: Path, *argv: str) -> tuple[float, float]:
    """Run the command in a process of its own; return seconds and its peak memory in MiB."""
    environment = os.environ | {"HOME": str(folder), "ADVISOR_STATE_DIR": str(folder / "state")}
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "advisor", *argv],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def best_of(folder: Path, *argv: str) -> tuple[float, float]:
    return min(timed(folder, *argv) for _ in range(REPEATS))


@pytest.mark.bench
def test_help_and_demo(tmp_path: Path) -> None:
    for name, argv in {"--help": ("--help",), "demo": ("recommend", str(SHOP))}.items():
        took_s, peak_mib = best_of(tmp_path, *argv)
        print(f"\nadvisor {name}: {took_s:.2f} s, {peak_mib:.0f} MiB at most (best of {REPEATS})")


@pytest.mark.bench
def test_a_thousand_workloads(tmp_path: Path) -> None:
    """1,000 workloads × 30 days × 5 minutes, 8.4 million rows of Parquet, and where the time goes."""
    fleet = tmp_path / "fleet"
    size = ("--workloads", "1000", "--days", "30", "--interval", "300")
    timed(tmp_path, "demo-data", str(fleet), *size)
    took_s, peak_mib = timed(tmp_path, "recommend", str(fleet))
    print(f"\nadvisor recommend, 1,000 workloads: {took_s:.1f} s, {peak_mib:.0f} MiB at most")
    for step, seconds in stages(fleet):
        print(f"  {step:<40} {seconds:5.1f} s")
    print(f"  peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def stages(fleet: Path) -> list[tuple[str, float]]:
    """Return the stages of the pipeline, as its progress names them, with their seconds."""
    from advisor import advise, load_catalog, read_usage

    marks = [("reading usage", time.perf_counter())]
    usage = read_usage(fleet)
    catalog = load_catalog()
    advise(usage, catalog, progress=lambda step: marks.append((step, time.perf_counter())))
    marks.append(("", time.perf_counter()))
    spent: dict[str, float] = {}
    for (step, start), (_, end) in pairwise(marks):
        name = "placing workloads" if step.startswith("placing") else step
        spent[name] = spent.get(name, 0.0) + end - start
    return list(spent.items())
