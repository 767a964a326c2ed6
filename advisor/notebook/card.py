"""What went wrong, as a card with a hint: people in a notebook are not shown tracebacks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from advisor.errors import AdvisorError
from advisor.notebook.libraries import widgets
from advisor.notebook.markup import STYLE, block, text

MOST_PROBLEMS = 10


def error_html(fault: Exception) -> str:
    """Return a fault as our HTML: what happened, what to do, and each single problem."""
    if not isinstance(fault, AdvisorError):
        what = f"this could not be shown: {type(fault).__name__}: {fault}"
        hint: str | None = "this is a fault of advisor: please report it with the steps that led here"
        problems: tuple[str, ...] = ()
    else:
        what, hint, problems = fault.message, fault.hint, fault.problems
    rows = "".join(f"<li>{text(p)}</li>" for p in problems[:MOST_PROBLEMS])
    more = len(problems) - MOST_PROBLEMS
    rows += f"<li>… and {more} more</li>" if more > 0 else ""
    return block(
        '<div class="advisor-fault" role="alert">',
        f"<p><b>error:</b> {text(what)}</p>",
        f"<ul>{rows}</ul>" if rows else "",
        f"<p><b>hint:</b> {text(hint)}</p>" if hint else "",
        "</div>",
    )


def error_card(fault: Exception) -> Any:
    """Return a fault as a widget."""
    return widgets().HTML(STYLE + error_html(fault))


def guarded(show: Callable[[str], None]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator for callbacks: what goes wrong in them is shown, and cleared by the next that goes well.

    Args:
        show: puts HTML where people look; given an empty text when all is well.
    """

    def decorate(callback: Callable[..., None]) -> Callable[..., None]:
        @wraps(callback)
        def safely(*args: Any, **kwargs: Any) -> None:
            try:
                callback(*args, **kwargs)
            except Exception as fault:  # noqa: BLE001  a traceback in a widget reaches nobody
                show(error_html(fault))
            else:
                show("")

        return safely

    return decorate


def or_card(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that makes a widget, or the card of what stood in the way."""

    @wraps(make)
    def made(*args: Any, **kwargs: Any) -> Any:
        try:
            return make(*args, **kwargs)
        except Exception as fault:  # noqa: BLE001
            return error_card(fault)

    return made
