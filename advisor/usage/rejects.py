"""Rows that were set aside, written with their reason; text that a spreadsheet would run is made harmless."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

from advisor.files import replace_file
from advisor.usage.checks import ROW
from advisor.usage.table import Table

RISKY = tuple("=+-@\t\r\n＝＋－＠")


def write_rejects(table: Table, folder: Path) -> Path:
    """Write `<name>.rejects.csv` (reason, row, then all cells as they stood) and return its path.

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
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["reason", "row", *table.columns])
    for row in table.set_aside.iter_rows(named=True):
        number = row[ROW]
        stood = [*(row[c] for c in table.columns), *table.surplus.get(number, ())]
        shown = ["" if cell is None else harmless(str(cell)) for cell in stood]
        writer.writerow(["; ".join(reasons[number]), number, *shown])
    replace_file(target, text.getvalue().encode("utf-8", "backslashreplace"))


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
