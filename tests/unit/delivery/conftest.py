"""The outbox's two databases: every test that takes `store` runs on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes_postgres import new_database, postgres_server, programs

from advisor.delivery.database import Database
from advisor.delivery.postgres import Postgres
from advisor.delivery.sqlite import Sqlite

Store = Callable[[], Database]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open one database as often as a test likes; each is an owner of its own."""
    opened: list[Database] = []

    def sqlite() -> Database:
        opened.append(Sqlite(tmp_path / "outbox"))
        return opened[-1]

    if request.param == "sqlite":
        yield sqlite
    else:
        url = new_database(request.getfixturevalue("postgres"))

        def server() -> Database:
            opened.append(Postgres(url))
            return opened[-1]

        yield server
    for database in opened:
        database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where processes of their own find the outbox: a folder, or a URL."""
    if request.param == "sqlite":
        return str(tmp_path / "outbox")
    return new_database(request.getfixturevalue("postgres"))
