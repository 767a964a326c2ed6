"""The outbox on this machine: a file, and locks of files that end with the process that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor.database.sqlite import ELSEWHERE, Sqlite
from advisor.delivery.making import alone
from advisor.delivery.owners import Owners
from advisor.delivery.tables import OUTBOX, new_owner
from advisor.errors import StoreError

FILE = "outbox.sqlite3"


class LocalOutbox(Sqlite):
    """The `Shared` database of one machine.

    Args:
        folder: of the file and the owners' locks; made when it is not there.

    Raises:
        StoreError: it cannot be opened, is damaged, or a newer version wrote it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.me = new_owner()
        super().__init__(folder / FILE, OUTBOX)
        try:
            owners = Owners(folder / "senders", self.me)
        except OSError as fault:
            raise StoreError(f"{folder} cannot be written: {fault.strerror}", hint=ELSEWHERE) from fault
        self.enter, self.leave, self.is_alive = owners.enter, owners.leave, owners.is_alive

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Do a piece of work inside; see `Shared`."""
        with alone(self._folder / f"{name}.making"):
            yield
