"""A report into a file: format by suffix, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from advisor.errors import DeliveryError, InputError
from advisor.files import replace_file
from advisor.model import Plan
from advisor.report.render import render

SUFFIXES = {".txt": "table", ".json": "json", ".csv": "csv", ".parquet": "parquet", ".md": "md"}
"""File suffix → format."""


def format_of(path: Path) -> str:
    """Return the format that a file's suffix stands for.

    Raises:
        InputError: the suffix is not known.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path.name}: no report format has the suffix {path.suffix or '(none)'!r}",
            hint=f"use one of {', '.join(SUFFIXES)}, or --format",
        )
    return SUFFIXES[path.suffix.lower()]


def write_report(plan: Plan, path: str | Path, format: str | None = None) -> Path:
    """Write a plan in the format of the file's suffix (or `format`) and return the path.

    Raises:
        InputError: the format is not known.
        DeliveryError: the file cannot be written.
    """
    target = Path(path)
    write_content(target, render(plan, format or format_of(target)))
    return target


def write_content(path: Path, content: bytes) -> None:
    """Write a report that is already made, whole or not at all.

    Raises:
        DeliveryError: the file cannot be written.
    """
    try:
        replace_file(path, content)
    except OSError as fault:
        raise DeliveryError(
            f"{path}: cannot be written: {fault.strerror}", hint="name a file in a folder that you can write"
        ) from fault
