"""The outbox on a server, for reports that are sent from several machines, or from ones whose disk goes with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from advisor.database.postgres import Postgres, lock_number
from advisor.delivery.tables import OUTBOX, new_owner


class ServerOutbox(Postgres):
    """The `Shared` database of many machines. Owners and turns are locks of the session: they end with the connection.

    Args:
        url: see `Postgres`.

    Raises:
        StoreError: see `Postgres`.
    """

    def __init__(self, url: str) -> None:
        self.me = new_owner()
        super().__init__(url, OUTBOX)

    def enter(self) -> None:
        """Show that this owner is at work."""
        self.rows("SELECT 1 FROM pg_advisory_lock(?)", _key(self.me))

    def leave(self) -> None:
        """Show that it is done."""
        self.rows("SELECT pg_advisory_unlock(?)", _key(self.me))

    def is_alive(self, owner: str) -> bool:
        """Return whether an owner is at work: the server lets go of its lock when its connection ends."""
        if owner == self.me:
            return True
        if self.rows("SELECT pg_try_advisory_lock(?) AS is_free", _key(owner))[0]["is_free"]:
            self.rows("SELECT pg_advisory_unlock(?)", _key(owner))
            return False
        return True

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Do a piece of work inside; see `Shared`."""
        self.rows("SELECT 1 FROM pg_advisory_lock(?)", _key(f"making {name}"))
        try:
            yield
        finally:
            self.rows("SELECT pg_advisory_unlock(?)", _key(f"making {name}"))


def _key(name: str) -> int:
    return lock_number(f"outbox {name}")
