"""In which settings two policies differ, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from advisor.config import Config, differing


def settings_changed(config: Config, other: Config) -> dict[str, tuple[str, str]]:
    """Return dotted key → (value in `config`, value in `other`) of every setting that differs, in the order of `config`."""
    one, two = asdict(config), asdict(other)
    keys = (key.split(".") for key in differing(config, other))
    return {
        f"{section}.{name}": (_text(one[section][name]), _text(two[section][name])) for section, name in keys
    }


def _text(value: Any) -> str:
    """Return a value as one would type it after `--set KEY=`; tables of lists in braces."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k} = {_text(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, tuple):
        return ", ".join(map(_text, value)) or "none"
    return str(value)
