"""Altair, imported when the first chart is drawn: it takes longer than everything else of a report."""

from __future__ import annotations

from importlib import import_module
from typing import Any

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
