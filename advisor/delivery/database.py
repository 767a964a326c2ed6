"""The outbox's database: SQLite in the data folder, opened so that what is committed is on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor.errors import StoreError

BUSY_S = 30.0
MIGRATIONS = (
    """
    CREATE TABLE parcels (
        schedule TEXT NOT NULL, period TEXT NOT NULL, digest TEXT NOT NULL, content BLOB NOT NULL,
        figures TEXT NOT NULL, made_at REAL NOT NULL, PRIMARY KEY (schedule, period)
    );
    CREATE TABLE deliveries (
        schedule TEXT NOT NULL, period TEXT NOT NULL, recipient TEXT NOT NULL, message_id TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'dead')),
        tries INTEGER NOT NULL DEFAULT 0, in_doubt INTEGER NOT NULL DEFAULT 0,
        not_before REAL NOT NULL, deadline REAL NOT NULL,
        owner TEXT NOT NULL DEFAULT '', lease_until REAL NOT NULL DEFAULT 0,
        said TEXT NOT NULL DEFAULT '', ended_at REAL,
        PRIMARY KEY (schedule, period, recipient),
        FOREIGN KEY (schedule, period) REFERENCES parcels (schedule, period)
    );
    CREATE TABLE homes (schedule TEXT NOT NULL PRIMARY KEY, folder TEXT NOT NULL);
    CREATE TABLE watched (schedule TEXT NOT NULL PRIMARY KEY, since REAL NOT NULL);
    """,
)
"""Numbered by their place; one that was released is never changed, the next is written below it."""


class Database:
    """One connection, for one thread.

    Args:
        path: of the file; its folder is made.

    Raises:
        StoreError: it cannot be opened, is damaged, or a newer version wrote it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA busy_timeout = 30000")
            mode = self._connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            # a commit that is not on the disk would let a message go out twice after a power cut
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        except (sqlite3.Error, OSError) as fault:
            raise StoreError(
                f"{path} cannot be opened: {fault}", hint="set ADVISOR_DATA_DIR to a local disk"
            ) from fault
        if mode != "wal":
            raise StoreError(
                f"{path} is on a disk that cannot be shared safely",
                hint="set ADVISOR_DATA_DIR to a local disk",
            )
        self._migrate()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Change something inside, whole or not at all; one process at a time, on disk when it ends.

        Raises:
            StoreError: the database is held by another process for too long, full or damaged.
        """
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
            raise StoreError(
                f"{self._path}: {fault}", hint="is the disk full, or the file damaged?"
            ) from fault

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Return the rows of a query.

        Raises:
            StoreError: the database is damaged.
        """
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as fault:
            raise StoreError(
                f"{self._path}: {fault}", hint="is the disk full, or the file damaged?"
            ) from fault

    def _migrate(self) -> None:
        with self.writing() as inside:
            version = inside.execute("PRAGMA user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                raise StoreError(
                    f"{self._path} was written by a newer version (schema {version})", hint="update advisor"
                )
            for number, script in enumerate(MIGRATIONS[version:], version + 1):
                for statement in script.split(";"):
                    if statement.strip():
                        inside.execute(statement)
                inside.execute(f"PRAGMA user_version = {number}")
