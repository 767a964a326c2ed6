"""Runs and decisions that are kept: the same laws in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from postgres import server

from advisor.errors import ConfigError, InputError, StoreError
from advisor.history import Decision, Run, Verdict
from advisor.store.history import History, id_of, open_history
from advisor.store.tables import HISTORY

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
FACTS = Run("", NOON, "shop", "2026-10-01", "2026-11-01", 2432.25, 5648.5, 2287.125, "0.1.0")


@pytest.fixture(params=["sqlite", "postgresql"])
def history(request, tmp_path: Path) -> Iterator[History]:
    url = server(request) if request.param == "postgresql" else ""
    opened = open_history(url, tmp_path)
    yield opened
    opened.close()


def test_a_run_comes_back_as_it_was_kept(history: History) -> None:
    document = b'{"kind": "advisor.plan", "name": "caf\xc3\xa9"}\n' * 1000
    run_id = history.keep(document, FACTS)
    assert run_id == id_of(document)
    (run,) = history.runs()
    assert run == replace(FACTS, run_id=run_id)
    assert history.document(run) == document


def test_the_same_bytes_are_one_run(history: History) -> None:
    first = history.keep(b"x", FACTS)
    assert history.keep(b"x", replace(FACTS, kept_at=NOON + timedelta(days=1))) == first
    assert [r.kept_at for r in history.runs()] == [NOON]


def test_runs_are_found_by_id_and_by_how_long_ago(history: History) -> None:
    ids = [history.keep(bytes([n]), replace(FACTS, kept_at=NOON + timedelta(hours=n))) for n in range(3)]
    history.keep(b"other", replace(FACTS, name="mill", kept_at=NOON + timedelta(days=9)))
    assert [r.run_id for r in history.runs("shop")] == ids
    assert history.find("last", "shop").run_id == ids[2]
    assert history.find("last~2", "shop").run_id == ids[0]
    assert history.find("last").name == "mill"
    assert history.find(ids[1][:7]).run_id == ids[1]
    for word, why in (
        ("last~3", "3 runs are kept"),
        ("zz", "no run has this id"),
        ("", "3 runs begin"),
        ("last~x", "3 runs"),
    ):
        with pytest.raises(InputError, match=why):
            history.find(word, "shop")
    history.remove(history.find(ids[2]))
    assert history.find("last", "shop").run_id == ids[1]


def test_nothing_kept_says_how_to_keep(history: History) -> None:
    with pytest.raises(InputError, match="no run was kept yet") as told:
        history.find("last")
    assert "--keep" in str(told.value.hint)


def test_decisions_come_back_in_the_order_in_which_they_were_made(history: History) -> None:
    made = [
        Decision(
            NOON, "shop", "checkout", Verdict.SNOOZE, "after peak 'season' %s ?", "ann", date(2027, 1, 7)
        ),
        Decision(NOON, "shop", "checkout", Verdict.ACCEPT, "ticket 7", "bob"),
        Decision(NOON, "shop", "search", Verdict.DISMISS, "latency", "ann"),
    ]
    for decision in made:
        history.decide(decision)
    history.decide(replace(made[0], name="mill"))
    assert history.decisions("shop") == made
    assert history.decisions("nobody") == []


def test_two_connections_see_one_history(history: History, request, tmp_path: Path) -> None:
    postgres = "postgresql" in request.node.callspec.id
    other = open_history(server(request) if postgres else "", tmp_path)
    run_id = other.keep(b"x", FACTS)
    assert history.find("last").run_id == run_id
    other.close()


def test_a_damaged_document_is_told(tmp_path: Path) -> None:
    history = open_history("", tmp_path)
    history.keep(b"x", FACTS)
    for damage in ("zeroblob(40)", "(SELECT document FROM runs WHERE name = 'other')"):
        history.keep(b"y", replace(FACTS, name="other"))
        with sqlite3.connect(tmp_path / "history.sqlite") as at:
            at.execute(f"UPDATE runs SET document = {damage} WHERE name = 'shop'")  # noqa: S608  our own words
        with pytest.raises(StoreError, match=r"cannot be read|was damaged"):
            history.document(history.runs("shop")[0])


def test_tables_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    open_history("", tmp_path).close()
    with sqlite3.connect(tmp_path / "history.sqlite") as at:
        at.execute(f"PRAGMA user_version={len(HISTORY.steps) + 1}")
    with pytest.raises(StoreError, match="written by a newer version"):
        open_history("", tmp_path)


def test_an_address_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="mysql is no kind of database"):
        open_history("mysql://host/name", tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened"):
        open_history(f"sqlite:///{tmp_path}/file/history.sqlite", tmp_path)


def test_a_password_is_never_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has a password in it") as told:
        open_history("postgresql://ann:secret-word@127.0.0.1:1/shop?connect_timeout=1", tmp_path)
    assert "secret-word" not in str(told.value)
