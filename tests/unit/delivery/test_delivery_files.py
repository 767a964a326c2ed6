"""Files: in their folder, whole, the same on every try, never over what is not ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes_delivery import Hands, delivery, parcel

from advisor.delivery.channels.files import FileChannel
from advisor.delivery.faults import RefusedError, TryLater
from advisor.delivery.targets import targets_of
from advisor.errors import ConfigError

NAMES = ["weekly-2026-11-23.json", "weekly-2026-11-23.md"]


def send(url: str, folder: Path, **changes) -> str:
    (target,) = targets_of(url, folder)
    return FileChannel(target).send(parcel(**changes), delivery(), Hands())


def test_a_folder_is_made_and_filled_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    assert send("file:out/weekly", tmp_path) == f"2 files in {tmp_path / 'out' / 'weekly'}"
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out" / "weekly").iterdir()}
    assert sorted(p.name for p in before) == NAMES
    send("file:out/weekly", tmp_path)
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "out" / "weekly").iterdir()} == before


def test_a_half_filled_folder_is_filled(tmp_path: Path) -> None:
    send("file:out", tmp_path)
    (tmp_path / "out" / NAMES[0]).unlink()
    send("file:out", tmp_path)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == NAMES


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    (tmp_path / NAMES[1]).write_text("mine")
    with pytest.raises(RefusedError, match="other content"):
        send(f"file:{tmp_path}", tmp_path)
    assert (tmp_path / NAMES[1]).read_text() == "mine"


def test_a_planted_link_is_neither_followed_nor_replaced(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("theirs")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / NAMES[1]).symlink_to(outside)
    with pytest.raises(RefusedError):
        send("file:out", tmp_path)
    assert outside.read_text() == "theirs"


@pytest.mark.parametrize("url", ["file:out", "file:out/deeper", "file:out/x.md"])
def test_a_link_that_leads_out_is_refused(tmp_path: Path, url: str) -> None:
    outside, home = tmp_path / "outside", tmp_path / "home"
    outside.mkdir()
    home.mkdir()
    (home / "out").symlink_to(outside)
    with pytest.raises(ConfigError, match="leads out"):
        send(url, home)
    assert list(outside.iterdir()) == []
    # who names the place itself means it
    send(f"file:{home / 'out'}", home)
    assert len(list(outside.iterdir())) == 2


def test_one_file_is_replaced_each_period(tmp_path: Path) -> None:
    (tmp_path / "weekly.md").write_text("of last week")
    assert send("file:weekly.md", tmp_path) == str(tmp_path / "weekly.md")
    assert (tmp_path / "weekly.md").read_text() == "# Savings\n"
    with pytest.raises(RefusedError, match=r"has no \.pdf"):
        send("file:weekly.pdf", tmp_path)


def test_one_file_that_is_a_link_takes_its_place(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("theirs")
    (tmp_path / "weekly.md").symlink_to(outside)
    send("file:weekly.md", tmp_path)
    assert (outside.read_text(), (tmp_path / "weekly.md").is_symlink()) == ("theirs", False)


def test_folders_and_files_are_not_mixed_up(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    (tmp_path / "a.md").mkdir()
    for url in ("file:plain", "file:a.md"):
        with pytest.raises(ConfigError):
            send(url, tmp_path)


def test_a_disk_that_says_no_is_tried_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TryLater, match="No space left"):
        send("file:out", tmp_path)
    assert list((tmp_path / "out").iterdir()) == []
