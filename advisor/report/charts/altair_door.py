"""Altair, imported when the first chart is drawn: it takes longer than everything else of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import polars as pl

from advisor.errors import AdvisorError

INSTALL = 'pip install "advisor[notebook]"'


def altair() -> Any:
    """Return the module.

    Raises:
        AdvisorError: it is not installed.
    """
    try:
        return import_module("altair")
    except ImportError as fault:
        raise AdvisorError("charts need altair, which is not installed", hint=INSTALL) from fault


MOST_ROWS = 5_000
"""What altair takes as a frame; frames are not checked value by value, which is five times as fast."""


def drawn_rows(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as what a chart takes."""
    if not rows or len(rows) > MOST_ROWS:
        return altair().InlineData(values=list(rows))
    return pl.DataFrame(rows, infer_schema_length=None)
