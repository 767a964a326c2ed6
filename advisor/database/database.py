"""What is asked of a database, and how its tables come about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from advisor.errors import StoreError

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
    """One connection, for one thread. Whatever goes wrong inside is a StoreError."""

    def writing(self) -> AbstractContextManager[Inside]:
        """Change something inside, whole or not at all; one at a time, on disk when it ends."""
        ...

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Return the rows of a query."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


@dataclass(frozen=True)
class Tables:
    """The tables of one purpose.

    Attributes:
        versions: the table that knows in PostgreSQL which steps were taken; SQLite has a number for that in every file.
        steps: statements, numbered by their place. A step that was released is never changed: the next is put behind it.
            `{blob}`, `{real}` and `{number}` are what the database calls bytes, a double and a number that counts up.
    """

    versions: str
    steps: tuple[tuple[str, ...], ...]

    def missing(self, version: int, where: str, words: Mapping[str, str]) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the statements of every step that tables of a version lack.

        Raises:
            StoreError: they are newer than this program.
        """
        if version > len(self.steps):
            raise StoreError(
                f"{where} was written by a newer version of advisor (tables {version}, this one knows {len(self.steps)})",
                hint="upgrade advisor on this machine",
            )
        for number, step in enumerate(self.steps[version:], version + 1):
            yield number, [statement.format(**words) for statement in step]
