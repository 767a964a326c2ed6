"""`store.url`: where the database is."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from advisor.errors import ConfigError

SQLITE = "sqlite:///"
SERVERS = ("postgresql", "postgres")
WRITE = "sqlite:///FOLDER/history.sqlite or postgresql://USER@HOST/NAME; empty for this machine's own"


def server(url: str) -> str | None:
    """Return the URL of the server that `store.url` names; null where it names a file, or nothing.

    Raises:
        ConfigError: it names neither, or has a password in it.
    """
    if not url or url.startswith(SQLITE):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ConfigError("store.url cannot be read", hint=WRITE) from None
    if parts.password is not None or "password" in parts.query.lower():
        raise ConfigError("store.url has a password in it", hint="put it into PGPASSWORD or ~/.pgpass")
    if parts.scheme not in SERVERS:
        raise ConfigError(
            f"store.url: {parts.scheme or url} is no kind of database that is known", hint=WRITE
        )
    return url


def file(url: str, folder: Path, name: str) -> Path:
    """Return the file that `store.url` names, where it names no server; one in a folder where it is empty."""
    return Path(url.removeprefix(SQLITE)) if url else folder / name
