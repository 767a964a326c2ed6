"""Lists in pages, with tokens that mean nothing to who reads them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from simulated_aws.refusals import Refusal

CIRCLE = "again"
"""A token that leads back to the start, where a fault is played."""


def page(
    things: Sequence[Any], params: Mapping[str, Any], field: str, most: int, asked: str = ""
) -> tuple[list[Any], dict[str, str]]:
    """Return a page of things, and the token of the next one under its name.

    Args:
        field: parameter and field of the token.
        most: of a page.
        asked: parameter that asks for smaller pages.

    Raises:
        Refusal: the token is none of ours.
    """
    size = min(int(params.get(asked) or most), most)
    start = _start(str(params.get(field) or ""))
    more = {field: _token(start + size)} if start + size < len(things) else {}
    return list(things[start : start + size]), more


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"from {start}".encode()).decode()


def _start(token: str) -> int:
    if token in ("", CIRCLE):
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("from "))
    except ValueError:
        raise Refusal("InvalidParameterException", "Invalid token") from None
