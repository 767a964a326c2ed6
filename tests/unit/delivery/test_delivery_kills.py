"""Senders that are killed at any moment, and two at once: nothing is lost, and what may be twice is counted.

`ADVISOR_KILLS=200` runs the full campaign.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from delivery_child import database
from fakes_mail import Post, post_office

from advisor.delivery.outbox import Outbox, State

KILLS = int(os.environ.get("ADVISOR_KILLS", "10"))
PEOPLE = 8
TESTS = Path(__file__).parents[2]
FIRST = date(2026, 1, 5)


def start(place: str, port: int, day: date, people: int = PEOPLE) -> subprocess.Popen[str]:
    """Start a sender, and return when it is about to begin."""
    sender = subprocess.Popen(
        [
            sys.executable,
            str(TESTS / "delivery_child.py"),
            place,
            str(port),
            str(people),
            day.isoformat(),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sender.stdout is not None
    assert sender.stdout.readline() == "ready\n"
    return sender


def done(place: str, day: date) -> bool:
    """Return whether everybody has the report of a day."""
    outbox = Outbox(database(place), time.time)
    try:
        found = outbox.deliveries("weekly", day.isoformat())
        return len(found) == PEOPLE and all(d.state is State.SENT for d in found)
    finally:
        outbox.close()


def test_kills_lose_nothing_and_duplicates_are_counted(place: str) -> None:
    draw, kills, period = random.Random(20261127), 0, 0
    with post_office(Post(late_s=0.02)) as post:
        while kills < KILLS:
            day = FIRST + timedelta(days=period)
            sender = start(place, post.port, day)
            # as long as a whole period takes, so that kills fall on every part of it
            try:
                sender.wait(draw.uniform(0.0, 0.6))
            except subprocess.TimeoutExpired:
                sender.send_signal(signal.SIGKILL)
                sender.wait()
                kills += 1
            if done(place, day):
                period += 1
        last = start(place, post.port, FIRST + timedelta(days=period))
        assert last.wait(60) == 0
        letters = list(post.letters)
    outbox = Outbox(database(place), time.time)
    deliveries = outbox.deliveries("weekly")
    outbox.close()
    taken = Counter(letter.message["Message-ID"] for letter in letters)
    doubt = {d.message_id: d.in_doubt for d in deliveries}
    extra = {name: count - 1 for name, count in taken.items() if count > 1}
    print(
        f"\n{kills} kills, {len(deliveries)} deliveries, {len(letters)} letters, {sum(extra.values())} twice, {sum(doubt.values())} in doubt"
    )
    assert {d.state for d in deliveries} == {State.SENT}
    assert set(taken) == set(doubt), "lost, or sent to nobody"
    assert all(count <= doubt[name] for name, count in extra.items()), "twice, and not counted"
    bodies = {(letter.message["Message-ID"], letter.content) for letter in letters}
    assert len(bodies) == len(taken), "one Message-ID, two messages"
    assert sum(doubt.values()) <= kills


@pytest.mark.parametrize("round_", range(2))
def test_two_senders_at_once_send_one_message(place: str, round_: int) -> None:
    with post_office(Post(late_s=0.005)) as post:
        day = FIRST + timedelta(days=round_)
        senders = [start(place, post.port, day, people=20) for _ in range(2)]
        assert [s.wait(60) for s in senders] == [0, 0]
        assert sorted(Counter(post.ids()).values()) == [1] * 20
        assert len({letter.message.get_payload()[-1].get_content() for letter in post.letters}) == 1


def test_a_sender_that_is_told_to_end_finishes_the_message_in_hand(place: str) -> None:
    with post_office(Post(late_s=0.2)) as post:
        sender = start(place, post.port, FIRST)
        while not post.letters:
            time.sleep(0.01)
        sender.send_signal(signal.SIGTERM)
        assert sender.wait(20) == 128 + signal.SIGTERM
        assert start(place, post.port, FIRST).wait(30) == 0
        assert sorted(Counter(post.ids()).values()) == [1] * PEOPLE
