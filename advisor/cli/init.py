"""`advisor init`: a commented advisor.toml that changes nothing, and empty input tables with the right headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.options import Debug

TABLES = "input"
"""The folder of the empty tables, to be given to `advisor recommend`."""
WIDTH = 100


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where to; made when it is not there.")
    ] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    debug: Debug = False,
) -> None:
    """Write a commented advisor.toml with every setting at its default, and empty input tables with their headings.

    \b
    Examples:
      advisor init
      advisor init fleet && advisor recommend fleet/input
    """
    del debug  # read from the command line when something fails
    from advisor.errors import InputError
    from advisor.files import replace_file

    texts = {folder / name: text for name, text in (_settings(), *_tables())}
    there = sorted(str(path) for path in texts if path.exists() or path.is_symlink())
    if there and not force:
        raise InputError(
            f"{there[0]} is there already" + (f", and {len(there) - 1} more" if there[1:] else ""),
            hint="name another folder, or write over them with --force",
            problems=tuple(there[1:]),
        )
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, text.encode())
        except OSError as fault:
            raise InputError(
                f"{path} cannot be written: {fault.strerror}", hint="name a folder that may be written"
            ) from fault
        print(path)


def _settings() -> tuple[str, str]:
    from advisor.cli.settings import FILE_NAME

    return FILE_NAME, "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    from advisor.cli.setting_docs import setting_docs
    from advisor.cli.setting_keys import allowed_values
    from advisor.config import Config
    from advisor.report.toml_text import line

    docs = setting_docs()
    yield from _comment(
        "Settings of advisor. All stand at their defaults: what you leave out stays so. advisor config show --origin "
        "says what is in force and where it comes from."
    )
    for section, table in asdict(Config()).items():
        yield ""
        yield from _comment(docs[section])
        yield f"[{section}]"
        for name, value in table.items():
            key = f"{section}.{name}"
            words = f"{docs[key]} " if key in docs else ""
            yield from _comment(f"{words}({allowed_values(key)})")
            yield line(name, value)


def _comment(text: str) -> Iterator[str]:
    import textwrap

    yield from (f"# {part}" for part in textwrap.wrap(text, WIDTH - 2, break_on_hyphens=False))


def _tables() -> Iterator[tuple[str, str]]:
    from advisor import schema

    for name, columns in schema.TABLES.items():
        yield f"{TABLES}/{name}.csv", ",".join(column.name for column in columns) + "\n"
