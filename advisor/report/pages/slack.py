"""A page as Slack blocks, within Slack's limits; no name in it can mention anybody or become a link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from advisor.report.pages.brief import extract
from advisor.report.pages.cells import shown
from advisor.report.pages.page import Page
from advisor.report.text import cut, safe

HEADER, SECTION, FIELD, FIELDS, BLOCKS = 150, 3_000, 2_000, 10, 50
"""Slack's limits in letters and pieces (docs of Block Kit, 2026)."""
CELL = 60
REMARKS = 5
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
MARKS = str.maketrans({c: f"\N{ZERO WIDTH SPACE}{c}" for c in "*_~`@#"})
"""Slack knows no escape for its marks: a space of no width before one keeps it from being read as one."""


def slack(page: Page) -> str:
    """Return what a webhook takes: a line for notifications, and blocks."""
    blocks = list(_blocks(page))[:BLOCKS]
    message = {"text": cut(escaped(f"{page.title}: {page.headline}"), SECTION), "blocks": blocks}
    return json.dumps(message, ensure_ascii=False, indent=1) + "\n"


def escaped(text: object) -> str:
    """Return text that Slack shows as it is: no mention, no link, no markup, no hidden characters."""
    return safe(text).translate(ENTITIES).translate(MARKS)


def _limited(text: str, most: int) -> str:
    """Return escaped text in at most `most` letters; an entity is not cut in two."""
    made = escaped(text)
    while len(made) > most:
        text = cut(text, max(1, len(text) - max(1, (len(made) - most) // 6)))
        made = escaped(text)
    return made


def _blocks(page: Page) -> Iterator[dict[str, Any]]:
    # a header is plain text: Slack reads no markup in it
    yield {
        "type": "header",
        "text": {"type": "plain_text", "text": cut(safe(page.title), HEADER), "emoji": False},
    }
    yield _section(_limited(page.headline, SECTION))
    if page.since:
        yield _section(_limited(page.since, SECTION))
    for text in page.remarks[:REMARKS]:
        yield _section(_limited(f"! {text}", SECTION))
    if page.ask:
        yield _section(f"*To decide:* {_limited(page.ask, SECTION - 20)}")
    fields = [
        {
            "type": "mrkdwn",
            "text": f"*{_limited(f.name, 100)}*\n{_limited(f.value, 100)}\n{_limited(f.more, 300)}",
        }
        for f in page.figures[:FIELDS]
    ]
    if fields:
        yield {"type": "section", "fields": fields}
    yield from _rows(page)
    yield {"type": "context", "elements": [{"type": "mrkdwn", "text": _limited(page.dated, SECTION)}]}


def _rows(page: Page) -> Iterator[dict[str, Any]]:
    found = extract(page)
    if found is None:
        return
    digits = 0 if page.step_usd == 1 else 2
    units = [c.unit for c in found.table.columns]
    lines = []
    total = [found.table.total] if found.table.total else []
    for row in (*found.table.rows, *total):
        cells = [cut(safe(shown(v, u, digits)), CELL) for v, u in zip(row, units, strict=True)]
        lines.append(" · ".join(escaped(c) for c in cells if c))
    text = "\n".join(f"• {line}" for line in lines)
    while len(text) > SECTION:
        lines.pop(-2 if total else -1)
        text = "\n".join(f"• {line}" for line in lines)
    yield _section(text)
    yield {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": _limited(f"{found.table.caption}.", SECTION)}],
    }


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
