"""Write a made-up fleet as the files that `read_usage` reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl

from advisor import schema, units
from advisor.errors import InputError
from advisor.usage.synthetic.estate import commitments, instances
from advisor.usage.synthetic.fleet import fleet
from advisor.usage.synthetic.runs import draw_runs, run_usage, runs_table
from advisor.usage.synthetic.services import service_usage
from advisor.usage.synthetic.shop import ACCOUNT
from advisor.usage.synthetic.spec import Jobs, Load, Spec

FIRST_DAY = datetime(2026, 6, 15, tzinfo=UTC)  # a Monday; the window does not depend on when one runs it
_CHUNK_ROWS = 500_000  # steps made at once: bounds memory


@dataclass(frozen=True)
class DemoSummary:
    """What was written: rows of each table, and the files."""

    folder: Path
    workloads: int
    usage_rows: int
    runs: int
    files: tuple[Path, ...]


def write_demo(
    folder: Path,
    *,
    workloads: int = 40,
    days: int = 35,
    interval_s: int = 3600,
    seed: int = 7,
    format: Literal["csv", "parquet"] = "parquet",
) -> DemoSummary:
    """Write the demo company, and as many more workloads as asked for, into `folder`.

    The same arguments give the same bytes. Beyond forty, they are drawn from the calibrated distributions.

    Args:
        workloads: how many, at least 1.
        days: length of the window, at least 1.
        interval_s: length of a usage row: divides an hour, at least 60; above 300 a multiple of 300.
        format: of the usage table; the small tables are CSV always, for people to read.

    Raises:
        InputError: when a number is out of range or the folder cannot be written.
    """
    _check(workloads, days, interval_s, format)
    specs = list(enumerate(fleet(workloads, seed)))
    batch = [(spec, number) for number, spec in specs if isinstance(spec.work, Jobs)]
    runs = draw_runs(batch, days, seed)
    usage = pl.concat(usage_chunks([spec for _, spec in specs], runs, days, interval_s, seed), rechunk=False)
    tables = {
        "workloads": inventory([spec for _, spec in specs]),
        "runs": runs_table(runs, FIRST_DAY),
        "instances": instances(ACCOUNT, FIRST_DAY, days),
        "commitments": commitments(ACCOUNT, FIRST_DAY),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = [_write_csv(table, folder / f"{name}.csv") for name, table in tables.items() if table.height]
        files.append(
            _write_csv(usage, folder / "usage.csv")
            if format == "csv"
            else _write_parquet(usage, folder / "usage.parquet")
        )
    except OSError as error:
        raise InputError(f"cannot write demo data into {folder}: {error.strerror}") from error
    return DemoSummary(folder, len(specs), usage.height, runs.height, tuple(files))


def usage_chunks(
    specs: Sequence[Spec], runs: pl.DataFrame, days: int, interval_s: int, seed: int
) -> Iterator[pl.DataFrame]:
    """Yield usage rows in the order of the workloads, some workloads at a time."""
    step_s = min(interval_s, 300)
    size = max(1, _CHUNK_ROWS * step_s // (days * units.SECONDS_PER_DAY))
    for begin in range(0, len(specs), size):
        chunk = list(enumerate(specs))[begin : begin + size]
        services = [(spec, number) for number, spec in chunk if isinstance(spec.work, Load)]
        batch = [spec.workload_id for _, spec in chunk if isinstance(spec.work, Jobs)]
        if services:
            yield service_usage(services, FIRST_DAY, days, interval_s, seed)
        if batch:
            mine = runs.filter(pl.col("workload_id").is_in(batch))
            yield run_usage(mine, batch, FIRST_DAY, days, interval_s)


def inventory(specs: Sequence[Spec]) -> pl.DataFrame:
    """Return `schema.WORKLOADS` of the fleet."""
    rows = [
        {
            "workload_id": spec.workload_id,
            "name": spec.workload_id,
            "task_vcpu": spec.vcpu,
            "task_memory_mib": float(spec.memory_mib),
            **spec.row,
        }
        for spec in specs
    ]
    wanted = schema.dtypes(schema.WORKLOADS)
    return schema.conform(pl.DataFrame(rows, schema=wanted), schema.WORKLOADS)


def _check(workloads: int, days: int, interval_s: int, format: str) -> None:
    if workloads < 1 or days < 1:
        raise InputError("demo data need at least one workload and one day", hint="--workloads 40 --days 35")
    if interval_s < 60 or 3600 % interval_s or (interval_s > 300 and interval_s % 300):
        raise InputError(
            f"interval of {interval_s} s: take 60, 300, 600, 900, 1800 or 3600", hint="--interval 300"
        )
    if format not in ("csv", "parquet"):
        raise InputError(f"format {format!r} is not csv or parquet", hint="--format parquet")


def _write_csv(table: pl.DataFrame, path: Path) -> Path:
    table.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ")
    return path


def _write_parquet(table: pl.DataFrame, path: Path) -> Path:
    table.write_parquet(path, compression="zstd", compression_level=9, row_group_size=1_000_000)
    return path
