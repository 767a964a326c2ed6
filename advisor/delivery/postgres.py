"""The outbox in PostgreSQL, for reports that are sent from several machines, or from ones whose disk goes with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from advisor.aws.secrets import masked
from advisor.delivery.database import MIGRATIONS, Inside, Result, Row, new_owner, statements
from advisor.delivery.names import one_line
from advisor.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from psycopg import Connection, Cursor

CONNECT_S = 10
VERSIONS = "CREATE TABLE IF NOT EXISTS outbox_schema (version INTEGER NOT NULL)"
WRITING = "writing"


def check_url(url: str) -> None:
    """See whether a URL is a PostgreSQL server's, without a secret in it.

    Raises:
        ConfigError: it is not.
    """
    try:
        parts = urlsplit(url)
        is_wrong = parts.scheme not in ("postgresql", "postgres")
    except ValueError:
        raise ConfigError("store.url cannot be read: write postgresql://user@host/database") from None
    if is_wrong:
        raise ConfigError("store.url is no PostgreSQL server's: write postgresql://user@host/database")
    if parts.password is not None or "password" in parts.query.lower():
        raise ConfigError("store.url has a password in it: put it into PGPASSWORD or ~/.pgpass")


class Postgres:
    """The `Database` of many machines. Owners and turns are locks of the session: they end with the connection.

    Args:
        url: without a password, `postgresql://advisor@db.example.com/advisor`: the library finds it in PGPASSWORD or ~/.pgpass.

    Raises:
        StoreError: it cannot be reached, the library is missing, or a newer version made the tables.
    """

    def __init__(self, url: str) -> None:
        try:
            import psycopg  # noqa: PLC0415 - an extra: only who has a server needs it
            from psycopg.rows import dict_row  # noqa: PLC0415
        except ImportError as fault:
            raise StoreError("store.url needs psycopg", hint="pip install 'advisor[postgres]'") from fault
        self._error = psycopg.Error
        self.me = new_owner()
        try:
            self._connection: Connection[Any] = psycopg.connect(
                url, autocommit=True, row_factory=dict_row, connect_timeout=CONNECT_S
            )
        except psycopg.Error as fault:
            # the library's own words may repeat the whole URL
            raise StoreError(
                f"store.url cannot be reached: {_words(fault)}", hint="is the server up?"
            ) from None
        self._migrate()

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[Inside]:
        """Change something inside; see `database.Database`."""
        try:
            with self._connection.transaction():
                # one at a time, as SQLite has it: what is read inside stays so
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_key(WRITING),))
                yield _Inside(self._connection)
        except self._error as fault:
            raise StoreError(f"the store: {_words(fault)}", hint="is the server up?") from None

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Return the rows of a query."""
        try:
            return _Inside(self._connection).execute(query, values).fetchall()
        except self._error as fault:
            raise StoreError(f"the store: {_words(fault)}", hint="is the server up?") from None

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
        """Do a piece of work inside; see `database.Database`."""
        self.rows("SELECT 1 FROM pg_advisory_lock(?)", _key(f"making {name}"))
        try:
            yield
        finally:
            self.rows("SELECT pg_advisory_unlock(?)", _key(f"making {name}"))

    def _migrate(self) -> None:
        with self.writing() as inside:
            inside.execute(VERSIONS)
            row = inside.execute("SELECT max(version) AS version FROM outbox_schema").fetchone()
            version = int((row["version"] if row else 0) or 0)
            if version > len(MIGRATIONS):
                raise StoreError(
                    f"the store was made by a newer version (schema {version})", hint="update advisor"
                )
            for number, script in enumerate(MIGRATIONS[version:], version + 1):
                for statement in statements(script):
                    inside.execute(statement)
                inside.execute("INSERT INTO outbox_schema VALUES (?)", (number,))


class _Inside:
    """Statements with `?` where values stand; psycopg writes `%s`."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Result:
        found: Cursor[Any] = self._connection.execute(query.replace("?", "%s").encode(), values or None)
        return found


def _key(name: str) -> int:
    """Return a lock's number, 64 bits with a sign."""
    return int.from_bytes(hashlib.sha256(f"advisor outbox {name}".encode()).digest()[:8], "big", signed=True)


def _words(fault: Exception) -> str:
    return masked(one_line(f"{type(fault).__name__}: {fault}"))
