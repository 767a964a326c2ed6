"""Settings as lines of TOML."""

from __future__ import annotations

import json
from typing import Any


def line(name: str, value: Any) -> str:
    """Return `name = value`; a comment where there is no value, for TOML has no null."""
    return f"# {name} is not set" if value is None else f"{name} = {_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items() if v is not None)
            + " }"
            if value
            else "{}"
        )
    return repr(value)
