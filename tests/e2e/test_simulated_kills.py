"""`advisor pull` is killed at any moment: what was acknowledged stays, nothing torn is read, the rest follows."""

from __future__ import annotations

import hashlib
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from simulated import advise, environment
from simulated_aws.fleets import small
from simulated_aws.server import SimulatedAws

pytestmark = pytest.mark.e2e
PULL = ("pull", "--region", "eu-west-1", "--days", "14", "--quiet")
METRICS = "cloudwatch:GetMetricData"


@pytest.fixture(scope="module")
def aws() -> Iterator[SimulatedAws]:
    with SimulatedAws(small()) as found:
        yield found
        assert found.journal.wrong == []


def files(home: Path) -> dict[str, str]:
    """Return name → sha256 of all that is in the store under its final name."""
    return {
        str(p.relative_to(home)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(home.glob("data/**/*.parquet"))
        if not p.name.startswith(".")
    }


def pulled(home: Path, aws: SimulatedAws) -> dict[str, str]:
    done = advise(home, aws, *PULL)
    assert done.code == 0, done.err
    return files(home)


def killed(home: Path, aws: SimulatedAws, moment: random.Random, requests: int, whole: int) -> bool:
    """Start a pull and kill it at some request, or when it has written some file; return whether it was still there."""
    home.mkdir(exist_ok=True)
    aws.journal.clear()
    child = subprocess.Popen(
        [sys.executable, "-m", "advisor", *PULL],
        cwd=home,
        env=environment(home, aws),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if moment.random() < 0.3:
        at, wait_s = moment.randrange(requests), moment.random() * 0.05
        reached = lambda: len(aws.journal.entries()) >= at  # noqa: E731
    else:
        # a temporary file counts too: it is about to be flushed or renamed
        there = len(list(home.glob("data/**/*parquet*")))
        at, wait_s = moment.randint(1, max(1, whole - there)), moment.random() * 0.004
        reached = lambda: len(list(home.glob("data/**/*parquet*"))) >= there + at  # noqa: E731
    while not reached() and child.poll() is None:
        time.sleep(0.001)
    time.sleep(wait_s)
    alive = child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait()
    return alive


def campaign(tmp_path: Path, aws: SimulatedAws, kills: int, seed: int) -> dict[str, int]:
    """Kill so often; every time a store is full, hold it against one that was filled in peace."""
    moment = random.Random(seed)
    day = datetime.now(UTC).date()
    aws.journal.clear()
    peace = pulled(tmp_path / "peace", aws)
    requests = len(aws.journal.entries())
    assert len(peace) >= 5
    counts = {"kills": 0, "in parts": 0, "full": 0}
    home = tmp_path / "war"
    while counts["kills"] < kills:
        before = files(home)
        counts["kills"] += killed(home, aws, moment, requests, len(peace))
        after = files(home)
        assert before.items() <= after.items(), "what was acknowledged is gone"
        assert all(digest in name for name, digest in after.items()), "a name that is not its content"
        counts["in parts"] += 0 < len(after) < len(peace)
        if len(after) == len(peace) or counts["kills"] == kills:
            assert datetime.now(UTC).date() == day, "a day ended meanwhile: run it again"
            assert pulled(home, aws) == peace, "resumed is not uninterrupted"
            assert not list(home.glob("data/**/.*.tmp"))
            assert advise(home, aws, "cache", "verify").code == 0
            counts["full"] += 1
            shutil.rmtree(home)
    return counts


def test_ten_kills(tmp_path: Path, aws: SimulatedAws) -> None:
    counts = campaign(tmp_path, aws, kills=10, seed=3)
    assert counts["kills"] == 10
    assert counts["in parts"] > 0, "none came while it was writing"


@pytest.mark.campaign
def test_two_hundred_kills(tmp_path: Path, aws: SimulatedAws, capsys) -> None:
    counts = campaign(tmp_path, aws, kills=200, seed=1)
    with capsys.disabled():
        print(f"\n{counts}")
    assert counts["kills"] == 200
    assert counts["in parts"] > 10


def test_a_flipped_bit_is_found_and_mended(tmp_path: Path, aws: SimulatedAws) -> None:
    whole = pulled(tmp_path, aws)
    chance = random.Random(5)
    names = sorted(whole)
    for name in names:
        path = tmp_path / name
        content = bytearray(path.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
    told = advise(tmp_path, aws, "cache", "verify")
    assert told.code == 1
    assert all(Path(name).name in told.out + told.err for name in names)
    again = advise(tmp_path, aws, *PULL)
    assert again.err.count("is damaged and its day is read again") == len(names)
    assert files(tmp_path) == whole
    assert advise(tmp_path, aws, "cache", "verify").code == 0


def test_what_was_pulled_is_what_a_plan_reads(tmp_path: Path, aws: SimulatedAws) -> None:
    argv = ("recommend", "--region", "eu-west-1", "--days", "2", "--set", "profile.min_days=1")
    while True:
        hour = datetime.now(UTC).hour
        straight = advise(tmp_path / "straight", aws, *argv, "--no-cache", "--format", "json")
        assert advise(tmp_path / "kept", aws, "pull", *argv[1:5]).code == 0
        aws.journal.clear()
        kept = advise(tmp_path / "kept", aws, *argv, "--format", "json")
        if hour == datetime.now(UTC).hour:
            break
    assert kept.code == straight.code == 0
    assert kept.out == straight.out
    newest = min(e.params["StartTime"] for e in aws.journal.entries(METRICS))
    assert newest > datetime.now(UTC) - timedelta(hours=36), "final days are not asked for again"
