"""Decodes Parquet files in a process of its own, so that a broken or hostile one cannot take us down.

A damaged Parquet file may make the decoder ask for exabytes and abort the process; no `except` helps. So each file is
decoded once, column by column, in a child with limits on memory and time; only what survives is read by us.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from advisor.errors import InputError

MEMORY_LIMIT_BYTES = 16 * 2**30
TIMEOUT_S = 120
MOST_ROWS = 10**8
MOST_RATIO = 200
"""Decoded over stored size beyond which a file is refused unless trusted."""

CHILD = """
import sys
home, mode, *names = sys.argv[1:]
sys.path.insert(0, home)
from advisor.usage.decode import child
sys.exit(child(mode == "trust", names))
"""


class ParquetCheck:
    """A child that decodes Parquet files, started at once so that other work goes on beside it."""

    def __init__(self, paths: Sequence[Path], *, trust: bool) -> None:
        self._paths = paths
        home = str(Path(__file__).resolve().parents[2])
        words = [home, "trust" if trust else "check", *map(str, paths)]
        # -P: a polars.py that lies in the working folder is data, not code
        self._child = (
            subprocess.Popen(
                [sys.executable, "-P", "-c", CHILD, *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            if paths
            else None
        )

    def __enter__(self) -> ParquetCheck:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            if self._child.stdout is not None:
                self._child.stdout.close()

    def refuse(self) -> None:
        """Wait for the child and refuse files that cannot be decoded whole and safely.

        Raises:
            InputError: naming the file.
        """
        if self._child is None:
            return
        try:
            said, _ = self._child.communicate(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            raise InputError(f"{self._paths[0]} takes longer than {TIMEOUT_S} s to decode") from error
        last = said.strip().splitlines()
        if self._child.returncode == 0:
            return
        if last and last[-1].startswith("refused: "):
            raise InputError(last[-1].removeprefix("refused: "), hint="write the file again, or give CSV")
        name = last[-1].removeprefix("reading: ") if last else str(self._paths[0])
        raise InputError(
            f"{name} is damaged: decoding it ends in a crash", hint="write the file again, or give CSV"
        )


def child(trust: bool, names: Sequence[str]) -> int:
    """Decode the files under limits; print which one is being read and why one is refused; return the exit code."""
    import resource  # noqa: PLC0415 - POSIX only, and only in the child

    import polars as pl  # noqa: PLC0415

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
