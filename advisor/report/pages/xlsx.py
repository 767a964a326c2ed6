"""A page as a workbook: a sheet a table, numbers as numbers, texts as texts and never as formulas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from advisor.errors import AdvisorError
from advisor.report.pages.cells import NUMBERS, headed
from advisor.report.pages.page import Cell, Items, Page, Picture, Table, Unit
from advisor.report.pages.pictures import INSTALL
from advisor.report.text import safe

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
"""What keeps a text a text: XlsxWriter makes formulas and links of texts by itself."""
MOST_LETTERS = 32_767
MOST_ROWS = 1_000_000
WIDEST = 60
NUMBER_FORMATS: Mapping[Unit, str] = {
    Unit.USD_HOUR: "$#,##0.000;[Red]-$#,##0.000",
    Unit.SHARE: "0%",
    Unit.COUNT: "#,##0",
    Unit.MONTHS: "0.0",
}


def xlsx(page: Page) -> bytes:
    """Return the page as a workbook: a summary, then a sheet for each table with all of its rows.

    Raises:
        AdvisorError: xlsxwriter is not installed, or a table is longer than a sheet.
    """
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - heavy ones are loaded when a page is made
    except ImportError as fault:
        raise AdvisorError("Excel reports need xlsxwriter, which is not installed", hint=INSTALL) from fault
    buffer = BytesIO()
    book = Workbook(buffer, OPTIONS)
    # of the plan, not of the clock: the same plan gives the same bytes
    book.set_properties({"title": _text(page.title), "created": datetime.fromisoformat(page.as_of)})
    styles = _Styles(book, 0 if page.step_usd == 1 else 2)
    _summary(book, styles, page)
    tables = [
        b for s in page.sections for b in s.blocks if isinstance(b, Table) and not b.key.startswith("ways_")
    ]
    for table in tables:
        _sheet(book, styles, table)
    book.close()
    return buffer.getvalue()


class _Styles:
    """Formats of cells, made once."""

    def __init__(self, book: Any, digits: int) -> None:
        money = "$#,##0" if digits == 0 else "$#,##0.00"
        signed = f"{money};[Red]-{money}"
        forms = {**NUMBER_FORMATS, Unit.USD: signed, Unit.USD_ONCE: signed}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.quiet = book.add_format({"font_color": "#57606a", "text_wrap": True, "valign": "top"})
        self.of = {u: book.add_format({"num_format": forms[u], "valign": "top"}) for u in forms}
        self.total = {u: book.add_format({"num_format": forms[u], "bold": True, "top": 1}) for u in forms}
        self.total_text = book.add_format({"bold": True, "top": 1})


def _summary(book: Any, styles: _Styles, page: Page) -> None:
    sheet = book.add_worksheet("Summary")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 2, 30)
    sheet.set_column(3, 3, 90)
    row = 0
    for text, style in (
        (page.title, styles.title),
        (page.dated, None),
        (page.headline, None),
        (page.since, None),
    ):
        if text:
            _put(sheet, row, 0, text, style)
            row += 1
    for text in page.remarks:
        _put(sheet, row, 0, text, None)
        row += 1
    if page.ask:
        _put(sheet, row, 0, f"To decide: {page.ask}", None)
        row += 1
    row += 1
    for f in page.figures:
        for column, text in enumerate(
            (f.name, f.value, f"{f.more}; {f.trend}" if f.trend else f.more, f.means)
        ):
            _put(sheet, row, column, text, styles.wrapped)
        row += 1
    row += 1
    for section in page.sections:
        texts = [t for b in section.blocks for t in _texts(b)]
        if section.level == 2 and texts:
            _put(sheet, row, 0, section.heading, styles.head)
            for number, text in enumerate(texts, 1):
                _put(sheet, row + number, 0, text, None)
            row += len(texts) + 2
    for name, digest in page.made_from:
        _put(sheet, row, 0, f"{name} {digest}", styles.quiet)
        row += 1


def _texts(block: object) -> tuple[str, ...]:
    if isinstance(block, Items):
        return block.texts
    return () if isinstance(block, Table | Picture) else (str(block),)


def _sheet(book: Any, styles: _Styles, table: Table) -> None:
    rows = table.whole or table.rows
    if len(rows) > MOST_ROWS:
        raise AdvisorError(
            f"{table.key}: {len(rows):,} rows are more than a sheet holds", hint="use --format json"
        )
    # keys are ours, letters and underscores only, so that no name gets into the name of a sheet
    sheet = book.add_worksheet(table.key.replace("_", " ").capitalize()[:31])
    sheet.freeze_panes(2, 0)
    _put(sheet, 0, 0, f"{table.caption}.", styles.quiet if len(table.columns) == 1 else None)
    for index in range(len(table.columns)):
        _put(sheet, 1, index, headed(table, index) or " ", styles.head)
        texts = (str(row[index]) for row in rows[:200] if row[index] is not None)
        widest = max([len(headed(table, index)) // 2, *(len(t) for t in texts)], default=8)
        sheet.set_column(index, index, max(9, min(WIDEST, widest + 2)))
    for number, row in enumerate(rows, 2):
        for index, value in enumerate(row):
            unit = table.columns[index].unit
            _put(sheet, number, index, value, styles.of.get(unit) or styles.wrapped)
    if rows:
        sheet.autofilter(1, 0, len(rows) + 1, len(table.columns) - 1)
    end = len(rows) + 2
    for index, value in enumerate(table.total or ()):
        unit = table.columns[index].unit
        style = styles.total.get(unit) if unit in NUMBERS else None
        _put(sheet, end, index, "" if value is None else value, style or styles.total_text)
    if table.note:
        _put(sheet, end + 2, 0, table.note, None)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def _put(sheet: Any, row: int, column: int, value: Cell, style: Any) -> None:
    """Write one cell by its type; nothing is guessed from what a text looks like."""
    if value is None:
        return
    if isinstance(value, Decimal | int | float):
        code = sheet.write_number(row, column, float(value), style)
    elif value == "":
        code = sheet.write_blank(row, column, None, style) if style is not None else 0
    else:
        code = sheet.write_string(row, column, _text(value), style)
    if code:
        raise AdvisorError(f"a cell of the workbook could not be written ({code})")


def _text(text: str) -> str:
    """Return a text that a cell can hold: hidden characters shown, cut where Excel would cut without a word."""
    text = safe(text)
    if len(text) > MOST_LETTERS:
        kept = text[: MOST_LETTERS - 30]
        return f"{kept}… ({len(text) - len(kept):,} more)"
    return text
