"""A real PostgreSQL of Debian's package, started once for all tests of a run, with an empty database for each."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from functools import cache
from pathlib import Path

import pytest

PACKAGES = "/usr/lib/postgresql"
MADE: set[str] = set()
MEND = "apt-get install -y --no-install-recommends postgresql"


def server(request: pytest.FixtureRequest) -> str:
    """Return the address of the test's own database; skip where PostgreSQL is not installed."""
    found = sorted(Path(PACKAGES).glob("*/bin/initdb"))
    if not found:
        pytest.skip(f"PostgreSQL is not installed: {MEND}")
    programs = found[-1].parent
    port, folder = _started(programs)
    name = "t" + uuid.uuid5(uuid.NAMESPACE_OID, request.node.nodeid).hex
    if name not in MADE:
        MADE.add(name)
        _psql(programs, port, folder, f'CREATE DATABASE "{name}"')
    return f"postgresql://advisor@127.0.0.1:{port}/{name}"


@cache
def _started(programs: Path) -> tuple[int, str]:
    folder = tempfile.mkdtemp(prefix="advisor-postgres-")
    # it refuses to run as root
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    _run([programs / "initdb", "-D", f"{folder}/data", "-U", "advisor", "-A", "trust", "--no-sync"], user)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    _run(
        [programs / "pg_ctl", "-D", f"{folder}/data", "-o", options, "-l", f"{folder}/log", "-w", "start"],
        user,
    )

    def stop() -> None:
        _run([programs / "pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"], user)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return port, folder


def _psql(programs: Path, port: int, folder: str, sql: str) -> None:
    _run(
        [programs / "psql", "-h", folder, "-p", str(port), "-U", "advisor", "-d", "postgres", "-qc", sql],
        None,
    )


def _run(command: list[object], user: str | None) -> None:
    words = [str(word) for word in command]
    subprocess.run(
        words, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
