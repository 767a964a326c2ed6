"""The outbox: once for each recipient, tried again, given up, taken over; and the loop that works it off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from delivery_child import database
from fakes_delivery import START_S, Moving, Said, outbox_in, parcel, queued
from fakes_mail import free_port

from advisor.config import DeliveryPolicy
from advisor.database import address
from advisor.delivery.deliver import deliver, wait_s
from advisor.delivery.faults import LostLeaseError, RefusedError, TryLater
from advisor.delivery.outbox import KEPT_PERIODS, State
from advisor.delivery.postgres import ServerOutbox
from advisor.delivery.sqlite import FILE, LocalOutbox
from advisor.delivery.tables import OUTBOX, at_work
from advisor.errors import ConfigError, StoreError

POLICY = DeliveryPolicy()
TESTS = Path(__file__).parents[2]
A, B = "mailto:a@example.com", "mailto:b@example.com"


def run(store, channels, clock: Moving, policy: DeliveryPolicy = POLICY):
    told: list[str] = []
    outbox = outbox_in(store, clock)
    made = queued(outbox, parcel(), channels, clock, policy.deadline_hours)
    ended = deliver(outbox, made, channels, policy, clock.wall(), told.append)
    return {d.recipient: d for d in ended}, told


def test_everybody_gets_it_once(store) -> None:
    channels, clock = {A: Said(["taken"]), B: Said(["taken"])}, Moving()
    first, _ = run(store, channels, clock)
    again, _ = run(store, channels, clock)
    assert {d.state for d in first.values()} == {State.SENT}
    assert first == again
    assert [c.sent for c in channels.values()] == [1, 1]
    assert all((d.tries, d.in_doubt, d.said) == (1, 0, "taken") for d in first.values())


def test_failures_are_tried_again_with_one_message_id_and_growing_waits(store) -> None:
    channel, clock = Said([TryLater("busy")] * 4 + ["taken"]), Moving()
    ended, told = run(store, {A: channel}, clock)
    assert (ended[A].state, ended[A].tries, ended[A].in_doubt) == (State.SENT, 5, 0)
    assert len(told) == 4
    assert all(slept <= 5.0 * 2**n for n, slept in enumerate(clock.slept))


def test_waits_are_full_jitter_from_a_seed() -> None:
    draws = [[wait_s(f"<{n}@x>", tries, POLICY) for tries in range(1, 12)] for n in range(300)]
    assert draws == [[wait_s(f"<{n}@x>", tries, POLICY) for tries in range(1, 12)] for n in range(300)]
    for tries in range(11):
        column, most = [d[tries] for d in draws], min(300.0, 5.0 * 2**tries)
        assert 0 <= min(column) < most * 0.05
        assert most * 0.95 < max(column) <= most
        assert abs(sum(column) / len(column) - most / 2) < most * 0.08


def test_a_server_that_asks_for_time_is_given_it(store) -> None:
    clock = Moving()
    run(store, {A: Said([TryLater("429", wait_s=120.0), "taken"])}, clock)
    assert sum(clock.slept) >= 120.0


def test_a_refusal_is_final_until_it_is_asked_for_again(store) -> None:
    channels, clock = {A: Said([RefusedError("550 nobody"), "taken"]), B: Said(["taken"])}, Moving()
    ended, _ = run(store, channels, clock)
    assert (ended[A].state, ended[A].said, ended[B].state) == (State.DEAD, "550 nobody", State.SENT)
    assert run(store, channels, clock)[0] == ended
    outbox = outbox_in(store, clock)
    outbox.revive("weekly", "2026-11-23", clock.now + 100)
    ended, _ = run(store, channels, clock)
    assert {d.state for d in ended.values()} == {State.SENT}
    assert channels[B].sent == 1


@pytest.mark.parametrize(
    "fault", [ConfigError("no password"), TryLater("535", needs_people=True), ZeroDivisionError("x")]
)
def test_what_people_must_mend_is_not_hammered_and_keeps_nobody_else_waiting(store, fault) -> None:
    channels, clock = {A: Said([fault, "taken"]), B: Said(["taken"])}, Moving()
    ended, _ = run(store, channels, clock)
    assert (ended[A].state, ended[B].state, clock.slept) == (State.FAILED, State.SENT, [])
    ended, _ = run(store, channels, clock)
    assert ended[A].state is State.SENT


def test_patience_ends_and_the_next_command_goes_on_until_the_deadline(store) -> None:
    channel, clock = Said([TryLater("away")]), Moving()
    ended, _ = run(store, {A: channel}, clock)
    assert ended[A].state is State.FAILED
    assert clock.now - START_S <= POLICY.try_for_s
    tried = channel.sent
    clock.now += 3600
    run(store, {A: channel}, clock)
    assert channel.sent > tried
    clock.now = START_S + 24 * 3600
    ended, _ = run(store, {A: channel}, clock)
    assert ended[A].state is State.DEAD
    assert ended[A].said == "given up at its deadline; away"


def test_no_answer_leaves_a_doubt_that_is_counted(store) -> None:
    ended, _ = run(store, {A: Said([TryLater("no answer", is_in_doubt=True), "taken"])}, Moving())
    assert (ended[A].state, ended[A].tries, ended[A].in_doubt) == (State.SENT, 2, 1)


def test_a_dead_senders_delivery_is_taken_over_at_once_and_a_living_ones_is_not(store) -> None:
    clock = Moving()
    mine, other = outbox_in(store, clock), outbox_in(store, clock)
    queued(mine, parcel(), {A: Said(["taken"])}, clock)
    with mine.at_work():
        claimed = mine.claim("weekly", "2026-11-23", 600)
        assert claimed is not None
        mine.hand_over(claimed, 600)
        with other.at_work():
            assert other.claim("weekly", "2026-11-23", 600) is None
    with other.at_work():
        found = other.claim("weekly", "2026-11-23", 600)
    assert found is not None
    assert (found.message_id, found.tries, found.in_doubt) == (claimed.message_id, 2, 1)


def test_a_sender_that_hung_past_its_lease_may_not_send(store) -> None:
    clock = Moving()
    mine, other = outbox_in(store, clock), outbox_in(store, clock)
    queued(mine, parcel(), {A: Said(["taken"])}, clock)
    with mine.at_work(), other.at_work():
        slow = mine.claim("weekly", "2026-11-23", 600)
        assert slow is not None
        clock.now += 601
        quick = other.claim("weekly", "2026-11-23", 600)
        assert quick is not None
        with pytest.raises(LostLeaseError):
            mine.hand_over(slow, 600)
        other.hand_over(quick, 600)
        other.settle(quick, State.SENT, "taken", is_known=1)
        # what the slow one says afterwards changes nothing
        mine.settle(slow, State.FAILED, "late")
    assert [(d.state, d.in_doubt) for d in mine.deliveries()] == [(State.SENT, 0)]


def test_the_first_parcel_of_a_period_is_the_one(store) -> None:
    outbox = outbox_in(store, Moving())
    first = outbox.keep(parcel(text="first"))
    assert outbox.keep(parcel(text="second")) == first
    assert outbox.parcel("weekly", "2026-11-23") == first


def test_recipients_come_and_go(store) -> None:
    clock = Moving()
    channels = {A: Said([TryLater("away", needs_people=True)])}
    run(store, channels, clock)
    ended, _ = run(store, {B: Said(["taken"])}, clock)
    assert (ended[A].state, ended[A].said) == (State.DEAD, "no longer a recipient")
    assert ended[B].state is State.SENT


def test_old_parcels_are_let_go_but_not_what_became_of_them(store) -> None:
    clock, outbox = Moving(), outbox_in(store, Moving())
    periods = [f"2026-{n:02d}-01" for n in range(1, 13)] + [f"2027-{n:02d}-01" for n in range(1, 9)]
    for number, period in enumerate(periods):
        made = outbox.keep(parcel(period=period, figures={"today": float(number)}))
        outbox.queue(made, [A], "example.com", clock.now + 100)
        if number:  # the first stays open
            with outbox.at_work():
                claimed = outbox.claim("weekly", period, 600)
                assert claimed is not None
                outbox.settle(claimed, State.SENT, "taken")
    kept = [p for p in periods if outbox.parcel("weekly", p) is not None]
    assert kept == [periods[0], *periods[-KEPT_PERIODS:]]
    assert len(outbox.deliveries()) == len(periods)
    assert outbox.figures_before("weekly", periods[3]) == {"today": 2.0}
    assert outbox.figures_before("weekly", periods[0]) is None
    # made anew where somebody asks for it
    assert outbox.keep(parcel(period=periods[1])) == outbox.parcel("weekly", periods[1])


def test_a_newer_database_is_left_alone(store) -> None:
    first = store()
    with first.writing() as inside:
        if isinstance(first, LocalOutbox):
            inside.execute(f"PRAGMA user_version = {len(OUTBOX.steps) + 1}")
        else:
            inside.execute("INSERT INTO outbox_schema VALUES (?)", (len(OUTBOX.steps) + 1,))
    with pytest.raises(StoreError, match="newer version"):
        store()


def test_what_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all, but long enough to be one" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        LocalOutbox(tmp_path)


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    database = LocalOutbox(tmp_path)
    assert [database.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous")] == ["wal", 2]


def test_what_fails_inside_leaves_nothing(store) -> None:
    database = store()
    with pytest.raises(ZeroDivisionError), database.writing() as inside:
        inside.execute("INSERT INTO watched VALUES (?, ?)", ("weekly", 1.0))
        raise ZeroDivisionError
    assert database.rows("SELECT * FROM watched") == []
    with pytest.raises(StoreError):
        database.rows("SELECT * FROM nowhere")


def test_four_writers_lose_nothing(place: str) -> None:
    code = (
        "import sys; from delivery_child import database\n"
        "d = database(sys.argv[1])\n"
        "for i in range(50):\n"
        "  with d.writing() as w:\n"
        '    since = w.execute("SELECT since FROM watched").fetchone()\n'
        "    w.execute('DELETE FROM watched')\n"
        "    w.execute(\"INSERT INTO watched VALUES ('x', ?)\", ((since['since'] if since else 0.0) + 1,))\n"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    writers = [subprocess.Popen([sys.executable, "-c", code, place], env=environ) for _ in range(4)]
    assert [w.wait(90) for w in writers] == [0] * 4
    found = database(place)
    assert found.rows("SELECT since FROM watched")[0]["since"] == 200
    found.close()


def test_dead_senders_are_swept(tmp_path: Path) -> None:
    database = LocalOutbox(tmp_path)
    dead = tmp_path / "senders" / "1-00.owner"
    dead.write_bytes(b"")
    with at_work(database):
        assert not dead.exists()
    assert not list(dead.parent.iterdir())


@pytest.mark.parametrize(
    "url",
    [
        "mysql://x/y",
        "x",
        "postgresql://u:s3cr3t@h/d",
        "postgresql://h/d?password=s3cr3t",
        "postgresql://[h/d",
        "postgresql://u:s3cr3t#w@h/d",
        "postgresql://u:s3cr3t?/@h/d",
        "host=db password=s3cr3t dbname=x",
        "my_user:s3cr3t@host/db",
        "u:s3cr3t@host",
    ],
)
def test_what_is_no_store(url: str) -> None:
    with pytest.raises(ConfigError) as ending:
        address.server(url)
    assert "s3cr3t" not in f"{ending.value.message} {ending.value.hint}"


@pytest.mark.parametrize("url", ["postgresql://u@h:5432/d", "postgres://h/d?sslmode=require"])
def test_what_is_a_store(url: str) -> None:
    assert address.server(url) == url


def test_a_store_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "s3cr3t")
    with pytest.raises(StoreError, match="cannot be reached") as ending:
        ServerOutbox(f"postgresql://advisor@127.0.0.1:{free_port()}/x")
    assert "s3cr3t" not in f"{ending.value.message} {ending.value.hint}"
