"""Independent work on all cores: the core and polars let go of Python's lock, so threads are enough."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Return the results in the order of the items, whatever the number of threads; the first error is raised."""
    workers = min(len(items), os.cpu_count() or 1)
    if workers < 2:
        return [work(item) for item in items]
    pool = ThreadPoolExecutor(workers)
    try:
        return list(pool.map(work, items))
    finally:
        # what has not begun is not begun after an error or Ctrl-C
        pool.shutdown(cancel_futures=True)
