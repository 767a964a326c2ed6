"""Plan → bytes of a report in a format; a new format is one file beside this one and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from advisor.errors import InputError
from advisor.history import RunDiff, Saving
from advisor.model import Plan
from advisor.report.pages.document import document
from advisor.report.pages.html import html
from advisor.report.pages.mail import Mail, mail
from advisor.report.pages.make import make_page
from advisor.report.pages.mask import mask_of
from advisor.report.pages.md import md
from advisor.report.pages.page import Page
from advisor.report.pages.pdf import pdf
from advisor.report.pages.plain import plain
from advisor.report.pages.slack import slack
from advisor.report.pages.xlsx import xlsx

FORMATS: Mapping[str, Callable[[Plan, Page], bytes]] = {
    "html": lambda plan, page: html(plan, page).encode(),
    "pdf": pdf,
    "xlsx": lambda _, page: xlsx(page),
    "md": lambda _, page: md(page).encode(),
    "json": lambda _, page: document(page).encode(errors="replace"),
    "txt": lambda _, page: plain(page).encode(),
    "slack": lambda _, page: slack(page).encode(),
}
"""Format → renderer."""


def render_report(
    plan: Plan,
    kind: str,
    format: str,
    *,
    diff: RunDiff | None = None,
    savings: Sequence[Saving] = (),
    team: str | None = None,
    remarks: Sequence[str] = (),
    masked: bool = False,
) -> bytes:
    """Return a report of a plan; the same input gives the same bytes.

    Args:
        kind: one of `make.KINDS`.
        format: one of `FORMATS`.
        diff: what changed since the last report.
        savings: the ledger.
        team: of the team report, the only team; null for all.
        remarks: what could not be read, and the like; stands above everything.
        masked: account ids are told as `account-1`, `account-2`.

    Raises:
        InputError: no such kind, format or team.
        AdvisorError: what the format needs is not installed.
    """
    if format not in FORMATS:
        raise InputError(f"no report format {format!r}", hint=f"use one of {', '.join(FORMATS)}")
    return FORMATS[format](*_made(plan, kind, diff, savings, team, remarks, masked))


def report_mail(
    plan: Plan,
    kind: str,
    *,
    diff: RunDiff | None = None,
    savings: Sequence[Saving] = (),
    team: str | None = None,
    remarks: Sequence[str] = (),
    masked: bool = False,
) -> Mail:
    """Return a report of a plan as the parts of an e-mail; arguments as in `render_report`.

    Raises:
        InputError: no such kind or team.
        AdvisorError: jinja2 or what draws charts is not installed.
    """
    return mail(*_made(plan, kind, diff, savings, team, remarks, masked))


def _made(
    plan: Plan,
    kind: str,
    diff: RunDiff | None,
    savings: Sequence[Saving],
    team: str | None,
    remarks: Sequence[str],
    masked: bool,
) -> tuple[Plan, Page]:
    told = plan, diff, tuple(savings), team, tuple(remarks)
    if masked:
        # before anything is made of them, so that no sentence, chart or digest of a name can hold an id
        mask = mask_of(*told)
        told = mask.of(told)
    plan, diff, savings, team, remarks = told
    return plan, make_page(plan, kind, diff=diff, savings=savings, team=team, remarks=remarks)
