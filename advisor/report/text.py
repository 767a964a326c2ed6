"""Text that is safe and straight in a terminal: control characters shown, widths as displayed, columns aligned."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

ELLIPSIS = "…"
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that steer, turn round or hide text instead of being read."""


def safe(text: object) -> str:
    """Return `text` with control, bidi and invisible characters as `\\x1b`, `\\u202e`."""
    text = str(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c if unicodedata.category(c) not in HIDDEN else c.encode("unicode_escape", "surrogatepass").decode()
        for c in text
    )


def display_width(text: str) -> int:
    """Return how many terminal cells `text` takes: wide characters two, combining marks none."""
    return len(text) if text.isascii() else sum(_cells(c) for c in text)


def cut(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, cut with an ellipsis."""
    if display_width(text) <= width:
        return text
    kept, used = [], 0
    for c in text:
        used += _cells(c)
        if used > width - 1:
            break
        kept.append(c)
    return "".join(kept).rstrip() + ELLIPSIS


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` cut and filled to exactly `width` cells, right-aligned for numbers."""
    text = cut(text, width)
    fill = " " * (width - display_width(text))
    return fill + text if right else text + fill


def wrap(text: str, width: int, hang: int = 2) -> list[str]:
    """Return `text` as lines of at most `width` cells; later lines stand `hang` cells further in than the first."""
    indent = " " * (len(text) - len(text.lstrip(" ")) + hang)
    words = text.lstrip(" ").split(" ")
    line = " " * (len(text) - len(text.lstrip(" "))) + words[0]
    lines = []
    for word in words[1:]:
        if display_width(line) + 1 + display_width(word) > width:
            lines.append(line.rstrip())
            line = indent + word
        else:
            line += f" {word}"
    return [*lines, line.rstrip()]


def columns(
    rows: Sequence[Sequence[str]], right: Sequence[bool], most: Sequence[int], gap: str = "  "
) -> list[str]:
    """Return rows as aligned lines.

    Args:
        right: which columns hold numbers.
        most: widest each column may become.
    """
    widths = [min(most[i], max(display_width(row[i]) for row in rows)) for i in range(len(right))]
    return [
        gap.join(pad(cell, w, right=r) for cell, w, r in zip(row, widths, right, strict=True)).rstrip()
        for row in rows
    ]


def squeezed(need: Sequence[int], least: Sequence[int], excess: int) -> list[int]:
    """Return column widths with `excess` cells taken away, always from the column that has most to give.

    Args:
        need: widths that would show everything.
        least: cells that each column keeps all the same, where it needs them.
    """
    widths = list(need)
    for _ in range(max(0, excess)):
        i = max(range(len(widths)), key=lambda i: widths[i] - least[i])
        widths[i] = max(min(widths[i], least[i]), widths[i] - 1)
    return widths


def _cells(c: str) -> int:
    if unicodedata.category(c) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
