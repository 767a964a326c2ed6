"""`kill -9` while an account is pulled, and two processes at once: nothing acknowledged is lost, nothing torn is read.

`ADVISOR_KILLS=200` runs the full campaign.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pull_child

from advisor.usage.store.care import is_damaged
from advisor.usage.store.store import Store

KILLS = int(os.environ.get("ADVISOR_KILLS", "15"))
CHILD = Path(pull_child.__file__)
A_STORE = 5
"""So many times is a store's pull begun before it is let through."""
STEPS = 12
"""Six folders are made, then each file takes four steps: so the first, and half of the second."""
FILES = 4 * 4
"""Services with metrics × final days."""


def start(folder: Path, *die: int) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(CHILD.parent), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(folder), *map(str, die)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths, "POLARS_MAX_THREADS": "1"},
    )


def finish(child: subprocess.Popen[str]) -> tuple[set[Path], list[str]]:
    """Return the files that it acknowledged, and its other words."""
    out, _ = child.communicate(timeout=120)
    # a line that the kill cut off acknowledges nothing
    lines = [line.split(" ", 1) for line in out.splitlines(keepends=True) if line.endswith("\n")]
    kept = {Path(rest[0].strip()) for word, *rest in lines if word == "kept"}
    return kept, [" ".join(line).strip() for line in lines if line[0] != "kept"]


def whole_files(folder: Path) -> set[Path]:
    store = Store(folder)
    assert not [s for s in store.segments() if is_damaged(store, s)]
    return {s.path(store.root) for s in store.segments()}


def test_killed_at_any_moment(tmp_path) -> None:
    draws = random.Random(20261127)
    expected = pull_child.read(None)[0].digest
    began = time.monotonic()
    finish(child := start(tmp_path / "whole"))
    assert child.returncode == 0
    longest_s = time.monotonic() - began
    kills, rounds, amid, torn = 0, 0, 0, 0
    while kills < KILLS:
        folder = tmp_path / str(rounds)
        rounds += 1
        acknowledged: set[Path] = set()
        for _ in range(A_STORE):
            child = start(folder)
            assert child.stdout.readline() == "ready\n"
            try:
                child.wait(draws.random() * longest_s / 2)
            except subprocess.TimeoutExpired:
                child.kill()
            kept, _ = finish(child)
            assert child.returncode in (0, -9)
            kills += child.returncode == -9
            amid += child.returncode == -9 and bool(kept)
            acknowledged |= kept
            torn += bool(list(folder.rglob(".*.tmp")))
            assert acknowledged <= whole_files(folder)
        kept, words = finish(child := start(folder))
        assert child.returncode == 0, words
        assert not kept & acknowledged, "what was acknowledged is not read again"
        assert len(whole_files(folder)) == FILES
        assert not list(folder.rglob(".*.tmp")), "what killed writers left is swept"
        assert pull_child.read(Store(folder))[0].digest == expected
    print(f"{kills} kills in {rounds} stores, {amid} between two files, {torn} left a temporary one")


def test_killed_at_every_step_of_a_write(tmp_path) -> None:
    begun = 0
    for step in range(1, STEPS + 1):
        folder = tmp_path / str(step)
        kept, _ = finish(child := start(folder, step))
        assert child.returncode == -9
        assert kept <= whole_files(folder)
        begun += bool(list(folder.rglob(".*.tmp")))
        more, words = finish(start(folder))
        assert words[-1].startswith("done")
        assert not kept & more
        assert len(whole_files(folder)) == FILES
        assert not list(folder.rglob(".*.tmp"))
    assert begun >= STEPS // 4


def test_two_processes_at_once_read_every_day_once(tmp_path) -> None:
    both = [start(tmp_path), start(tmp_path)]
    (kept, words), (more, others) = (finish(child) for child in both)
    assert [child.returncode for child in both] == [0, 0]
    assert not kept & more
    assert len(kept | more) == FILES
    asked = sorted(int(said[-1].split()[1]) for said in (words, others))
    assert asked[0] == 0, "who came second found all of it"
    assert asked[1] > 0
    assert any("is being filled by process" in word for word in (*words, *others))
    assert len(whole_files(tmp_path)) == FILES


def test_a_resumed_pull_is_the_uninterrupted_one(tmp_path) -> None:
    child = start(tmp_path / "a")
    for _ in range(1 + 5):
        child.stdout.readline()
    child.kill()
    finish(child)
    assert 5 <= len(whole_files(tmp_path / "a")) < FILES
    for folder in ("a", "b"):
        assert finish(start(tmp_path / folder))[1][-1].startswith("done")
    names = [{p.name: p.read_bytes() for p in whole_files(tmp_path / f)} for f in ("a", "b")]
    assert names[0] == names[1]
