"""A page as plain text, for terminals and for the text part of a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap as wrapped

from advisor.report.pages.cells import NUMBERS, headed, shown
from advisor.report.pages.page import Block, Cell, Items, Page, Picture, Table, Unit
from advisor.report.text import columns, cut, display_width, safe, squeezed, wrap

WIDTH = 100
LEAST = 14
"""Cells that a column of texts keeps however narrow the page is."""
CELL = 240
GAP = 2


def plain(page: Page, width: int = WIDTH) -> str:
    """Return the page in lines of at most `width` cells."""
    digits = 0 if page.step_usd == 1 else 2
    title = _wrapped(page.title, width)
    blocks = [
        [*title, "=" * max(map(display_width, title)), *_wrapped(page.dated, width)],
        _wrapped(page.headline, width),
        _wrapped(page.since, width),
        [line for text in page.remarks for line in _wrapped(f"! {text}", width, 2)],
        _wrapped(f"To decide: {page.ask}", width) if page.ask else [],
        list(_figures(page, width)),
    ]
    for section in page.sections:
        heading = cut(safe(section.heading), width)
        blocks.append([heading, ("-" if section.level == 2 else "·") * display_width(heading)])
        blocks += [list(_block(block, width, digits)) for block in section.blocks]
    made = ", ".join(f"{name} {digest[:12]}" for name, digest in page.made_from)
    blocks.append(_wrapped(f"Made by advisor from {made}.", width))
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _wrapped(text: str, width: int, hang: int = 0) -> list[str]:
    return [cut(line, width) for line in wrap(safe(text), width, hang)] if text else []


def _figures(page: Page, width: int) -> Iterator[str]:
    rows = [(f.name, f.value, f"{f.more}; {f.trend}" if f.trend else f.more) for f in page.figures]
    if rows:
        yield from columns([tuple(map(safe, r)) for r in rows], (False, True, False), (30, 20, width - 54))


def _block(block: Block, width: int, digits: int) -> Iterator[str]:
    if isinstance(block, Table):
        yield from _wrapped(f"{block.caption}.", width)
        yield from _table(block, width, digits)
        yield from _wrapped(block.note, width)
    elif isinstance(block, Items):
        for number, text in enumerate(block.texts, 1):
            yield from _wrapped(f"{number}. {text}" if block.numbered else f"- {text}", width, 2)
    else:
        yield from _wrapped(block.says if isinstance(block, Picture) else block, width)


def _heading(table: Table, index: int) -> str:
    """Return a column's heading; dollars a month are told by the caption."""
    column = table.columns[index]
    return column.name if column.unit is Unit.USD else headed(table, index)


def _table(table: Table, width: int, digits: int) -> Iterator[str]:
    units = [column.unit for column in table.columns]
    head = [_heading(table, i) for i in range(len(units))]
    body = [_cells(row, units, digits) for row in table.rows]
    total = [_cells(table.total, units, digits)] if table.total else []
    rows = [head, *body, *total]
    need = [max(display_width(row[i]) for row in rows) for i in range(len(units))]
    # money is neither cut nor broken: only texts give way
    least = [need[i] if unit in NUMBERS else min(need[i], LEAST) for i, unit in enumerate(units)]
    if sum(least) + GAP * (len(units) - 1) > width:
        yield from _stacked(head, [*body, *total], width)
        return
    most = squeezed(need, least, sum(need) + GAP * (len(units) - 1) - width)
    right = [unit in NUMBERS for unit in units]
    rule = "-" * min(width, sum(most) + GAP * (len(units) - 1))
    lines = [_broken(row, most) for row in rows]
    flat = [cells for row in lines for cells in row]
    text = iter(columns(flat, right, most))
    for number, row in enumerate(lines):
        if number == 1 or (total and number == len(lines) - 1):
            yield rule
        for _ in row:
            yield next(text)


def _cells(row: Sequence[Cell], units: Sequence[Unit], digits: int) -> list[str]:
    return [cut(safe(shown(v, unit, digits)), CELL) for v, unit in zip(row, units, strict=True)]


def _broken(row: Sequence[str], most: Sequence[int]) -> list[tuple[str, ...]]:
    """Return a row as lines, texts broken to the width of their columns."""
    cells = []
    for text, width in zip(row, most, strict=True):
        # wide characters take two cells each
        cells.append(
            [text] if display_width(text) <= width else wrapped(text, width if text.isascii() else width // 2)
        )
    return [tuple(line) for line in zip_longest(*cells, fillvalue="")] or [tuple(row)]


def _stacked(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Yield a table that is wider than the page, a row at a time."""
    for row in rows:
        yield from _wrapped(row[0], width)
        told = [f"{name} {value}" for name, value in zip(head[1:], row[1:], strict=True) if value]
        yield from _wrapped("  " + " · ".join(told), width)
