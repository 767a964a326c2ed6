"""Snapshots swapped whole or not at all, whenever the writer dies and whoever reads meanwhile."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from advisor.catalog import load_catalog
from advisor.catalog.home import newest_snapshot, snapshot_names
from advisor.catalog.load import SNAPSHOT, TABLES
from advisor.catalog.refresh import keep_snapshot, replace_bundled
from advisor.errors import CatalogError

DAY = date(2026, 11, 27)

WRITER = """
import sys
from datetime import date
from pathlib import Path
from advisor.catalog import load_catalog
from advisor.catalog.load import SNAPSHOT
from advisor.catalog.refresh import keep_snapshot, replace_bundled

tables = load_catalog(SNAPSHOT).tables
print("ready", flush=True)
n = 0
while True:
    n += 1
    changed = {**tables, "fargate_sizes": tables["fargate_sizes"].head(1 + n % 50)}
    if sys.argv[1] == "keep":
        print(keep_snapshot(changed, Path(sys.argv[2]), date(2026, 11, 27)), flush=True)
    else:
        replace_bundled(changed, Path(sys.argv[2]))
        print("replaced", flush=True)
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path))
    return tmp_path / "prices"


def test_the_newest_snapshot_comes_before_the_bundled_one(own: Path) -> None:
    bundled = load_catalog()
    assert newest_snapshot() is None
    small = {**bundled.tables, "fargate_sizes": bundled.tables["fargate_sizes"].head(3)}
    first = keep_snapshot(small, own, DAY)
    assert len(load_catalog().tables["fargate_sizes"]) == 3
    second = keep_snapshot(bundled.tables, own, DAY)
    third = keep_snapshot(small, own, date(2026, 11, 28))
    assert [p.name for p in (first, second, third)] == ["2026-11-27.001", "2026-11-27.002", "2026-11-28.001"]
    assert newest_snapshot() == third
    shutil.rmtree(third)
    assert len(load_catalog().tables["fargate_sizes"]) == 77
    shutil.rmtree(own)
    assert load_catalog() is bundled


def test_the_folder_follows_the_xdg_convention(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from advisor.catalog.home import prices_folder

    monkeypatch.delenv("ADVISOR_DATA_DIR")
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert prices_folder() == Path("/home/somebody/.local/share/advisor/prices")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert prices_folder() == tmp_path / "advisor" / "prices"


def test_a_broken_own_snapshot_says_how_to_go_back(own: Path) -> None:
    kept = keep_snapshot(load_catalog(SNAPSHOT).tables, own, DAY)
    file = kept / "fargate.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(CatalogError, match="sha256") as broken:
        load_catalog()
    assert f"delete {kept}" in str(broken.value.hint)


def test_two_refreshes_do_not_meet(own: Path) -> None:
    import fcntl

    keep_snapshot(load_catalog(SNAPSHOT).tables, own, DAY)
    with (own / ".lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        with pytest.raises(CatalogError, match="another refresh is at work"):
            keep_snapshot(load_catalog(SNAPSHOT).tables, own, DAY)
    assert snapshot_names(own) == ["2026-11-27.001"]


def test_what_was_left_unfinished_is_no_snapshot_and_goes(own: Path) -> None:
    (own / ".unfinished-1234").mkdir(parents=True)
    assert newest_snapshot() is None
    keep_snapshot(load_catalog(SNAPSHOT).tables, own, DAY)
    assert sorted(p.name for p in own.iterdir()) == [".lock", "2026-11-27.001"]


def test_a_full_disk_leaves_the_old_snapshot(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep_snapshot(load_catalog(SNAPSHOT).tables, own, DAY)
    calls = iter(range(100))

    def full(handle: int) -> None:
        if next(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep_snapshot(load_catalog(SNAPSHOT).tables, own, DAY)
    assert newest_snapshot() == kept
    assert load_catalog().digest == load_catalog(kept).digest


def test_nothing_is_named_before_it_is_on_the_disk(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.rename
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("fsync"), sync(handle))[1])
    monkeypatch.setattr(Path, "rename", lambda self, to: (done.append("rename"), rename(self, to))[1])
    keep_snapshot(load_catalog(SNAPSHOT).tables, own, DAY)
    # each table and the manifest with the names they get, their folder; then the name; then the folder that holds it
    assert done == ["fsync"] * (2 * (len(TABLES) + 1) + 1) + ["rename", "fsync"]


def _started(mode: str, folder: Path) -> subprocess.Popen[str]:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, mode, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


@pytest.mark.parametrize(
    ("mode", "kills"),
    [
        ("keep", 6),
        ("replace", 6),
        *(pytest.param(mode, 100, marks=pytest.mark.slow) for mode in ("keep", "replace")),
    ],
)
def test_a_killed_writer_leaves_whole_snapshots(tmp_path: Path, mode: str, kills: int) -> None:
    """Whenever it dies, every name that is there is a snapshot that loads, and what was acknowledged is there."""
    chance = random.Random(7)
    folder = tmp_path / "prices"
    if mode == "replace":
        folder = Path(shutil.copytree(SNAPSHOT, tmp_path / "all" / "snapshot"))
    unfinished = 0
    for _ in range(kills):
        writer = _started(mode, folder)
        time.sleep(chance.uniform(0.0, 0.7))
        os.kill(writer.pid, signal.SIGKILL)
        told = writer.communicate()[0].splitlines()
        if mode == "replace":
            load_catalog.__globals__["_load"].cache_clear()
            assert load_catalog(folder).tables["ec2_prices"].height
            continue
        unfinished += len(list(folder.glob(".unfinished-*")))
        names = snapshot_names(folder) if folder.is_dir() else []
        assert {Path(t).name for t in told} <= set(names)
        for name in names[-3:]:
            assert load_catalog(folder / name).tables["ec2_prices"].height
    assert mode == "replace" or unfinished, "nobody was killed at work"


def test_a_reader_meanwhile_sees_old_or_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path))
    writer = _started("keep", tmp_path / "prices")
    try:
        seen = set()
        until = time.monotonic() + 3
        while time.monotonic() < until:
            catalog = load_catalog()
            assert catalog.tables["ec2_prices"].height == 20012
            seen.add(catalog.digest)
    finally:
        writer.kill()
        writer.wait()
    assert len(seen) > 1


def test_the_bundled_snapshot_is_replaced_by_its_manifest(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SNAPSHOT, tmp_path / "all" / "snapshot"))
    tables = load_catalog(SNAPSHOT).tables
    replace_bundled({**tables, "fargate_sizes": tables["fargate_sizes"].head(5)}, folder)
    load_catalog.__globals__["_load"].cache_clear()
    assert len(load_catalog(folder).tables["fargate_sizes"]) == 5
    assert len(list(folder.iterdir())) == len(TABLES) + 1
