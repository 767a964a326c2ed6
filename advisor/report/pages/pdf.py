"""A page as PDF: the HTML page printed by WeasyPrint, with nothing fetched and dates from the plan."""

from __future__ import annotations

from typing import Any

from advisor.errors import AdvisorError
from advisor.model import Plan
from advisor.report.pages.html import html
from advisor.report.pages.page import Page
from advisor.report.pages.pictures import INSTALL

LIBRARIES = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libfontconfig1 libglib2.0-0 fonts-dejavu-core"
"""What WeasyPrint wants of Debian."""


def pdf(plan: Plan, page: Page) -> bytes:
    """Return the page as PDF.

    Raises:
        AdvisorError: WeasyPrint or a library that it needs is not installed.
    """
    printer = _weasyprint()
    document = printer.HTML(string=html(plan, page), url_fetcher=_nothing).render()
    # a fixed identifier keeps the bytes the same: WeasyPrint makes none of a clock
    printed: bytes = document.write_pdf(pdf_identifier=page.made_from[-1][1].encode()[:16] or b"advisor")
    return printed


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"a report fetches nothing: {url}")


def _weasyprint() -> Any:
    try:
        import weasyprint  # noqa: PLC0415 - takes most of a second
    except ImportError as fault:
        raise AdvisorError("PDF reports need weasyprint, which is not installed", hint=INSTALL) from fault
    except OSError as fault:
        raise AdvisorError(
            "PDF reports need libraries that are not installed: " + str(fault).splitlines()[0], hint=LIBRARIES
        ) from fault
    return weasyprint
