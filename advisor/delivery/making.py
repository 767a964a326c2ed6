"""One process at a time does a piece of work; the system lets the next one in when it ends, however it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor.errors import StoreError


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a file's lock inside; wait for it, as long as it takes: planning an organization takes what it takes.

    Raises:
        StoreError: the disk knows no locks.
    """
    # the file stays: were it removed, two processes could hold two files of one name
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as fault:
            raise StoreError(
                f"{path} cannot be locked: {fault.strerror}", hint="set ADVISOR_DATA_DIR to a local disk"
            ) from fault
        yield
