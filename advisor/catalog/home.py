"""Where the user's own price snapshots lie: one folder each, named after its day, never changed."""

from __future__ import annotations

import re
from pathlib import Path

from advisor.files import data_folder

DATED = re.compile(r"\d{4}-\d\d-\d\d\.\d{3}")
"""Day and number on that day, so that names sort as they were made."""


def prices_folder() -> Path:
    """Return where refreshed prices are kept."""
    return data_folder() / "prices"


def newest_snapshot() -> Path | None:
    """Return the user's newest snapshot, null where there is none."""
    names = snapshot_names(prices_folder())
    return prices_folder() / names[-1] if names else None


def snapshot_names(folder: Path) -> list[str]:
    """Return the snapshots in a folder, the oldest first; what is still being written is none."""
    if not folder.is_dir():
        return []
    return sorted(p.name for p in folder.iterdir() if DATED.fullmatch(p.name))
