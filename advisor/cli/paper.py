"""The paper that reports are printed on: its width, and colour when a person looks at it."""

from __future__ import annotations

import shutil
import sys

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
