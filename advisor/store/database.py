"""One way to talk to SQLite and to PostgreSQL: the same statements, with `?` for values."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from advisor.errors import ConfigError, StoreError
from advisor.store.migrations import MIGRATIONS

BUSY_S = 30.0
"""Another process writes a run in far less; who holds longer has stopped."""
PASSWORD = re.compile(r"(?<=:)[^:@/]*(?=@)")
SQLITE_WORDS = {"blob": "BLOB", "real": "REAL", "number": "INTEGER PRIMARY KEY AUTOINCREMENT"}
POSTGRES_WORDS = {
    "blob": "BYTEA",
    "real": "DOUBLE PRECISION",
    "number": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
}
MIGRATING = 0x61647669
"""Number of the lock under which one of several hosts migrates a PostgreSQL (the first letters of advisor)."""


class Database(Protocol):
    """What the store needs of a database."""

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        ...

    def write(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run one statement, kept when it returns."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def open_database(url: str, folder: Path) -> Database:
    """Return a database with the newest tables.

    Args:
        url: `store.url`; empty for a file in `folder`.

    Raises:
        ConfigError: the address is of no kind that we know.
        StoreError: it cannot be opened, or is of a newer version of this program.
    """
    kind = urlsplit(url).scheme if url else "sqlite"
    if kind == "sqlite":
        path = Path(url.removeprefix("sqlite:///")) if url else folder / "history.sqlite"
        return Sqlite(path)
    if kind in ("postgresql", "postgres"):
        return Postgres(url)
    raise ConfigError(
        f"store.url: {kind or url} is no kind of database that is known",
        hint="sqlite:///FOLDER/history.sqlite or postgresql://USER@HOST/NAME; empty for this machine's own",
    )


class Sqlite:
    """A file, for one host: readers never wait, writers wait for each other (WAL)."""

    def __init__(self, path: Path) -> None:
        """Open it, made where it is not there.

        Raises:
            StoreError: it cannot be opened.
        """
        self._where = str(path)
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._at = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._at.execute("PRAGMA journal_mode=WAL")
            self._at.execute("PRAGMA synchronous=FULL")
            self._at.execute("PRAGMA foreign_keys=ON")
            with self._whole():
                self._migrate()

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._told():
            return self._at.execute(sql, values).fetchall()

    def write(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run one statement, on disk when it returns."""
        with self._told(), self._whole():
            self._at.execute(sql, values)

    def close(self) -> None:
        """Let go of the file."""
        self._at.close()

    def _migrate(self) -> None:
        version = self._at.execute("PRAGMA user_version").fetchone()[0]
        for sql in missing(version, self._where, SQLITE_WORDS):
            self._at.execute(sql)
        self._at.execute(f"PRAGMA user_version={len(MIGRATIONS)}")

    @contextmanager
    def _whole(self) -> Iterator[None]:
        self._at.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._at.execute("ROLLBACK")
            raise
        self._at.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            raise StoreError(
                f"{self._where}: the history cannot be used: {fault}",
                hint="set ADVISOR_DATA_DIR or store.url to a place on a local disk that can be written",
            ) from fault


class Postgres:
    """A server, for teams with several hosts."""

    def __init__(self, url: str) -> None:
        """Connect.

        Raises:
            StoreError: the library is missing, or the server does not answer.
        """
        self._where = PASSWORD.sub("…", url)
        try:
            import psycopg  # noqa: PLC0415  an extra that only teams with a server have
        except ImportError as fault:
            raise StoreError(
                "store.url names a PostgreSQL, and its library is not installed",
                hint="pip install 'advisor[postgres]'",
            ) from fault
        self._fault: type[Exception] = psycopg.Error
        with self._told():
            self._at: Any = psycopg.connect(url, autocommit=True, connect_timeout=int(BUSY_S))
            with self._at.transaction():
                self._at.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
                self._migrate()

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._told():
            found: list[tuple[Any, ...]] = self._at.execute(sql.replace("?", "%s"), values).fetchall()
        return found

    def write(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run one statement, kept when it returns."""
        with self._told():
            self._at.execute(sql.replace("?", "%s"), values)

    def close(self) -> None:
        """Let go of the server."""
        self._at.close()

    def _migrate(self) -> None:
        self._at.execute("CREATE TABLE IF NOT EXISTS advisor_schema (version INTEGER NOT NULL)")
        row = self._at.execute("SELECT version FROM advisor_schema").fetchone()
        for sql in missing(row[0] if row else 0, self._where, POSTGRES_WORDS):
            self._at.execute(sql)
        self._at.execute("DELETE FROM advisor_schema")
        self._at.execute("INSERT INTO advisor_schema VALUES (%s)", (len(MIGRATIONS),))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._fault as fault:
            words = PASSWORD.sub("…", " ".join(str(fault).split()))
            raise StoreError(
                f"{self._where}: the history cannot be used: {words}",
                hint="check store.url, and that the user may create tables",
            ) from None


def missing(version: int, where: str, words: Mapping[str, str]) -> list[str]:
    """Return the statements that bring tables of a version up to date.

    Raises:
        StoreError: they are newer than this program.
    """
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{where} was written by a newer advisor (tables {version}, this one knows {len(MIGRATIONS)})",
            hint="upgrade advisor on this machine",
        )
    return [sql.format(**words) for step in MIGRATIONS[version:] for sql in step]
