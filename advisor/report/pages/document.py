"""A page as versioned JSON: the numbers as printed, units beside them, all rows of a table."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from advisor.report.pages.page import Block, Cell, Items, Page, Picture, Section, Table

KIND = "advisor.report"
SCHEMA_VERSION = 1
"""Raised when a reader of the older form would go wrong; new fields alone do not raise it."""


def document(page: Page) -> str:
    """Return the page; the same page gives the same bytes."""
    content = {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "report": page.kind,
        "title": page.title,
        "dated": page.dated,
        "as_of": page.as_of,
        "headline": page.headline,
        "since": page.since,
        "remarks": list(page.remarks),
        "ask": page.ask,
        "figures": [
            {"name": f.name, "value": f.value, "more": f.more, "means": f.means, "trend": f.trend}
            for f in page.figures
        ],
        "sections": [_section(s) for s in page.sections],
        "made_from": dict(page.made_from),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True) + "\n"


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "heading": section.heading,
        "blocks": [_block(b) for b in section.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        return {
            "table": block.key,
            "caption": block.caption,
            "note": block.note,
            "columns": [{"name": c.name, "unit": c.unit.value} for c in block.columns],
            "rows": [_row(row) for row in block.whole or block.rows],
            "total": None if block.total is None else _row(block.total),
        }
    if isinstance(block, Items):
        return {"items": list(block.texts), "numbered": block.numbered}
    if isinstance(block, Picture):
        return {"chart": block.chart, "subject": block.subject, "says": block.says}
    return {"text": block}


def _row(row: tuple[Cell, ...]) -> list[str | int | float | None]:
    return [_plain(cell) for cell in row]


def _plain(cell: Cell) -> str | int | float | None:
    """Return money as a number: in whole dollars or cents a float of JSON holds it exactly enough to print it again."""
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    return cell
