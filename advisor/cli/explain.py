"""`advisor explain`: why a workload was advised what it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.options import Debug, NoColor

if TYPE_CHECKING:
    from advisor.model import Plan


def explain(
    workload: Annotated[
        str | None, typer.Argument(metavar="WORKLOAD", help="Its workload_id, or a name that only one has.")
    ] = None,
    plan_file: Annotated[
        Path | None,
        typer.Option(
            "--plan", metavar="FILE", help="A run document (recommend -o plan.json); the last run without it."
        ),
    ] = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="List what was not advised, and why.")] = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Say why a workload was advised what it was: class, every way with its cost, size, steps.

    \b
    Examples:
      advisor explain checkout
      advisor explain checkout --plan plan.json
      advisor explain --rejected
    """
    del debug  # read from the command line when something fails
    if (workload is None) is not rejected:
        raise typer.BadParameter("name one workload, or use --rejected", param_hint="WORKLOAD")
    from advisor.cli.paper import print_report, terminal_width
    from advisor.report import explanation as words

    plan = load_plan(plan_file)
    width = terminal_width()
    text = (
        words.explain_rejected(plan, width=width)
        if workload is None
        else words.explain(plan, workload, width=width)
    )
    print_report(text, no_color=no_color)


def load_plan(plan_file: Path | None) -> Plan:
    """Return the plan of a run document, of the last run without one.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    from advisor.cli.history import read_plan
    from advisor.cli.state import recall
    from advisor.report.plan_json import from_json

    return from_json(recall()) if plan_file is None else read_plan(plan_file)
