"""Usage in: everything that reads, makes or keeps usage."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.usage.live.account import read_account
    from advisor.usage.live.pull import pull_live
    from advisor.usage.live.read import read_live
    from advisor.usage.read import read_usage

__all__ = ["pull_live", "read_account", "read_live", "read_usage"]

_HOMES = {
    "pull_live": "advisor.usage.live.pull",
    "read_account": "advisor.usage.live.account",
    "read_live": "advisor.usage.live.read",
    "read_usage": "advisor.usage.read",
}


def __getattr__(name: str) -> Any:
    # loaded when asked for: `decode` must be quick to import, so that its child starts early
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
