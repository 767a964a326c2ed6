"""Two plans side by side as a table for a terminal, 60 to 120 cells wide, legible without colour."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.model import Comparison, Moved
from advisor.report.comparison_rows import MovedRow, View, view
from advisor.report.comparison_words import KNOWS_NOT, commitments, proof, reasons, tally, title, totals
from advisor.report.text import columns, cut, display_width, pad, safe, squeezed, wrap

TOP = 20
"""Rows shown unless all are asked for, as in the table of a plan."""
ARROW = " → "
GAP = "  "
SIZE_AFTER = ", "
"""Stands between a place and a task size in `Moved.before`."""
LEAST = (14, 10, 10)
"""Cells that workload, before and after keep however narrow the terminal is."""


def comparison_table(compared: Comparison, *, width: int = 100, everything: bool = False) -> str:
    """Return the comparison as text for a terminal.

    Args:
        width: cells a line may take.
        everything: list every workload that moves.
    """
    shown = view(compared, None if everything else TOP)
    blocks = (
        wrap(safe(title(compared)), width),
        _totals(compared, shown),
        wrap(f" {proof(compared)}", width),
        [*_moves(shown, width), *_lone(compared.moved[: len(shown.rows)], width)],
        wrap(f" {tally(compared, shown.rest, shown.step)}", width),
        _commitments(compared, width),
        wrap(f" Assumed: {safe('; '.join(compared.assumptions))}", width) if compared.assumptions else [],
        [line for text in KNOWS_NOT for line in wrap(f" Note: {text}", width)],
    )
    return "\n\n".join("\n".join(cut(line, width) for line in block) for block in blocks if block) + "\n"


def _totals(compared: Comparison, shown: View) -> list[str]:
    rows = list(totals(compared, shown.cash, shown.step))
    money = _arrowed([(before, after) for _, before, after, _, _ in rows], right=True)
    cells = [(what, both, more, share) for (what, _, _, more, share), both in zip(rows, money, strict=True)]
    widest = [max(display_width(row[i]) for row in cells) for i in range(4)]
    return [f" {line}" for line in columns(cells, (False, False, True, True), widest, GAP)]


def _moves(shown: View, width: int) -> list[str]:
    rows = [*shown.rows, *([shown.more] if shown.more else [])]
    if not rows:
        return []
    names = [f"{row.sign or ' '} {safe(row.workload)}" for row in rows]
    money = _arrowed([(row.usd_before, row.usd_after) for row in rows], right=True)
    moved = [row.moved for row in rows]
    fixed = 1 + 3 * len(GAP) + len(ARROW) + _widest(money) + _widest(moved)
    for sizes in ((True, True), (False, True), (False, False)):
        words = [_words(row, sizes) for row in rows]
        need = [_widest(names), *(_widest([pair[i] for pair in words]) for i in (0, 1))]
        if sum(need) + fixed <= width:
            break
    name, *places = squeezed(need, LEAST, sum(need) + fixed - width)
    cells = list(zip(names, _arrowed(words, places), money, moved, strict=True))
    most = (name, sum(places) + len(ARROW), _widest(money), _widest(moved))
    return [f" {line}" for line in columns(cells, (False, False, False, True), most, GAP)]


def _words(row: MovedRow, sizes: tuple[bool, bool]) -> tuple[str, str]:
    """Return where a workload runs before and after; where the place is another, the sizes of either side may go."""
    (before, *_), (after, *_) = (words.split(SIZE_AFTER) for words in (row.before, row.after))
    if before == after:
        return safe(row.before), safe(row.after)
    return safe(row.before if sizes[0] else before), safe(row.after if sizes[1] else after)


def _widest(texts: Sequence[str]) -> int:
    return max(map(display_width, texts))


def _arrowed(
    pairs: Sequence[tuple[str, str]], most: Sequence[int] | None = None, *, right: bool = False
) -> list[str]:
    """Return pairs as `before → after`, the arrows below each other; none where there is nothing on either side.

    Args:
        most: widest each side may become.
        right: both sides are numbers.
    """
    widths = most or [_widest([pair[i] for pair in pairs]) for i in (0, 1)]
    return [
        (ARROW if any(pair) else " " * len(ARROW)).join(
            pad(side, w, right=right) for side, w in zip(pair, widths, strict=True)
        )
        for pair in pairs
    ]


def _lone(moved: Sequence[Moved], width: int) -> list[str]:
    return [line for name, why in reasons(moved) for line in wrap(f"   {safe(name)}: {safe(why)}", width)]


def _commitments(compared: Comparison, width: int) -> list[str]:
    rows = list(commitments(compared))
    if not rows:
        return []
    rates = _arrowed([(before, after) for _, before, after in rows], right=True)
    cells = [(safe(name), both) for (name, *_), both in zip(rows, rates, strict=True)]
    most = (width - 3 - len(GAP) - _widest(rates), _widest(rates))
    return [
        " Commitments, USD an hour",
        *(f"   {line}" for line in columns(cells, (False, False), most, GAP)),
    ]
