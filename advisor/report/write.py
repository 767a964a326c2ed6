"""A report into a file: format by suffix, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from advisor.errors import DeliveryError, InputError
from advisor.files import replace_file
from advisor.model import Plan
from advisor.report.render import render

SUFFIXES = {".txt": "table", ".json": "json", ".csv": "csv", ".parquet": "parquet", ".md": "md"}
"""File suffix → format of a plan."""
PAGES = {".html": "html", ".pdf": "pdf", ".xlsx": "xlsx"}
"""File suffix → format of a report: these have pages, and show the FinOps report."""


def format_of(path: Path) -> str:
    """Return the format that a file's suffix stands for.

    Raises:
        InputError: the suffix is not known.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path.name}: no report format has the suffix {path.suffix or '(none)'!r}",
            hint=f"use one of {', '.join(SUFFIXES)}, or --format; advisor report writes {', '.join(PAGES)}",
        )
    return SUFFIXES[path.suffix.lower()]


def write_report(plan: Plan, path: str | Path, format: str | None = None) -> Path:
    """Write a plan in the format of the file's suffix (or `format`) and return the path.

    Args:
        path: `.txt .json .csv .parquet .md` for the plan; `.html .pdf .xlsx` for its FinOps report.

    Raises:
        InputError: the format is not known.
        AdvisorError: what `.html`, `.pdf` or `.xlsx` need is not installed.
        DeliveryError: the file cannot be written.
    """
    target = Path(path)
    paged = format if format in PAGES.values() else None if format else PAGES.get(target.suffix.lower())
    if paged:
        from advisor.report.pages import render_report  # noqa: PLC0415 - a plan as table needs none of it

        content = render_report(plan, "finops", paged)
    else:
        content = render(plan, format or format_of(target))
    write_content(target, content)
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
