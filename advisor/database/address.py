"""`store.url`: where the database is."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from advisor.errors import ConfigError

SQLITE = "sqlite:///"
PASSWORD = re.compile(r"//[^@]*:[^@]*@|password\s*=", re.IGNORECASE)
PLAIN = re.compile(r"[a-z]{1,20}")
SERVERS = ("postgresql", "postgres")
WRITE = "sqlite:///FOLDER/history.sqlite or postgresql://USER@HOST/NAME; empty for this machine's own"


def server(url: str) -> str | None:
    """Return the URL of the server that `store.url` names; null where it names a file, or nothing.

    Raises:
        ConfigError: it names neither, or has a password in it.
    """
    if not url or url.startswith(SQLITE):
        return None
    # of the raw text: a # or a ? in a password ends what comes before it where a URL is taken apart
    if PASSWORD.search(url):
        raise ConfigError("store.url has a password in it", hint="put it into PGPASSWORD or ~/.pgpass")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ConfigError("store.url cannot be read", hint=WRITE) from None
    if parts.scheme not in SERVERS or not parts.netloc:
        # not what stands there: it may be a password after all
        kind = parts.scheme if PLAIN.fullmatch(parts.scheme) and parts.netloc else "what it says"
        raise ConfigError(f"store.url: {kind} is no kind of database that is known", hint=WRITE)
    return url


def file(url: str, folder: Path, name: str) -> Path:
    """Return the file that `store.url` names, where it names no server; one in a folder where it is empty."""
    return Path(url.removeprefix(SQLITE)) if url else folder / name
