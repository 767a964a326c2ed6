"""Where our own files lie on this machine, and files written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: temporary beside it, flushed to disk, then renamed, and the name flushed too.

    A process that is killed may leave `.*.tmp` behind, never a part of a file under its name. A symbolic link at the
    target is replaced, never followed.
    """
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o644)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Bring the names in a folder to disk, where the system lets a folder be opened."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def state_folder() -> Path:
    """Return where the program keeps what it remembers (`ADVISOR_STATE_DIR`, else the XDG state directory)."""
    return _own_folder("ADVISOR_STATE_DIR", "XDG_STATE_HOME", "state")


def data_folder() -> Path:
    """Return where what was read from AWS is kept (`ADVISOR_DATA_DIR`, else the XDG data directory)."""
    return _own_folder("ADVISOR_DATA_DIR", "XDG_DATA_HOME", "share")


def _own_folder(ours: str, desktop: str, usual: str) -> Path:
    own = os.environ.get(ours)
    if own:
        return Path(own)
    home = Path(os.environ.get("HOME", "~")).expanduser()
    return Path(os.environ.get(desktop) or home / ".local" / usual) / "advisor"
