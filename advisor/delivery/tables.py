"""The outbox's tables, and what it asks of its database besides: whether a sender is still alive, and turns."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from os import getpid
from typing import Protocol

from advisor.database.database import Database, Tables

OUTBOX = Tables(
    "outbox_schema",
    (
        (
            """
            CREATE TABLE parcels (
                schedule TEXT NOT NULL, period TEXT NOT NULL, digest TEXT NOT NULL, content {blob} NOT NULL,
                figures TEXT NOT NULL, made_at {real} NOT NULL, PRIMARY KEY (schedule, period)
            )
            """,
            """
            CREATE TABLE deliveries (
                schedule TEXT NOT NULL, period TEXT NOT NULL, recipient TEXT NOT NULL, message_id TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'dead')),
                tries INTEGER NOT NULL DEFAULT 0, in_doubt INTEGER NOT NULL DEFAULT 0,
                not_before {real} NOT NULL, deadline {real} NOT NULL,
                owner TEXT NOT NULL DEFAULT '', lease_until {real} NOT NULL DEFAULT 0,
                said TEXT NOT NULL DEFAULT '', ended_at {real},
                PRIMARY KEY (schedule, period, recipient),
                FOREIGN KEY (schedule, period) REFERENCES parcels (schedule, period)
            )
            """,
            "CREATE TABLE homes (schedule TEXT NOT NULL PRIMARY KEY, folder TEXT NOT NULL)",
            "CREATE TABLE watched (schedule TEXT NOT NULL PRIMARY KEY, since {real} NOT NULL)",
        ),
    ),
)


class Shared(Database, Protocol):
    """A database whose owner is alive as long as its process is, and others see when it is not."""

    @property
    def me(self) -> str:
        """The name of this owner, which nobody else has."""
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


def new_owner() -> str:
    """Return a name that no owner had before."""
    return f"{getpid()}-{secrets.token_hex(8)}"


@contextmanager
def at_work(database: Shared) -> Iterator[None]:
    """Be at work inside."""
    database.enter()
    try:
        yield
    finally:
        database.leave()
