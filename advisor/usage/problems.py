"""Faults found in a file: each names file, row, column, value and what to do; all are listed before a run stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.errors import InputError

LISTED = 50
VALUE_CHARS = 80
SKIP = "mend the rows, or use --skip-bad-rows to set them aside"


@dataclass(frozen=True, order=True)
class Problem:
    """One fault.

    Attributes:
        file: name as given.
        row: as an editor shows it, the header being row 1; 0 for the file as a whole.
        column: column of ours, empty for the whole row.
        value: what stands there.
        reason: what is wrong and what to do.
    """

    file: str
    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = (
            self.file
            + (f" row {self.row}" if self.row else "")
            + (f", column {self.column}" if self.column else "")
        )
        shown = self.value if len(self.value) <= VALUE_CHARS else self.value[: VALUE_CHARS - 1] + "…"
        printable = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)
        return f"{where}: {self.reason}" + (f" (found '{printable}')" if self.value else "")


def refuse(problems: Sequence[Problem], hint: str = SKIP) -> None:
    """Stop the run when there are problems, with up to 50 of them in the order of the files.

    Raises:
        InputError: with `problems`, one line each.
    """
    if not problems:
        return
    ordered = sorted(problems)
    lines = [str(p) for p in ordered[:LISTED]]
    if len(ordered) > LISTED:
        lines.append(f"… and {len(ordered) - LISTED} more")
    files = len({p.file for p in ordered})
    what = (
        f"{len(ordered)} problem{'s' if len(ordered) > 1 else ''} in {files} file{'s' if files > 1 else ''}"
    )
    rows = any(p.row for p in ordered)
    raise InputError(what, hint=hint if rows else None, problems=tuple(lines))
