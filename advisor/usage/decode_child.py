"""The process that decodes Parquet files for `decode.ParquetCheck`; run as a script, so that it loads nothing of ours.

It loads polars first and then reads its work from stdin, so that it can be started before the work is known.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

MEMORY_LIMIT_BYTES = 16 * 2**30
MOST_ROWS = 10**8
MOST_RATIO = 200
"""Decoded over stored size beyond which a file is refused unless trusted."""


def child(trust: bool, names: Sequence[str]) -> int:
    """Decode the files under limits; print which one is being read and why one is refused; return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    for name in names:
        print(f"reading: {name}", flush=True)  # noqa: T201 - the parent reads this
        try:
            lazy = pl.scan_parquet(name, glob=False)
            schema = lazy.collect_schema()
            rows = lazy.select(pl.len()).collect().item()
            if rows > MOST_ROWS:
                print(f"refused: {name} has {rows:,} rows, {MOST_ROWS:,} is the most", flush=True)  # noqa: T201
                return 1
            size, stored = 0.0, Path(name).stat().st_size
            for column in schema:
                size += lazy.select(column).collect().estimated_size()
                if not trust and size > max(MOST_RATIO * stored, 1 << 28):
                    over = f"over {MOST_RATIO} times its size"
                    reason = f"unpacks to {size / 2**20:.0f} MiB and more, {over}; --trust-input reads it all the same"
                    print(f"refused: {name} {reason}", flush=True)  # noqa: T201
                    return 1
        except BaseException as error:  # noqa: BLE001 - a panic of polars is a BaseException
            text = str(error).splitlines()[0] if str(error) else type(error).__name__
            print(f"refused: {name} is not a Parquet file we can read: {text}", flush=True)  # noqa: T201
            return 1
    return 0


if __name__ == "__main__":
    work = json.loads(sys.stdin.readline() or "[]")
    sys.exit(child(work[0] == "trust", work[1:]) if work else 0)
