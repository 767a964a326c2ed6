"""Text on charts: made safe, cut where it must be, wrapped where it may be."""

from __future__ import annotations

from textwrap import wrap as wrapped

from advisor.report.text import cut, safe

LINE = 104
"""Letters of a line below a chart's title."""
ORPHAN = 40
"""Letters that the last line of a sentence has at the least, where lines can be broken so."""


def short(text: object, most: int = 34) -> str:
    """Return a name for an axis or a legend: no control characters, at most `most` cells."""
    return cut(safe(text), most)


def said(*sentences: str) -> list[str]:
    """Return sentences as the lines below a title; empty ones are left out, no word or two stand in a line of their own."""
    lines: list[str] = []
    for text in filter(None, map(safe, sentences)):
        found = wrapped(text, LINE)
        for width in range(LINE - 1, LINE // 2, -1):
            if len(found) == 1 or len(found[-1]) >= ORPHAN:
                break
            narrower = wrapped(text, width)
            found = narrower if len(narrower) == len(found) else found
        lines += found
    return lines
