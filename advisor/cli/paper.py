"""The paper that reports are written on: format, width, a file or the terminal, and colour when a person looks at it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import typer

PIPE_WIDTH = 100
MOST = 120
"""Wider lines are harder to follow with the eye."""
STYLES = {
    r"(?m)\A.*$": "bold",
    r"(?m)^ Workload .*$": "bold",
    r"(?m)^ Fleet .*$": "bold",
    r"(?m)^ ─+$": "dim",
    r"−\$[\d,.]+(?:  +\d+%)?": "green",
    r"\+\$[\d,.]+(?:  +\+?\d+%)?": "yellow",
    r"(?m)^ Proven: .*$": "cyan",
    r"(?m)^ warning: .*$": "yellow",
    r"advisor (?:explain|recommend|prices)(?: [^\s·)]+)*": "italic",
}
"""Pattern → style; every one is legible without."""


TABLE = "table"


def chosen_format(form: str | None, output: Path | None, known: Iterable[str]) -> str:
    """Return the format that is asked for, by flag or by suffix.

    Args:
        known: the formats that there are.

    Raises:
        BadParameter: the two contradict each other, or the suffix stands for another verb's format.
        InputError: the suffix stands for no format.
    """
    if output is None:
        return form or TABLE
    from advisor.report.write import SUFFIXES, format_of

    if form is None:
        meant = format_of(output)
        if meant not in (forms := list(known)):
            raise typer.BadParameter(
                f"{output.name}: {meant} is not written here; {', '.join(forms)} are", param_hint="--output"
            )
        return meant
    meant = SUFFIXES.get(output.suffix.lower(), form)
    if meant != form:
        raise typer.BadParameter(
            f"{form} does not go with {output.name}, whose suffix means {meant}: leave one of the two out",
            param_hint="--format",
        )
    return form


def terminal_width() -> int:
    """Return how many cells a line may take: the terminal's, 100 when there is none."""
    if not sys.stdout.isatty():
        return PIPE_WIDTH
    return min(MOST, shutil.get_terminal_size((PIPE_WIDTH, 24)).columns)


def print_report(text: str, *, no_color: bool) -> None:
    """Print a report, coloured when stdout is a terminal that wants colours (NO_COLOR, TERM=dumb)."""
    if no_color or not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.console import Console
    from rich.text import Text

    coloured = Text(text.rstrip("\n"))
    for pattern, style in STYLES.items():
        coloured.highlight_regex(pattern, style)
    Console(highlight=False, markup=False, emoji=False).print(coloured, soft_wrap=True)


def hand_over(content: bytes, output: Path | None) -> None:
    """Write a report that is already made to a file, and say so, or to stdout as it is."""
    if output is not None:
        from advisor.report.write import write_content

        write_content(output, content)
        print(f"written: {output}", file=sys.stderr)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
