"""A page as Markdown: for tickets, wikis and pull requests; charts are told in words."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.report.markdown import RIGHT, escaped
from advisor.report.pages.cells import NUMBERS, headed, shown
from advisor.report.pages.page import Items, Page, Picture, Section, Table
from advisor.report.text import cut

CELL = 240


def md(page: Page) -> str:
    """Return the page."""
    parts = [f"# {escaped(page.title)}", escaped(page.dated), escaped(page.headline)]
    parts += [escaped(text) for text in (page.since,) if text]
    parts += ["\n".join(f"- **Note:** {escaped(text)}" for text in page.remarks)] if page.remarks else []
    parts += [f"**To decide:** {escaped(page.ask)}"] if page.ask else []
    if page.figures:
        parts.append("\n".join(_figures(page)))
    for section in page.sections:
        parts += _section(section, 0 if page.step_usd == 1 else 2)
    made = ", ".join(f"{name} `{escaped(digest)}`" for name, digest in page.made_from)
    parts.append(f"Made by advisor from {made}.")
    return "\n\n".join(parts) + "\n"


def _figures(page: Page) -> Iterator[str]:
    yield "| Figure | Value | | Means |"
    yield f"| --- | {RIGHT} | --- | --- |"
    for f in page.figures:
        more = f"{f.more}; {f.trend}" if f.trend else f.more
        yield _line([f.name, f.value, more, f.means])


def _section(section: Section, digits: int) -> Iterator[str]:
    yield f"{'#' * section.level} {escaped(cut(section.heading, CELL))}"
    for block in section.blocks:
        if isinstance(block, Table):
            yield f"{escaped(block.caption)}."
            yield "\n".join(_table(block, digits))
            if block.note:
                yield escaped(block.note)
        elif isinstance(block, Items):
            marks = (f"{n}." if block.numbered else "-" for n in range(1, len(block.texts) + 1))
            yield "\n".join(f"{mark} {escaped(text)}" for mark, text in zip(marks, block.texts, strict=True))
        elif isinstance(block, Picture):
            yield escaped(block.says)
        else:
            yield escaped(block)


def _table(table: Table, digits: int) -> Iterator[str]:
    units = [column.unit for column in table.columns]
    yield _line([headed(table, i) for i in range(len(units))])
    yield "| " + " | ".join(RIGHT if unit in NUMBERS else "---" for unit in units) + " |"
    for row in table.rows:
        yield _line([cut(shown(value, unit, digits), CELL) for value, unit in zip(row, units, strict=True)])
    if table.total:
        cells = [escaped(shown(v, unit, digits)) for v, unit in zip(table.total, units, strict=True)]
        yield "| " + " | ".join(f"**{cell}**" if cell else "" for cell in cells) + " |"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(map(escaped, cells)) + " |"
