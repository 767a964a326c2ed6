"""Usage in: everything that reads, makes or keeps usage."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.usage.read import read_usage

__all__ = ["read_usage"]


def __getattr__(name: str) -> Any:
    # loaded when asked for: `decode` must be quick to import, so that its child starts early
    if name == "read_usage":
        return import_module("advisor.usage.read").read_usage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
