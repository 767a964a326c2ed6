"""Texts of others made fit for a header line and for a file's name."""

from __future__ import annotations

import re
import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode's categories of what steers instead of showing: controls, direction marks, surrogates, line separators."""
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,118}[A-Za-z0-9]")
DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Names that Windows keeps for itself, whatever their suffix."""
MOST_CHARS = 200
"""A subject that is longer is cut by every mail reader."""


def steers(text: str) -> bool:
    """Return whether a text has characters in it that steer instead of showing."""
    return any(unicodedata.category(c) in HIDDEN for c in text)


def one_line(text: str) -> str:
    """Return a text as one line without anything that could end a header, turn it around or hide in it."""
    seen = "".join(" " if unicodedata.category(c) in HIDDEN else c for c in text)
    flat = " ".join(seen.split())
    return flat if len(flat) <= MOST_CHARS else flat[: MOST_CHARS - 1] + "…"


def is_safe_name(name: str) -> bool:
    """Return whether a name is one file in any folder of any system: no path, no device, no hidden file."""
    return bool(SAFE_NAME.fullmatch(name)) and not DEVICES.fullmatch(name)
