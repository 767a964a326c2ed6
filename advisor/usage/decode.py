"""Decodes Parquet files in a process of its own, so that a broken or hostile one cannot take us down.

A damaged Parquet file may make the decoder ask for exabytes and abort the process; no `except` helps. So each file is
decoded once, column by column, in a child with limits on memory and time; only what survives is read by us.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from advisor.errors import InputError

PARQUET = ".parquet"
TIMEOUT_S = 120
CHILD = Path(__file__).with_name("decode_child.py")


class ParquetCheck:
    """A child that decodes Parquet files while other work goes on.

    It takes a moment to start: make it early, and say what there is to decode when that is known.
    """

    def __init__(self) -> None:
        self._paths: Sequence[Path] = ()
        # -P: a polars.py that lies in the working folder is data, not code
        self._child = subprocess.Popen(
            [sys.executable, "-P", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def begin(self, paths: Sequence[Path], *, trust: bool) -> None:
        """Have the files decoded from now on."""
        self._paths = paths
        work = json.dumps(["trust" if trust else "check", *map(str, paths)])
        assert self._child.stdin is not None, "made with a pipe"
        # a child that died is seen when it is waited for
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.write(work + "\n")
            self._child.stdin.flush()

    def __enter__(self) -> ParquetCheck:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def refuse(self) -> None:
        """Wait for the child and refuse files that cannot be decoded whole and safely.

        Raises:
            InputError: naming the file.
        """
        if not self._paths:
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


def has_parquet(paths: Sequence[Path]) -> bool:
    """Say whether files or folders are, or hold, Parquet files."""
    return any(p.suffix == PARQUET or next(p.rglob(f"*{PARQUET}"), None) is not None for p in paths)
