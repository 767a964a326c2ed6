"""A page as the parts of an e-mail: subject, plain text, HTML that mail readers show whole, pictures by Content-ID."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model import Plan
from advisor.report.pages import pictures
from advisor.report.pages.brief import extract
from advisor.report.pages.cells import NUMBERS, headed, shown
from advisor.report.pages.html import drawn, environment, template_text
from advisor.report.pages.page import Cell, Page, Table
from advisor.report.pages.plain import plain
from advisor.report.text import cut, safe

MOST_BYTES = 100_000
"""Gmail cuts a body beyond 102 kB off, and says so to nobody but the reader."""
CELL = 160
SUBJECT = 120
TEXT_BYTES = 60_000


@dataclass(frozen=True)
class Inline:
    """A picture inside the HTML part.

    Attributes:
        content_id: what the HTML names it by, `cid:chart-1`.
        says: what it shows, for those who do not see it.
        content: PNG.
    """

    content_id: str
    says: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A report as an e-mail's parts; who it is from and to is delivery's."""

    subject: str
    text: str
    html: str
    images: tuple[Inline, ...]


def mail(plan: Plan, page: Page) -> Mail:
    """Return the page's parts for an e-mail.

    Raises:
        AdvisorError: jinja2 or what draws charts is not installed.
    """
    fleet = [p for p in drawn(page) if not p.subject][:1]
    images = tuple(Inline(f"chart-{n}", p.says, pictures.png(plan, p)) for n, p in enumerate(fleet, 1))
    found = extract(page)
    digits = 0 if page.step_usd == 1 else 2

    def text(table: Table, index: int, value: Cell) -> str:
        return cut(safe(shown(value, table.columns[index].unit, digits)), CELL)

    def side(table: Table, index: int) -> str:
        return "right" if table.columns[index].unit in NUMBERS else "left"

    body = environment().from_string(template_text("mail.html.j2"))
    html = body.render(
        page=page,
        images=images,
        table=None if found is None else found.table,
        text=text,
        side=side,
        heading=headed,
    )
    return Mail(cut(safe(f"{page.title}: {_short(page)}"), SUBJECT), _text(page), html, images)


def _short(page: Page) -> str:
    """Return the figure that a subject is opened for."""
    saves = next((f for f in page.figures if f.name == "Saves"), None)
    return f"{saves.value} a month to save" if saves else page.headline


def _text(page: Page) -> str:
    whole = plain(page, 78)
    if len(whole.encode()) <= TEXT_BYTES:
        return whole
    kept = whole.encode()[:TEXT_BYTES].decode(errors="ignore").rpartition("\n")[0]
    return f"{kept}\n\n… cut here: the rest is in the report itself.\n"
