"""The last run document, kept so that `advisor explain` needs no file name."""

from __future__ import annotations

from advisor.errors import InputError
from advisor.files import replace_file, state_folder

LAST = "last.json"


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
