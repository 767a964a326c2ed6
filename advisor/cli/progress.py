"""What happens next, in one line on stderr that is gone at the end; nothing when nobody looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Task


class Tell:
    """Shows a few words, and a bar once it is known how much there is; shows nothing by itself."""

    def __call__(self, words: str) -> None:
        """Say what happens next; how much of it there is is not known."""

    def of(self, done: int, total: int) -> None:
        """Say how much of what happens now is done."""


@contextmanager
def progress(quiet: bool, console: Console | None = None) -> Iterator[Tell]:
    """Give what shows a few words with a spinner, or with a bar.

    Args:
        quiet: show nothing.
        console: where; stderr when null.
    """
    if quiet:
        yield Tell()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
    from rich.text import Text

    class Bar(BarColumn):
        def render(self, task: Task) -> RenderableType:  # type: ignore[override]
            return super().render(task) if task.fields["count"] else Text("")

    columns = (
        *(SpinnerColumn(), TextColumn("{task.description}", markup=False), Bar()),
        TextColumn("{task.fields[count]}"),
    )
    with Progress(*columns, console=console or Console(stderr=True), transient=True) as shown:
        row = shown.add_task("starting …", total=None, count="")

        class Shown(Tell):
            def __call__(self, words: str) -> None:
                shown.update(row, description=f"{words} …", count="")

            def of(self, done: int, total: int) -> None:
                # what has to be asked again is not in the plan
                total = max(done, total)
                shown.update(row, completed=done, total=total, count=f"{done:,} of {total:,}")

        yield Shown()
