"""`advisor runs list|show|remove`: the runs that were kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import Assume, ConfigFile, Debug, Region, Rename

runs = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
RunWord = Annotated[str, typer.Argument(metavar="RUN", help="Its id or the beginning of it, last, last~1 …")]


@runs.callback()
def _group() -> None:
    """Look after runs that advisor recommend --keep has kept.

    They are in $ADVISOR_DATA_DIR/history.sqlite, or where store.url says.

    \b
    Example:
      advisor runs list
    """


@runs.command("list", short_help="What was kept, the newest first.")
def list_runs(
    name: Annotated[
        str | None, typer.Option("--name", metavar="SOURCE", help="Only runs of this source.")
    ] = None,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """List the runs that were kept, with what they found.

    \b
    Example:
      advisor runs list
    """
    del debug  # read from the command line when something fails
    from advisor.cli.history import opened
    from advisor.cli.paper import terminal_width
    from advisor.cli.settings import load_settings
    from advisor.report.over_time import runs_table

    history = opened(load_settings((), config_file).config)
    found = history.runs(name)
    history.close()
    if not found:
        typer.echo("no run was kept yet; advisor recommend SOURCE --keep keeps one", err=True)
        return
    print(runs_table(found, width=terminal_width()), end="")


@runs.command(short_help="A run's document, as it was kept.")
def show(
    run: RunWord,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of stdout."),
    ] = None,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Print a run document byte for byte, or write it to a file: advisor explain --plan and advisor compare read it.

    \b
    Example:
      advisor runs show last -o plan.json
    """
    del debug  # read from the command line when something fails
    from advisor.cli.history import opened
    from advisor.cli.paper import hand_over
    from advisor.cli.settings import load_settings

    history = opened(load_settings((), config_file).config)
    document = history.document(history.find(run))
    history.close()
    hand_over(document, output)


@runs.command(short_help="Forget a run.")
def remove(run: RunWord, config_file: ConfigFile = None, debug: Debug = False) -> None:
    """Forget a run. Decisions about its recommendations stay.

    \b
    Example:
      advisor runs remove 3f9c2a
    """
    del debug  # read from the command line when something fails
    from advisor.cli.history import opened
    from advisor.cli.settings import load_settings

    history = opened(load_settings((), config_file).config)
    found = history.find(run)
    history.remove(found)
    history.close()
    typer.echo(f"run {found.run_id} of {found.name} is forgotten", err=True)


@runs.command(short_help="Make a run anew and say whether it is the same.")
def reproduce(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run document, or the id of a run that was kept.")
    ],
    source: Annotated[
        list[Path], typer.Argument(metavar="SOURCE", help="The folder or files that it was made from.")
    ],
    rename: Rename = None,
    assume: Assume = None,
    region: Region = None,
    config_file: ConfigFile = None,
    debug: Debug = False,
) -> None:
    """Plan anew under the settings of a run document, and say whether every byte is the same; exit code 1 where not.

    \b
    Example:
      advisor runs reproduce plan.json data/shop
    """
    del debug  # read from the command line when something fails
    from dataclasses import fields

    from advisor.catalog import load_catalog
    from advisor.cli.history import plan_of
    from advisor.cli.policy_flags import pairs
    from advisor.cli.settings import load_settings
    from advisor.errors import SolverError
    from advisor.pipeline import reproduce as anew
    from advisor.report.plan_json import to_json
    from advisor.usage import read_usage
    from advisor.usage.regions import in_regions

    before = plan_of(run, load_settings((), config_file).config)
    usage = read_usage(
        source[0] if len(source) == 1 else source,
        mapping=pairs(rename or (), "--map"),
        assume=pairs(assume or (), "--assume"),
    )
    after = anew(before, in_regions(usage, region or []), load_catalog())
    if to_json(after) != to_json(before):
        parts = [
            f.name
            for f in fields(after)
            if f.compare and not same(getattr(before, f.name), getattr(after, f.name))
        ]
        raise SolverError(
            f"the run is another one in {', '.join(parts)}", hint="was it made by another version of advisor?"
        )
    print("the same, byte for byte")


def same(one: object, other: object) -> bool:
    """Return whether two parts of a plan are equal, tables too."""
    import polars as pl

    return (
        one.equals(other)
        if isinstance(one, pl.DataFrame) and isinstance(other, pl.DataFrame)
        else one == other
    )
