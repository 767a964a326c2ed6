"""What was read of accounts, and what could not be, told on stderr."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor.cli.failures import warn, whisper

if TYPE_CHECKING:
    from advisor.aws.failures import Cell

COST = "advisor policy --tier cost"
"""What the hint of a denied call names where the cost tier would allow it."""


def tell_coverage(cells: Sequence[Cell]) -> bool:
    """Tell what was read and what could not be; return whether anything is missing."""
    from advisor.aws import coverage

    # of one place that is read whole there is nothing to count
    if len({(c.account_id, c.region) for c in cells}) > 1 or any(c.is_hole for c in cells):
        whisper(*aligned(coverage.rows(cells)))
    has_holes = tell_holes(cells)
    holes = [c for c in cells if c.is_hole]
    if holes and all(COST in c.hint for c in holes):
        whisper(f"all that is missing is of the cost tier ({COST}): recommend --no-bill does without it")
    return has_holes


def tell_holes(cells: Sequence[Cell]) -> bool:
    """Tell what could not be read; return whether anything is missing."""
    from advisor.aws import coverage

    holes = coverage.holes(cells)
    if holes:
        whole = sum(not cell.is_hole for cell in cells)
        warn(f"read {whole} of {len(cells)} APIs whole; what is missing:")
        for hole in holes:
            warn(hole)
    return bool(holes)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines: the first column to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(t.rjust(w) for t, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
