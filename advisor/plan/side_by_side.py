"""Independent work on all cores: the core and polars let go of Python's lock, so threads are enough."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

POLL_S = 0.1

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(work: Callable[[T], R], items: Sequence[T], size: Callable[[T], float]) -> list[R]:
    """Return the results in the order of the items, whatever the number of threads; the first error is raised.

    Args:
        size: how much work an item is, roughly; the largest are begun first, so that none is left for the end.
    """
    workers = min(len(items), os.cpu_count() or 1)
    if workers < 2:
        return [work(item) for item in items]
    pool = ThreadPoolExecutor(workers)
    try:
        begun = {
            at: pool.submit(work, items[at])
            for at in sorted(range(len(items)), key=lambda at: -size(items[at]))
        }
        futures = [begun[at] for at in range(len(items))]
        # a thread that waits without end may not see a signal that reached another one
        while wait(futures, timeout=POLL_S, return_when=FIRST_EXCEPTION).not_done:
            for future in futures:
                if future.done():
                    future.result()
        return [f.result() for f in futures]
    finally:
        # after an error or Ctrl-C nothing more is begun, and nobody waits for what was
        pool.shutdown(wait=False, cancel_futures=True)
