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

TIMEOUT_S = 120
CHILD = Path(__file__).with_name("decode_child.py")


class ParquetCheck:
    """A child that decodes Parquet files, started at once so that other work goes on beside it."""

    def __init__(self, paths: Sequence[Path], *, trust: bool) -> None:
        self._paths = paths
        words = ["trust" if trust else "check", *map(str, paths)]
        # -P: a polars.py that lies in the working folder is data, not code
        self._child = (
            subprocess.Popen(
                [sys.executable, "-P", str(CHILD), *words],
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
