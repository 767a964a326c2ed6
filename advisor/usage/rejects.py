"""Rows that were set aside, written with their reason; text that a spreadsheet would run is made harmless."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

from advisor.usage.checks import ROW
from advisor.usage.table import Table

RISKY = tuple("=+-@\t\r\n＝＋－＠")


def write_rejects(table: Table, folder: Path) -> Path:
    """Write `<name>.rejects.csv` (reason, row, then the cells as they stood) and return its path.

    When the folder cannot be written to, the current folder is used.
    """
    target = folder / f"{table.file}.rejects.csv"
    try:
        _write(target, table)
    except OSError:
        target = Path.cwd() / target.name
        _write(target, table)
    return target


def _write(target: Path, table: Table) -> None:
    reasons: dict[int, list[str]] = {}
    for problem in table.problems:
        if problem.row:
            reasons.setdefault(problem.row, []).append(
                f"{problem.column}: {problem.reason}" if problem.column else problem.reason
            )
    cells = [c for c in table.raw.columns if c != ROW]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["reason", "row", *cells])
        for row in table.raw.iter_rows(named=True):
            if row[ROW] in table.bad_rows:
                shown = ["" if row[c] is None else harmless(str(row[c])) for c in cells]
                writer.writerow(["; ".join(reasons[row[ROW]]), row[ROW], *shown])


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; a plain number stays as it is."""
    start = text.lstrip("\ufeff")
    while start and unicodedata.category(start[0]) in ("Zs", "Cf"):
        start = start[1:]
    if not start.startswith(RISKY):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
