"""Where the program keeps things on this machine; the last run document, so that `advisor explain` needs no file name."""

from __future__ import annotations

import os
from pathlib import Path

from advisor.errors import InputError
from advisor.files import replace_file

LAST = "last.json"


def state_folder() -> Path:
    """Return where the program keeps what it remembers (`ADVISOR_STATE_DIR`, else the XDG state directory)."""
    own = os.environ.get("ADVISOR_STATE_DIR")
    if own:
        return Path(own)
    base = os.environ.get("XDG_STATE_HOME") or str(
        Path(os.environ.get("HOME", "~")).expanduser() / ".local" / "state"
    )
    return Path(base) / "advisor"


def data_folder() -> Path:
    """Return where what was read from accounts is kept (`ADVISOR_DATA_DIR`, else the XDG data directory)."""
    own = os.environ.get("ADVISOR_DATA_DIR")
    if own:
        return Path(own)
    base = os.environ.get("XDG_DATA_HOME") or str(
        Path(os.environ.get("HOME", "~")).expanduser() / ".local" / "share"
    )
    return Path(base) / "advisor"


def remember(document: bytes) -> None:
    """Keep the run document as the last one, whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(folder / LAST, document)


def recall() -> str:
    """Return the last run document.

    Raises:
        InputError: nothing was kept yet.
    """
    path = state_folder() / LAST
    try:
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        raise InputError(
            "no earlier run is kept on this machine",
            hint="run advisor recommend first, or name a run document with --plan FILE",
        ) from fault
