"""`advisor report make`: a run document as the report that somebody decides by; no account is read, nothing is solved."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.options import Debug

if TYPE_CHECKING:
    from advisor.model import Plan


class Kind(StrEnum):
    """Who a report is for; the names of `report.pages.KINDS`."""

    EXECUTIVE = "executive"
    FINOPS = "finops"
    TEAM = "team"


class PageFormat(StrEnum):
    """How a report is written; the names of `report.pages.FORMATS`."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    MD = "md"
    JSON = "json"
    TXT = "txt"
    SLACK = "slack"


BINARY = (PageFormat.PDF, PageFormat.XLSX)
SUFFIXES = {f".{form}": form for form in PageFormat if form is not PageFormat.SLACK}


def report_page(
    plan_file: Annotated[
        Path | None,
        typer.Argument(
            metavar="PLAN", help="A run document (recommend -o plan.json); the last run without it."
        ),
    ] = None,
    kind: Annotated[
        Kind,
        typer.Option(
            "--kind", "-k", help="executive: one sheet; finops: everything; team: a sheet for each team."
        ),
    ] = Kind.FINOPS,
    form: Annotated[
        PageFormat | None,
        typer.Option(
            "--format", "-f", help="How to write the report.  [default: by the file's suffix, else txt]"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write to a file: .html .pdf .xlsx .md .json .txt."
        ),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="FILE", help="An earlier run document: say what changed since."),
    ] = None,
    team: Annotated[
        str | None, typer.Option("--team", metavar="NAME", help="With --kind team: this team only.")
    ] = None,
    mask_accounts: Annotated[
        bool, typer.Option("--mask-accounts", help="Write account-1, account-2 in the place of account ids.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Write a plan as the report that somebody decides by. Reads a run document only: no account, no planning.

    \b
    Examples:
      advisor report make plan.json --kind executive -o summary.pdf
      advisor report make plan.json -o finops.html --since last-week.json
      advisor report make plan.json --kind team --team payments -o payments.md
      advisor report make --kind executive --format slack --mask-accounts
    """
    del debug  # read from the command line when something fails
    if team is not None and kind is not Kind.TEAM:
        raise typer.BadParameter("a team has the team report: add --kind team", param_hint="--team")
    form = _format(form, output)
    if form in BINARY and output is None and sys.stdout.isatty():
        raise typer.BadParameter(f"{form.value} is no text: name a file with --output", param_hint="--format")
    from advisor.cli.explain import load_plan
    from advisor.cli.paper import hand_over
    from advisor.plan.changes import changes
    from advisor.report.pages import render_report

    plan = load_plan(plan_file)
    diff = None if since is None else changes(_earlier(plan, since), plan)
    content = render_report(plan, kind.value, form.value, diff=diff, team=team, masked=mask_accounts)
    hand_over(content, output)


def _earlier(plan: Plan, since: Path) -> Plan:
    from advisor.cli.explain import load_plan
    from advisor.cli.failures import warn

    earlier = load_plan(since)
    if earlier.name != plan.name:
        warn(f"the two runs are of {earlier.name} and {plan.name}: what changed may say little")
    if earlier.window_end > plan.window_end:
        warn("the run of --since is the later one: what changed is told backwards")
    return earlier


def _format(form: PageFormat | None, output: Path | None) -> PageFormat:
    meant = SUFFIXES.get(output.suffix.lower()) if output is not None else PageFormat.TXT
    if form is None and meant is None:
        assert output is not None
        raise typer.BadParameter(
            f"{output.name}: no report has the suffix {output.suffix or '(none)'!r}; {', '.join(SUFFIXES)} have one",
            param_hint="--output",
        )
    if form is not None and output is not None and meant not in (None, form) and form is not PageFormat.SLACK:
        raise typer.BadParameter(
            f"{form.value} does not go with {output.name}: leave one of the two out", param_hint="--format"
        )
    return form or meant or PageFormat.TXT
