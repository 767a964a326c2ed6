"""The outbox's two databases: every test that takes `store` or `place` runs on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres import server

from advisor.delivery.postgres import ServerOutbox
from advisor.delivery.sqlite import LocalOutbox
from advisor.delivery.tables import Shared

Store = Callable[[], Shared]


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of a real server."""
    return server(request)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where processes of their own find the outbox: a folder, or a URL."""
    return str(tmp_path / "outbox") if request.param == "sqlite" else server(request)


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    """Open one database as often as a test likes; each is an owner of its own."""
    opened: list[Shared] = []

    def again() -> Shared:
        opened.append(ServerOutbox(place) if "://" in place else LocalOutbox(Path(place)))
        return opened[-1]

    yield again
    for database in opened:
        database.close()
