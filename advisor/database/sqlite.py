"""A file of SQLite, for one machine, opened so that what is committed is on the disk."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from advisor.database.database import Inside, Row, Tables
from advisor.errors import StoreError

BUSY_S = 30.0
"""Another process writes for far less; who holds longer has stopped."""
LOOK_S = 0.02
WORDS = {"blob": "BLOB", "real": "REAL", "number": "INTEGER PRIMARY KEY AUTOINCREMENT"}
ELSEWHERE = "set ADVISOR_DATA_DIR or store.url to a place on a local disk that can be written"


class Sqlite:
    """The `Database` of one machine: readers never wait, writers wait for each other.

    Args:
        path: of the file; made with its folder when it is not there.

    Raises:
        StoreError: it cannot be opened, is damaged, or a newer version wrote it.
    """

    def __init__(self, path: Path, tables: Tables) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            mode = self._shared()
            # a commit that is not on the disk would let a message go out twice after a power cut
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        except (sqlite3.Error, OSError) as fault:
            raise StoreError(f"{path} cannot be opened: {fault}", hint=ELSEWHERE) from fault
        if mode != "wal":
            raise StoreError(f"{path} is on a disk that cannot be shared safely", hint=ELSEWHERE)
        with self.writing() as inside:
            row = inside.execute("PRAGMA user_version").fetchone()
            for number, statements in tables.missing(int(row[0]) if row else 0, str(path), WORDS):
                for statement in statements:
                    inside.execute(statement)
                inside.execute(f"PRAGMA user_version = {number}")

    def _shared(self) -> str:
        """Let readers and a writer in at once; return the mode that the file is in then."""
        until_s = time.monotonic() + BUSY_S
        while True:
            try:
                return str(self._connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
            except sqlite3.OperationalError as fault:
                # unlike all else, changing the mode of a new file does not wait for others that do the same
                if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until_s:
                    raise
            time.sleep(LOOK_S)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[Inside]:
        """Change something inside; see `Database`."""
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
