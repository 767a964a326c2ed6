"""A server of PostgreSQL, for teams with several machines, or with ones whose disk goes with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from advisor.aws.secrets import repeated
from advisor.database.database import Inside, Result, Row, Tables
from advisor.errors import StoreError

if TYPE_CHECKING:
    from psycopg import Connection, Cursor

CONNECT_S = 10
WORDS = {
    "blob": "BYTEA",
    "real": "DOUBLE PRECISION",
    "number": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
}
UP = "is the server up, and may the user make tables?"


class Postgres:
    """The `Database` of many machines.

    Args:
        url: without a password, `postgresql://advisor@db.example.com/advisor`: the library finds it in PGPASSWORD or ~/.pgpass.

    Raises:
        StoreError: it cannot be reached, the library is missing, or a newer version made the tables.
    """

    def __init__(self, url: str, tables: Tables) -> None:
        try:
            import psycopg  # noqa: PLC0415 - an extra: only who has a server needs it
            from psycopg.rows import dict_row  # noqa: PLC0415
        except ImportError as fault:
            raise StoreError(
                "store.url names a PostgreSQL, and its library is not installed",
                hint="pip install 'advisor[postgres]'",
            ) from fault
        self._error = psycopg.Error
        self._turn = lock_number(f"{tables.versions} writing")
        try:
            self._connection: Connection[Any] = psycopg.connect(
                url, autocommit=True, row_factory=dict_row, connect_timeout=CONNECT_S
            )
        except psycopg.Error as fault:
            # the library's own words may repeat the whole URL
            raise StoreError(f"store.url cannot be reached: {_words(fault)}", hint=UP) from None
        with self.writing() as inside:
            inside.execute(f"CREATE TABLE IF NOT EXISTS {tables.versions} (version INTEGER NOT NULL)")
            row = inside.execute(f"SELECT max(version) AS version FROM {tables.versions}").fetchone()  # noqa: S608  our own name
            for number, statements in tables.missing(
                int((row or {}).get("version") or 0), "store.url", WORDS
            ):
                for statement in statements:
                    inside.execute(statement)
                inside.execute(f"INSERT INTO {tables.versions} VALUES (?)", (number,))  # noqa: S608

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[Inside]:
        """Change something inside; see `Database`."""
        try:
            with self._connection.transaction():
                # one at a time, as SQLite has it: what is read inside stays so
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._turn,))
                yield _Inside(self._connection)
        except self._error as fault:
            raise StoreError(f"store.url: {_words(fault)}", hint=UP) from None

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Return the rows of a query."""
        try:
            return _Inside(self._connection).execute(query, values).fetchall()
        except self._error as fault:
            raise StoreError(f"store.url: {_words(fault)}", hint=UP) from None


class _Inside:
    """Statements with `?` where values stand; psycopg writes `%s`."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Result:
        found: Cursor[Any] = self._connection.execute(query.replace("?", "%s").encode(), values or None)
        return found


def lock_number(name: str) -> int:
    """Return the number of a lock, 64 bits with a sign."""
    return int.from_bytes(hashlib.sha256(f"advisor {name}".encode()).digest()[:8], "big", signed=True)


def _words(fault: Exception) -> str:
    return repeated(f"{type(fault).__name__}: {fault}")
