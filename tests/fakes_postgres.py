"""A PostgreSQL server of its own for a test session, on loopback; Debian's package, wherever it put it."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fakes_mail import free_port


def programs() -> Path | None:
    """Return the folder of the server's programs; null where it is not installed."""
    found = shutil.which("initdb")
    if found and shutil.which("pg_ctl"):
        return Path(found).parent
    return next((path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a server inside; give its URL."""
    there = programs()
    assert there is not None
    # root may not run it
    other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="advisor-postgres-"))
    if other:
        shutil.chown(folder, "postgres")
    port, data = free_port(), folder / "data"
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    try:
        subprocess.run(
            [*other, there / "initdb", "-A", "trust", "-U", "advisor", "--no-sync", "-D", data], **quiet
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        start = [*other, there / "pg_ctl", "-w", "-D", data, "-l", folder / "log", "-o", options, "start"]
        subprocess.run(start, **quiet)
        try:
            yield f"postgresql://advisor@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*other, there / "pg_ctl", "-w", "-m", "immediate", "-D", data, "stop"], **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(url: str) -> str:
    """Return the URL of a new, empty database of a server."""
    import psycopg

    name = f"d{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.rsplit("/", 1)[0] + f"/{name}"
