"""`advisor demo-data`: usage of a made-up company, to try things on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from advisor.cli.options import Debug


class TableFormat(StrEnum):
    """How the usage table is written."""

    CSV = "csv"
    PARQUET = "parquet"


def demo_data(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to; made when it is not there.")],
    workloads: Annotated[int, typer.Option(min=1, help="How many workloads.")] = 40,
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 35,
    interval: Annotated[int, typer.Option(min=60, help="Seconds of a usage row; divides an hour.")] = 3600,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    form: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to write the usage table.")
    ] = TableFormat.PARQUET,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that holds files.")] = False,
    debug: Debug = False,
) -> None:
    """Write the usage of a made-up company, of any size.

    \b
    Examples:
      advisor demo-data shop
      advisor demo-data fleet --workloads 1000 --days 30 --interval 300
    """
    del debug  # read from the command line when something fails
    from advisor.usage.synthetic import write_demo

    _refuse_full(folder, force)
    format: Literal["csv", "parquet"] = "csv" if form is TableFormat.CSV else "parquet"
    made = write_demo(folder, workloads=workloads, days=days, interval_s=interval, seed=seed, format=format)
    print(
        f"{made.folder}: {made.workloads:,} workloads, {made.usage_rows:,} rows of usage, {made.runs:,} runs; "
        f"next: advisor recommend {made.folder}"
    )


def _refuse_full(folder: Path, force: bool) -> None:
    """Keep a made-up company from replacing tables of a real one, which have the same names."""
    from advisor.errors import InputError

    try:
        full = not force and folder.is_dir() and any(folder.iterdir())
    except OSError as fault:
        raise InputError(f"{folder}: cannot be read: {fault.strerror}", hint="name another folder") from fault
    if full:
        raise InputError(
            f"{folder}: the folder is not empty", hint="name another folder, or use --force to write into it"
        )
