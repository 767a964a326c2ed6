"""What the outbox asks of a database, and its tables: one set of words that SQLite and PostgreSQL both take."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from os import getpid
from typing import Any, Protocol

MIGRATIONS = (
    """
    CREATE TABLE parcels (
        schedule TEXT NOT NULL, period TEXT NOT NULL, digest TEXT NOT NULL, content BYTEA NOT NULL,
        figures TEXT NOT NULL, made_at DOUBLE PRECISION NOT NULL, PRIMARY KEY (schedule, period)
    );
    CREATE TABLE deliveries (
        schedule TEXT NOT NULL, period TEXT NOT NULL, recipient TEXT NOT NULL, message_id TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'dead')),
        tries INTEGER NOT NULL DEFAULT 0, in_doubt INTEGER NOT NULL DEFAULT 0,
        not_before DOUBLE PRECISION NOT NULL, deadline DOUBLE PRECISION NOT NULL,
        owner TEXT NOT NULL DEFAULT '', lease_until DOUBLE PRECISION NOT NULL DEFAULT 0,
        said TEXT NOT NULL DEFAULT '', ended_at DOUBLE PRECISION,
        PRIMARY KEY (schedule, period, recipient),
        FOREIGN KEY (schedule, period) REFERENCES parcels (schedule, period)
    );
    CREATE TABLE homes (schedule TEXT NOT NULL PRIMARY KEY, folder TEXT NOT NULL);
    CREATE TABLE watched (schedule TEXT NOT NULL PRIMARY KEY, since DOUBLE PRECISION NOT NULL);
    """,
)
"""Numbered by their place; one that was released is never changed, the next is written below it."""

Row = Any
"""Its columns by name: `row["state"]`."""


class Result(Protocol):
    """What became of a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        ...

    def fetchone(self) -> Row | None:
        """Return the next row."""
        ...

    def fetchall(self) -> list[Row]:
        """Return all rows."""
        ...


class Inside(Protocol):
    """A transaction."""

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Result:
        """Carry out a statement; values stand as `?`."""
        ...


class Database(Protocol):
    """One connection, for one thread; its owner is alive as long as its process is, and others see when it is not.

    Whatever goes wrong inside is a StoreError.
    """

    @property
    def me(self) -> str:
        """The name of this owner, which nobody else has."""
        ...

    def writing(self) -> AbstractContextManager[Inside]:
        """Change something inside, whole or not at all; one at a time, on disk when it ends."""
        ...

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Return the rows of a query."""
        ...

    def enter(self) -> None:
        """Show that this owner is at work."""
        ...

    def leave(self) -> None:
        """Show that it is done."""
        ...

    def is_alive(self, owner: str) -> bool:
        """Return whether an owner is at work."""
        ...

    def alone(self, name: str) -> AbstractContextManager[None]:
        """Do a piece of work inside, one at a time; others wait, as long as it takes: planning takes what it takes."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def new_owner() -> str:
    """Return a name that no owner had before."""
    return f"{getpid()}-{secrets.token_hex(8)}"


@contextmanager
def at_work(database: Database) -> Iterator[None]:
    """Be at work inside."""
    database.enter()
    try:
        yield
    finally:
        database.leave()


def statements(script: str) -> list[str]:
    """Return the statements of a migration."""
    return [part for part in script.split(";") if part.strip()]
