"""The outbox: once for each recipient, tried again, given up, taken over; and the loop that works it off."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from fakes_delivery import START_S, Moving, Said, outbox_in, parcel, queued

from advisor.config import DeliveryPolicy
from advisor.delivery.database import MIGRATIONS, Database
from advisor.delivery.deliver import deliver, wait_s
from advisor.delivery.faults import LostLeaseError, RefusedError, TryLater
from advisor.delivery.outbox import KEPT_PERIODS, State
from advisor.errors import ConfigError, StoreError

POLICY = DeliveryPolicy()
A, B = "mailto:a@example.com", "mailto:b@example.com"


def run(folder: Path, channels, clock: Moving, policy: DeliveryPolicy = POLICY):
    told: list[str] = []
    outbox = outbox_in(folder, clock)
    made = queued(outbox, parcel(), channels, clock, policy.deadline_hours)
    ended = deliver(outbox, made, channels, policy, clock.wall(), told.append)
    return {d.recipient: d for d in ended}, told


def test_everybody_gets_it_once(tmp_path: Path) -> None:
    channels, clock = {A: Said(["taken"]), B: Said(["taken"])}, Moving()
    first, _ = run(tmp_path, channels, clock)
    again, _ = run(tmp_path, channels, clock)
    assert {d.state for d in first.values()} == {State.SENT}
    assert first == again
    assert [c.sent for c in channels.values()] == [1, 1]
    assert all((d.tries, d.in_doubt, d.said) == (1, 0, "taken") for d in first.values())


def test_failures_are_tried_again_with_one_message_id_and_growing_waits(tmp_path: Path) -> None:
    channel, clock = Said([TryLater("busy")] * 4 + ["taken"]), Moving()
    ended, told = run(tmp_path, {A: channel}, clock)
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


def test_a_server_that_asks_for_time_is_given_it(tmp_path: Path) -> None:
    clock = Moving()
    run(tmp_path, {A: Said([TryLater("429", wait_s=120.0), "taken"])}, clock)
    assert sum(clock.slept) >= 120.0


def test_a_refusal_is_final_until_it_is_asked_for_again(tmp_path: Path) -> None:
    channels, clock = {A: Said([RefusedError("550 nobody"), "taken"]), B: Said(["taken"])}, Moving()
    ended, _ = run(tmp_path, channels, clock)
    assert (ended[A].state, ended[A].said, ended[B].state) == (State.DEAD, "550 nobody", State.SENT)
    assert run(tmp_path, channels, clock)[0] == ended
    outbox = outbox_in(tmp_path, clock)
    outbox.revive("weekly", "2026-11-23", clock.now + 100)
    ended, _ = run(tmp_path, channels, clock)
    assert {d.state for d in ended.values()} == {State.SENT}
    assert channels[B].sent == 1


@pytest.mark.parametrize(
    "fault", [ConfigError("no password"), TryLater("535", needs_people=True), ZeroDivisionError("x")]
)
def test_what_people_must_mend_is_not_hammered_and_keeps_nobody_else_waiting(tmp_path: Path, fault) -> None:
    channels, clock = {A: Said([fault, "taken"]), B: Said(["taken"])}, Moving()
    ended, _ = run(tmp_path, channels, clock)
    assert (ended[A].state, ended[B].state, clock.slept) == (State.FAILED, State.SENT, [])
    ended, _ = run(tmp_path, channels, clock)
    assert ended[A].state is State.SENT


def test_patience_ends_and_the_next_command_goes_on_until_the_deadline(tmp_path: Path) -> None:
    channel, clock = Said([TryLater("away")]), Moving()
    ended, _ = run(tmp_path, {A: channel}, clock)
    assert ended[A].state is State.FAILED
    assert clock.now - START_S <= POLICY.try_for_s
    tried = channel.sent
    clock.now += 3600
    run(tmp_path, {A: channel}, clock)
    assert channel.sent > tried
    clock.now = START_S + 24 * 3600
    ended, _ = run(tmp_path, {A: channel}, clock)
    assert ended[A].state is State.DEAD
    assert ended[A].said == "given up at its deadline; away"


def test_no_answer_leaves_a_doubt_that_is_counted(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, {A: Said([TryLater("no answer", is_in_doubt=True), "taken"])}, Moving())
    assert (ended[A].state, ended[A].tries, ended[A].in_doubt) == (State.SENT, 2, 1)


def test_a_dead_senders_delivery_is_taken_over_at_once_and_a_living_ones_is_not(tmp_path: Path) -> None:
    clock = Moving()
    mine, other = outbox_in(tmp_path, clock), outbox_in(tmp_path, clock)
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


def test_a_sender_that_hung_past_its_lease_may_not_send(tmp_path: Path) -> None:
    clock = Moving()
    mine, other = outbox_in(tmp_path, clock), outbox_in(tmp_path, clock)
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


def test_the_first_parcel_of_a_period_is_the_one(tmp_path: Path) -> None:
    outbox = outbox_in(tmp_path, Moving())
    first = outbox.keep(parcel(text="first"))
    assert outbox.keep(parcel(text="second")) == first
    assert outbox.parcel("weekly", "2026-11-23") == first


def test_recipients_come_and_go(tmp_path: Path) -> None:
    clock = Moving()
    channels = {A: Said([TryLater("away", needs_people=True)])}
    run(tmp_path, channels, clock)
    ended, _ = run(tmp_path, {B: Said(["taken"])}, clock)
    assert (ended[A].state, ended[A].said) == (State.DEAD, "no longer a recipient")
    assert ended[B].state is State.SENT


def test_old_parcels_are_let_go_but_not_what_became_of_them(tmp_path: Path) -> None:
    clock, outbox = Moving(), outbox_in(tmp_path, Moving())
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


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    Database(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Database(path)


def test_what_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(b"not a database at all, but long enough to be one" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        Database(tmp_path / "x.sqlite3")


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.sqlite3")
    assert [database.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous")] == ["wal", 2]


def test_four_writers_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from advisor.delivery.database import Database\n"
        "d = Database(pathlib.Path(sys.argv[1]))\n"
        "for i in range(50):\n"
        "  with d.writing() as w:\n"
        "    w.execute(\"INSERT INTO watched VALUES ('x', 1) ON CONFLICT (schedule) DO UPDATE SET since = since + 1\")\n"
    )
    path = tmp_path / "x.sqlite3"
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(4)]
    assert [w.wait(60) for w in writers] == [0] * 4
    assert Database(path).rows("SELECT since FROM watched")[0][0] == 200


def test_dead_senders_are_swept(tmp_path: Path) -> None:
    clock = Moving()
    outbox = outbox_in(tmp_path, clock)
    dead = tmp_path / "outbox" / "senders" / "1-00.owner"
    dead.write_bytes(b"")
    with outbox.at_work():
        assert not dead.exists()
    assert not list(dead.parent.iterdir())
