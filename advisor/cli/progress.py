"""What happens next, in one line on stderr that is gone at the end; nothing when nobody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Give a function that shows a few words with a spinner.

    Args:
        quiet: show nothing.
    """
    if quiet:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text("starting")) as status:
        yield lambda words: status.update(Text(f"{words} …"))
