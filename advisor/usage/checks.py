"""What the cells of a row, or the rows of a file, must satisfy together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import polars as pl

from advisor.usage.problems import Problem

ROW = "__row__"
"""Row number as an editor shows it, carried beside the data."""
MEASURED = ("vcpu_used", "memory_used_mib", "cpu_percent", "memory_percent", "cpu_units")
ROUNDED_SHARE = 0.01
"""A maximum may be this much below its mean because both were rounded."""
LEAST_MEMORY_MIB = 4.0
"""No container starts in less (Docker asks for 6 MiB); a smaller figure is GiB, or a mistake."""
LONGEST_RUN = timedelta(days=400)
"""A run that lasts longer than any window looked at is a wrong date."""
FAR = timedelta(days=4 * 365)
"""A point that far from the middle of its file is a wrong date; CloudWatch itself keeps 455 days."""
ECS_SINCE = datetime(2014, 11, 1, tzinfo=UTC)
"""Amazon ECS was announced in November 2014."""
NOT_AFTER = datetime(2100, 1, 1, tzinfo=UTC)


def row_problems(kind: str, frame: pl.DataFrame, file: str) -> list[Problem]:
    """Return the faults of a table that no single cell shows.

    Args:
        kind: which of `schema.TABLES`.
        frame: parsed columns with `ROW`; wrong cells are null.
    """
    return [p for check in CHECKS.get(kind, ()) for p in check(frame, file)]


def _max_below_mean(frame: pl.DataFrame, file: str) -> Iterator[Problem]:
    for name in MEASURED:
        mean, most = f"{name}_mean", f"{name}_max"
        if {mean, most} <= set(frame.columns):
            wrong = frame.filter(pl.col(most) < pl.col(mean) * (1 - ROUNDED_SHARE))
            for row, low, high in wrong.select(ROW, most, mean).iter_rows():
                reason = f"below its mean {high:g}; check the unit and the mapping of both columns"
                yield Problem(file, row, most, f"{low:g}", reason)


def _too_small(frame: pl.DataFrame, file: str) -> Iterator[Problem]:
    if "task_memory_mib" in frame.columns:
        memory = pl.col("task_memory_mib")
        for row, value in (
            frame.filter((memory > 0) & (memory < LEAST_MEMORY_MIB))
            .select(ROW, "task_memory_mib")
            .iter_rows()
        ):
            yield Problem(
                file, row, "task_memory_mib", f"{value:g}", "too little for any container; give MiB"
            )


def _backward(frame: pl.DataFrame, file: str) -> Iterator[Problem]:
    for first in ("created_at", "pull_started_at", "started_at"):
        if first in frame.columns:
            lasted = pl.col("stopped_at") - pl.col(first)
            for row, stop in (
                frame.filter(pl.col("stopped_at") < pl.col(first)).select(ROW, "stopped_at").iter_rows()
            ):
                reason = f"before {first}; times of a run must follow each other"
                yield Problem(file, row, "stopped_at", _shown(stop), reason)
            for row, start in frame.filter(lasted > LONGEST_RUN).select(ROW, first).iter_rows():
                reason = f"over {LONGEST_RUN.days} days before the run stopped; check the date"
                yield Problem(file, row, first, _shown(start), reason)


def _far_away(column: str) -> Callable[[pl.DataFrame, str], Iterator[Problem]]:
    def check(frame: pl.DataFrame, file: str) -> Iterator[Problem]:
        if column not in frame.columns:
            return
        first, last = frame[column].min(), frame[column].max()
        if not isinstance(first, datetime) or not isinstance(last, datetime):
            return
        if first >= ECS_SINCE and last < NOT_AFTER and last - first <= FAR:
            return
        middle = frame[column].median()
        assert isinstance(middle, datetime), "a column with values has a middle"
        at = pl.col(column)
        impossible = (at < ECS_SINCE) | (at >= NOT_AFTER)
        far = (at < middle - FAR) | (at > middle + FAR)
        for row, value, no in (
            frame.filter(impossible | far).select(ROW, column, impossible.alias("no")).iter_rows()
        ):
            reason = (
                "no time at which ECS could have run it"
                if no
                else f"years away from {middle:%Y-%m-%d}, the middle of the file"
            )
            yield Problem(file, row, column, _shown(value), f"{reason}; check the date")

    return check


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


CHECKS: dict[str, tuple[Callable[[pl.DataFrame, str], Iterator[Problem]], ...]] = {
    "workloads": (_too_small,),
    "usage": (_max_below_mean, _far_away("start")),
    "runs": (_backward, _far_away("stopped_at")),
    "instances": (_far_away("start"),),
    "bill": (_far_away("start"),),
}
