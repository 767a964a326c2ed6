"""Who is sending: each process holds a lock of its own, so that others see at once when it is gone, however it went."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

ENDING = ".owner"


class Owners:
    """The senders of a machine.

    Args:
        folder: of their locks; made when it is not there.
        me: the name of this process.
    """

    def __init__(self, folder: Path, me: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._mine: IO[bytes] | None = None
        self.me = me

    def enter(self) -> None:
        """Show that this process is at work, and sweep what dead ones left."""
        self._mine = self._path(self.me).open("xb")
        fcntl.flock(self._mine, fcntl.LOCK_EX)
        for path in sorted(self._folder.glob(f"*{ENDING}")):
            if path.stem != self.me and not self.is_alive(path.stem):
                path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Show that this process is done."""
        if self._mine is not None:
            self._path(self.me).unlink(missing_ok=True)
            self._mine.close()
            self._mine = None

    def is_alive(self, owner: str) -> bool:
        """Return whether an owner's process still runs: the system lets go of its lock when it ends."""
        if owner == self.me:
            return True
        try:
            with self._path(owner).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}{ENDING}"
