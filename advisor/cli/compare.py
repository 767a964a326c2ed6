"""`advisor compare`: what changed from one run to another."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import ConfigFile, Debug, NoColor
from advisor.cli.paper import chosen_format, hand_over, print_report, terminal_width


class CompareFormat(StrEnum):
    """How a difference is written; the names of `report.over_time.DIFF`."""

    TABLE = "table"
    JSON = "json"
    MD = "md"


def compare(
    before: Annotated[
        str, typer.Argument(metavar="BEFORE", help="A run document, or the id of a run that was kept.")
    ] = "last~1",
    after: Annotated[str, typer.Argument(metavar="AFTER", help="The later one.")] = "last",
    name: Annotated[
        str | None, typer.Option("--name", metavar="SOURCE", help="last and last~1 are of this source.")
    ] = None,
    form: Annotated[
        CompareFormat | None, typer.Option("--format", "-f", help="How to write it.  [default: table]")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to a file: .txt .json .md."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List every change of advice.")] = False,
    config_file: ConfigFile = None,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Say what changed from one run to another: money, workloads that are new or gone, advice and why it changed.

    Without arguments the last two runs that were kept.

    \b
    Examples:
      advisor compare
      advisor compare last~4 last -o change.md
      advisor compare october.json november.json
    """
    del debug  # read from the command line when something fails
    from advisor.cli.history import plan_of
    from advisor.cli.settings import load_settings
    from advisor.plan.changes import changes
    from advisor.report.over_time import DIFF, diff_table, rendered

    config = load_settings((), config_file).config
    chosen = chosen_format(form, output, CompareFormat)
    diff = changes(plan_of(before, config, name), plan_of(after, config, name))
    if chosen == CompareFormat.TABLE and output is None:
        print_report(diff_table(diff, width=terminal_width(), everything=everything), no_color=no_color)
    else:
        hand_over(rendered(DIFF, diff, chosen), output)
