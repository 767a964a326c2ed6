"""The outbox in SQLite, in a folder of this machine, opened so that what is committed is on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from advisor.delivery.database import MIGRATIONS, Inside, Row, new_owner, statements
from advisor.delivery.making import alone
from advisor.delivery.owners import Owners
from advisor.errors import StoreError

FILE = "outbox.sqlite3"
BUSY_S = 30.0
ELSEWHERE = "set ADVISOR_DATA_DIR to a local disk"


class Sqlite:
    """The `Database` of one machine.

    Args:
        folder: of the file and the owners' locks; made when it is not there.

    Raises:
        StoreError: it cannot be opened, is damaged, or a newer version wrote it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / FILE
        self.me = new_owner()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._owners = Owners(folder / "senders", self.me)
            self._connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            mode = self._connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            # a commit that is not on the disk would let a message go out twice after a power cut
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        except (sqlite3.Error, OSError) as fault:
            raise StoreError(f"{self._path} cannot be opened: {fault}", hint=ELSEWHERE) from fault
        if mode != "wal":
            raise StoreError(f"{self._path} is on a disk that cannot be shared safely", hint=ELSEWHERE)
        self._migrate()
        self.enter, self.leave, self.is_alive = self._owners.enter, self._owners.leave, self._owners.is_alive

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Do a piece of work inside; see `database.Database`."""
        with alone(self._folder / f"{name}.making"):
            yield

    @contextmanager
    def writing(self) -> Iterator[Inside]:
        """Change something inside; see `database.Database`."""
        try:
            # taken at once: a reader that wants to write later is refused without waiting
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as fault:
            raise self._fault(fault) from fault

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Return the rows of a query."""
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as fault:
            raise self._fault(fault) from fault

    def _fault(self, fault: Exception) -> StoreError:
        return StoreError(f"{self._path}: {fault}", hint="is the disk full, or the file damaged?")

    def _migrate(self) -> None:
        with self.writing() as inside:
            row = inside.execute("PRAGMA user_version").fetchone()
            version = int(row[0]) if row else 0
            if version > len(MIGRATIONS):
                raise StoreError(
                    f"{self._path} was written by a newer version (schema {version})", hint="update advisor"
                )
            for number, script in enumerate(MIGRATIONS[version:], version + 1):
                for statement in statements(script):
                    inside.execute(statement)
                inside.execute(f"PRAGMA user_version = {number}")
