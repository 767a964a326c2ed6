"""Answers that come in pages, to their end: a page loop that cannot go in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.operations import operation
from advisor.errors import AwsError

MOST_PAGES = 10_000
"""Far beyond what any account has; only a loop without end gets there."""


def pages(caller: Caller, name: str, /, **params: Any) -> Iterator[dict[str, Any]]:
    """Yield the answers of an operation, page after page.

    Raises:
        AwsError: a page names one that was there already as the next, or there is no end.
    """
    field = operation(name).next_page
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        answer = caller.call(name, **params)
        yield answer
        token = answer.get(field)
        if not token:
            return
        if token in seen:
            raise AwsError(f"{name}: its pages go in a circle after {len(seen) + 1} of them")
        seen.add(token)
        params = {**params, field: token}
    raise AwsError(f"{name}: no end after {MOST_PAGES:,} pages")


def items(caller: Caller, name: str, key: str, /, **params: Any) -> Iterator[Any]:
    """Yield what stands under `key` in every page of an operation."""
    for page in pages(caller, name, **params):
        yield from page.get(key) or ()
