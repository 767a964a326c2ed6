"""One process at a time fills an account and region of the store; others wait, and are told for whom."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from advisor.aws.clock import Clock
from advisor.errors import StoreError

LOCK = ".lock"
WAIT_S = 300.0
"""A large account is read within it; who holds longer has stopped."""
POLL_S = 0.2


@contextmanager
def locked(folder: Path, say: Callable[[str], None], clock: Clock) -> Iterator[None]:
    """Hold a folder alone; the system lets go of it when the process ends, however it ends.

    Args:
        say: is told whom we wait for.

    Raises:
        StoreError: another process holds it for too long.
    """
    # the file stays: were it removed, two processes could hold two files of one name
    with (folder / LOCK).open("a+", encoding="utf-8") as file:
        _wait(file, folder, say, clock)
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%H:%M:%S} UTC")
        file.flush()
        yield


def _wait(file: IO[str], folder: Path, say: Callable[[str], None], clock: Clock) -> None:
    until_s, told = clock.now_s() + WAIT_S, False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            held = f"{folder} is being filled by {file.read() or 'another process'}"
        except OSError as fault:
            raise StoreError(
                f"{folder} cannot be locked: {fault.strerror}", hint="set ADVISOR_DATA_DIR to a local disk"
            ) from fault
        else:
            return
        if clock.now_s() >= until_s:
            hint = "wait for it or end it; recommend --no-cache does without the store"
            raise StoreError(f"{held}, for {WAIT_S:g} s now", hint=hint)
        if not told:
            say(f"{held}; waiting")
            told = True
        clock.sleep(POLL_S)
