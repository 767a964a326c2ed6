"""Rows that no cell gives away: impossible sizes, dates, units and orders are listed, never priced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from advisor.errors import InputError
from advisor.usage import read_usage

HEAD = "workload_id,start,tasks,vcpu_used_mean,vcpu_used_max"


def hours(n: int = 48) -> list[str]:
    start = datetime(2026, 9, 1, tzinfo=UTC)
    return [f"web,{start + timedelta(hours=h):%Y-%m-%dT%H:%M:%SZ},2,0.5,0.7" for h in range(n)]


def problems(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    with pytest.raises(InputError) as refused:
        read_usage(folder)
    return "\n".join(refused.value.problems)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("web,2026-09-05T00:00:00Z,2,0.9,0.1", "column vcpu_used_max: below its mean 0.9"),
        ("web,2036-09-05T00:00:00Z,2,0.5,0.7", "column start: years away from 2026-09-02"),
        ("web,1970-01-01T00:00:00Z,2,0.5,0.7", "column start: no time at which ECS could have run it"),
        ("web,9999-01-01T00:00:00Z,2,0.5,0.7", "column start: no time at which ECS could have run it"),
        ("web,2026090500,2,0.5,0.7", "column start: not a time we read for sure"),
        ("web,202609050000,2,0.5,0.7", "column start: not a time we read for sure"),
        ("web,2026-09-05T00:00:00Z,1e300,0.5,0.7", "column tasks: above 1,000,000"),
        ("web,2026-09-05T00:00:00Z,2,1e300,1e300", "1,024 CPU units are 1 vCPU"),
        ("web,2026-09-05T00:00:00Z,2,50%,50%", "column vcpu_used_mean: not a number"),
        ("web,2026-09-05T00:00:00Z,1 2,0.5,0.7", "column tasks: not a number"),
    ],
)
def test_a_row_of_usage_that_cannot_be(tmp_path: Path, row: str, says: str) -> None:
    said = problems(tmp_path, usage="\n".join([HEAD, *hours(), row]))
    assert "usage.csv row 50, " in said
    assert says in said


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("web,1024,2048", "column task_vcpu: above 192"),
        ("web,1,2", "column task_memory_mib: too little for any container"),
    ],
)
def test_a_size_in_another_unit(tmp_path: Path, row: str, says: str) -> None:
    usage = "\n".join([HEAD, *hours()])
    said = problems(tmp_path, usage=usage, workloads=f"workload_id,task_vcpu,task_memory_mib\n{row}")
    assert f"workloads.csv row 2, {says}" in said


def test_a_run_of_half_a_century(tmp_path: Path) -> None:
    runs = "workload_id,started_at,stopped_at\njob,1970-01-01T00:00:00Z,2026-09-01T01:00:00Z"
    assert "column started_at: over 400 days" in problems(tmp_path, runs=runs)


def test_absurd_intervals_are_refused_before_they_are_computed_with(tmp_path: Path) -> None:
    rows = "workload_id,start,interval_s,tasks\nweb,2026-09-01T00:00:00Z,9000000000000000000,2"
    assert "column interval_s: above 2,678,400" in problems(tmp_path, usage=rows)


def test_what_is_rare_but_lawful_is_read(tmp_path: Path) -> None:
    """Rounded maxima, thousands marks of three digits, epochs, percent over 100 and years of history."""
    (tmp_path / "usage.csv").write_text(
        "workload_id,start,tasks,cpu_percent_mean,cpu_percent_max\n"
        "web,1788220800,1 000,400%,398 %\n"
        "web,1788224400000,2,50,50\n"
        "web,2024-01-01T00:00:00Z,3,50,60\n"
    )
    usage = read_usage(tmp_path)
    assert usage.usage["tasks"].to_list() == [3.0, 1000.0, 2.0]
    assert usage.rows_rejected == 0


@pytest.mark.parametrize("account", [[1234567890], [1234567890.0], ["1234567890"], ["001234567890"]])
def test_accounts_keep_their_leading_zeros(tmp_path: Path, account: list[object]) -> None:
    pl.DataFrame({"workload_id": ["web"], "account_id": account}).write_parquet(
        tmp_path / "workloads.parquet"
    )
    (tmp_path / "usage.csv").write_text("\n".join([HEAD, *hours(3)]))
    assert read_usage(tmp_path).workloads["account_id"].to_list() == ["001234567890"]
