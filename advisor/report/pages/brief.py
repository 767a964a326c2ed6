"""The first rows of a page, for messages: its first table that has money in it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from advisor.report.pages.cells import added
from advisor.report.pages.page import Cell, Page, Table, Unit

ROWS = 10
KEYS = ("largest_changes", "actions", "by_team", "team_0")
"""Tables that a message may show, the most wanted first."""
WIDE = 5
"""Columns that a message has room for."""


@dataclass(frozen=True)
class Extract:
    """A table cut to what a message has room for; its rows add up to its total.

    Attributes:
        left: rows that were added up in the last one.
    """

    table: Table
    left: int = 0


def extract(page: Page) -> Extract | None:
    """Return the table that tells most, in few rows; null where a page has none of them."""
    tables = {b.key: b for s in page.sections for b in s.blocks if isinstance(b, Table)}
    table = next((tables[key] for key in KEYS if key in tables), None)
    if table is None:
        return None
    keep = [
        i for i, c in enumerate(table.columns) if c.name not in ("#", "Effort", "Sure", "Kind", "Runs on")
    ][:WIDE]
    rows = [tuple(row[i] for i in keep) for row in table.rows]
    columns = tuple(table.columns[i] for i in keep)
    shown, rest = (rows, []) if len(rows) <= ROWS else (rows[: ROWS - 1], rows[ROWS - 1 :])
    if rest:
        shown = [
            *shown,
            tuple(_rest(columns[i].unit, [r[i] for r in rest], i, len(rest)) for i in range(len(keep))),
        ]
    total = None if table.total is None else tuple(table.total[i] for i in keep)
    return Extract(Table(table.key, table.caption, columns, tuple(shown), total), len(rest))


def _rest(unit: Unit, cells: list[Cell], index: int, count: int) -> Cell:
    if index == 0:
        return f"and {count} more"
    if unit is Unit.USD:
        return added([c for c in cells if isinstance(c, Decimal)])
    if unit is Unit.COUNT:
        return sum(c for c in cells if isinstance(c, int))
    return "" if unit is Unit.TEXT else None
