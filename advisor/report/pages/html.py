"""A page as one HTML file: no script, nothing fetched, light and dark, fit for paper and for screen readers."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from advisor.errors import AdvisorError
from advisor.model import Plan
from advisor.report.pages import pictures
from advisor.report.pages.cells import NUMBERS, headed, shown
from advisor.report.pages.page import Block, Cell, Items, Page, Picture, Table, Unit
from advisor.report.text import cut, safe

if TYPE_CHECKING:
    from jinja2 import Environment, Template

CELL, TEXT = 240, 4_000
"""Letters that a cell and a paragraph show at the most: a longer name is an accident or an attack."""


def html(plan: Plan, page: Page) -> str:
    """Return the page.

    Args:
        plan: what its charts are drawn from.

    Raises:
        AdvisorError: jinja2 or what draws charts is not installed.
    """
    return html_of(page, {p: pictures.svg(plan, p, n) for n, p in enumerate(drawn(page))})


def drawn(page: Page) -> list[Picture]:
    """Return the pictures of a page in their order."""
    return list(dict.fromkeys(b for s in page.sections for b in s.blocks if isinstance(b, Picture)))


def html_of(page: Page, drawings: dict[Picture, str]) -> str:
    """Return the page with drawings that are made already."""
    from markupsafe import Markup  # noqa: PLC0415 - heavy ones are loaded when a page is made

    # pictures.clean has left nothing but shapes and letters in them: the one text here that is not escaped
    inline = {picture: Markup(text) for picture, text in drawings.items()}  # noqa: S704
    style, screen = (Markup(text) for text in style_sheets())  # noqa: S704
    digits = 0 if page.step_usd == 1 else 2

    def text(table: Table, index: int, value: Cell) -> str:
        return cut(safe(shown(value, table.columns[index].unit, digits)), CELL)

    return _template().render(
        page=page,
        style=style,
        screen=screen,
        sections=frozenset(s.key for s in page.sections),
        text=text,
        heading=headed,
        side=_side,
        named=named,
        kind_of=_kind,
        drawing=inline.__getitem__,
    )


def named(table: Table) -> int:
    """Return the column that says what a row is of: the first that is text."""
    return next((i for i, column in enumerate(table.columns) if column.unit is Unit.TEXT), 0)


def _side(table: Table, index: int) -> str:
    return "number" if table.columns[index].unit in NUMBERS else "text"


def _kind(block: Block) -> str:
    if isinstance(block, Table):
        return "table"
    if isinstance(block, Items):
        return "items"
    return "picture" if isinstance(block, Picture) else "text"


@cache
def style_sheets() -> tuple[str, str]:
    """Return the CSS of any medium, and that of screens, which printers do not understand."""
    dark = pictures.dark_rules().replace("\n", "\n  ")
    return template_text("report.css"), template_text("screen.css").replace("/* DARK RULES */", dark)


def template_text(name: str) -> str:
    """Return a file of the templates folder."""
    return (files("advisor.report.pages") / "templates" / name).read_text(encoding="utf-8")


def environment() -> Environment:
    """Return what fills templates: every text escaped, hidden characters shown, nothing missing passed over.

    Raises:
        AdvisorError: jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415
    except ImportError as fault:
        raise AdvisorError(
            "HTML reports need jinja2, which is not installed", hint=pictures.INSTALL
        ) from fault
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=False,
        keep_trailing_newline=True,
    )


def _finalized(value: Any) -> Any:
    """Return a text without hidden characters; what is marked as HTML already stays."""
    return cut(safe(value), TEXT) if type(value) is str else value


@cache
def _template() -> Template:
    return environment().from_string(template_text("report.html.j2"))
