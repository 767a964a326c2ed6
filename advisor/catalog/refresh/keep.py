"""Snapshots written whole or not at all: a reader sees the old one or the new one, never half of each."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl

from advisor.catalog.home import snapshot_names
from advisor.catalog.load import SNAPSHOT, TABLES, load_catalog
from advisor.catalog.manifest import MANIFEST, manifest, packed
from advisor.errors import CatalogError
from advisor.files import flush_folder, replace_file

LOCK = ".lock"
UNFINISHED = ".unfinished-"


def keep_snapshot(tables: Mapping[str, pl.DataFrame], folder: Path, day: date) -> Path:
    """Write a snapshot into a new folder of its own, named after its day, and return that.

    Everything is on the disk before the folder gets its name.

    Args:
        folder: where the user's snapshots lie.

    Raises:
        CatalogError: another refresh is at work.
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder):
        for left_over in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left_over)
        there = [name for name in snapshot_names(folder) if name.startswith(str(day))]
        target = folder / f"{day}.{int(there[-1][-3:]) + 1 if there else 1:03}"
        unfinished = folder / f"{UNFINISHED}{secrets.token_hex(4)}"
        unfinished.mkdir()
        files = {name: (f"{name}.parquet", packed(tables[name])) for name in TABLES}
        for file, content in files.values():
            replace_file(unfinished / file, content)
        replace_file(unfinished / MANIFEST, manifest(_ordered(tables), files).encode())
        load_catalog(unfinished)  # what the loader would refuse must not get a name
        flush_folder(unfinished)
        unfinished.rename(target)
        flush_folder(folder)
    return target


def replace_bundled(tables: Mapping[str, pl.DataFrame], folder: Path = SNAPSHOT) -> Path:
    """Write a snapshot in the place of the bundled one, for maintainers, and return its folder.

    New files get names of their own; the manifest, replaced last and at once, says which ones count.

    Raises:
        CatalogError: another refresh is at work.
        OSError: it cannot be written.
    """
    with _alone(folder.parent):
        packs = {name: packed(tables[name]) for name in TABLES}
        files = {
            name: (f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.parquet", content)
            for name, content in packs.items()
        }
        for file, content in files.values():
            replace_file(folder / file, content)
        flush_folder(folder)
        replace_file(folder / MANIFEST, manifest(_ordered(tables), files).encode())
        flush_folder(folder)
        for path in folder.glob("*.parquet"):
            if path.name not in {file for file, _ in files.values()}:
                path.unlink()
    return folder


def _ordered(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {name: tables[name] for name in TABLES}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; it falls with the process, whatever ends that."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows, where two refreshes at once are the user's own affair
    except ImportError:
        yield
        return
    with (folder / LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise CatalogError(
                f"another refresh is at work in {folder}", hint="wait until it is done"
            ) from held
        yield
