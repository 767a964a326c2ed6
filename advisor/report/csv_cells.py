"""CSV that no spreadsheet runs: risky text cells get a leading apostrophe, numbers stay numbers.

Rule: reliability.md T01, after OWASP's page on CSV injection.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

RISKY = frozenset("=+-@\t\r\n|%＝＋－＠'")
"""First characters that a spreadsheet may take for a formula; the apostrophe so that stripping one is exact."""
BOM = "\ufeff"


def guarded(text: str) -> str:
    """Return a text cell that is no formula; stripping one leading apostrophe gives the original."""
    bare = text.lstrip(BOM).lstrip("".join(c for c in set(text) if _is_blank(c)) + BOM)
    risky = bare[:1] in RISKY or text[:1] in RISKY
    return f"'{text}" if risky and text else text


def csv_text(frame: pl.DataFrame, *, raw: bool = False) -> str:
    """Return a frame as CSV (RFC 4180): text always quoted, null empty, numbers bare in shortest form.

    Args:
        raw: leave risky texts as they are.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(frame.columns)
    for row in frame.iter_rows():
        buffer.write(",".join(_cell(value, raw) for value in row) + "\r\n")
    return buffer.getvalue()


def _cell(value: object, raw: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value) if raw else guarded(str(value))
    return '"' + text.replace('"', '""') + '"'


def _is_blank(c: str) -> bool:
    return c not in "\t\r\n" and (c.isspace() or unicodedata.category(c) in ("Zs", "Cf"))
