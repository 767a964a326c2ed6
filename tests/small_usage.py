"""A few workloads over nine days as a file, so that the command plans in a moment."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ASSUMED = [f"--assume={pair}" for pair in ("region=eu-west-1", "task_vcpu=1", "task_memory_mib=2048")]


def write_usage(path: Path, names: Iterable[str], bad: str = "") -> str:
    """Write steady usage of so many workloads, and a row that makes no sense where one is given; return the path."""
    names = list(names)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("workload_id", "start", "tasks", "vcpu_used_mean", "memory_used_mib_max"))
        for hour in range(24 * 9):
            start = (datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=hour)).isoformat()
            rows.writerows((name, start, 3 + hour % 3, 0.3, 800) for name in names)
        file.write(f"{bad}\n" if bad else "")
    return str(path)
