"""`advisor cache show|verify|prune`: the local store looked at, checked and trimmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.failures import ExitCode, warn
from advisor.cli.live import open_store
from advisor.cli.options import Debug

if TYPE_CHECKING:
    from advisor.usage.store.segments import Segment
    from advisor.usage.store.store import Store

cache = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
HEADINGS = ("Account", "Region", "Kind", "Days", "First", "Last", "Files", "MiB")
BYTES_PER_MIB = 2**20
LEFT = 3
"""So many columns are words."""


@cache.callback()
def _group() -> None:
    """Look after what was read from accounts and is kept on this machine.

    It is kept below $ADVISOR_DATA_DIR, else $XDG_DATA_HOME/advisor, else ~/.local/share/advisor.

    \b
    Example:
      advisor cache show
    """


@cache.command(short_help="What is there, how many days, how much room.")
def show(debug: Debug = False) -> None:
    """Say what is there: by account, region and kind, how many days from when to when, and how much room it takes.

    \b
    Example:
      advisor cache show
    """
    del debug  # read from the command line when something fails
    from advisor.usage.store.care import holdings

    store = open_store()
    rows = [
        (
            h.account_id,
            h.region,
            h.kind,
            f"{h.days:,}",
            str(h.first),
            str(h.last),
            f"{h.files:,}",
            _mib(h.size_bytes),
        )
        for h in holdings(store)
    ]
    if not rows:
        typer.echo(f"nothing is kept in {store.root}; advisor pull fills it", err=True)
        return
    lines = [HEADINGS, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    for line in lines:
        cells = (
            c.ljust(w) if i < LEFT else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(cells).rstrip())
    typer.echo(f"in {store.root}", err=True)


@cache.command(short_help="Check every file against its checksum.")
def verify(debug: Debug = False) -> None:
    """Read every file and check it against its checksum; exit code 1 and the names where one is damaged.

    \b
    Example:
      advisor cache verify
    """
    del debug  # read from the command line when something fails
    from advisor.usage.store.care import is_damaged

    store = open_store()
    bad = [s for s in store.segments() if is_damaged(store, s)]
    _list(store, bad)
    if bad:
        warn(f"{len(bad):,} of {len(store.segments()):,} files are damaged")
        typer.echo(
            "\nhint: advisor cache prune --damaged, then advisor pull reads their days again", err=True
        )
        raise typer.Exit(ExitCode.ERROR)
    typer.echo(f"{len(store.segments()):,} files, all whole", err=True)


@cache.command(short_help="Remove old days or damaged files.")
def prune(
    older_than: Annotated[
        int | None,
        typer.Option("--older-than", min=1, metavar="DAYS", help="Remove days that ended so long ago."),
    ] = None,
    damaged: Annotated[
        bool, typer.Option("--damaged", help="Remove files that are not what was written.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be removed, and remove nothing.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Remove old days or damaged files, and list them. What is older than AWS's memory cannot be read again.

    \b
    Examples:
      advisor cache prune --older-than 400 --dry-run
      advisor cache prune --damaged
    """
    del debug  # read from the command line when something fails
    from advisor.usage.store import care

    if older_than is None and not damaged:
        raise typer.BadParameter("say what to remove", param_hint="--older-than or --damaged")
    store = open_store()
    first = datetime.now(UTC).date() - timedelta(days=older_than) if older_than else date.min

    def unwanted(segment: Segment) -> bool:
        return segment.partition.day < first or (damaged and care.is_damaged(store, segment))

    gone = [s for s in store.segments() if unwanted(s)] if dry_run else care.remove(store, unwanted)
    _list(store, gone)
    typer.echo(f"{len(gone):,} files {'would be removed' if dry_run else 'removed'}", err=True)


def _list(store: Store, segments: Sequence[Segment]) -> None:
    for segment in segments:
        print(segment.path(store.root))


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / BYTES_PER_MIB:,.1f}"
