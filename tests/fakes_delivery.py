"""A parcel, a clock that only waiting moves, and deliveries as channels get them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advisor.delivery.channels import Channel
from advisor.delivery.outbox import Delivery, Outbox, State
from advisor.delivery.parcel import Attachment, Image, Parcel
from advisor.delivery.schedule import Schedule, read_schedules
from advisor.delivery.tables import Shared
from advisor.delivery.wall import Wall

START_S = datetime(2026, 11, 27, 12, tzinfo=UTC).timestamp()


def parcel(**changes: Any) -> Parcel:
    """Return a parcel with one of everything."""
    usual: dict[str, Any] = {
        "schedule": "weekly",
        "period": "2026-11-23",
        "made_at": datetime(2026, 11, 23, 7, tzinfo=UTC),
        "subject": "Savings of the week",
        "text": "$500 a month to save · größer\n",
        "html": '<p>$500 a month <img src="cid:chart.png"></p>',
        "images": (Image("chart.png", "image/png", b"\x89PNG not really"),),
        "attachments": (
            Attachment("weekly-2026-11-23.md", "text/markdown", b"# Savings\n"),
            Attachment("weekly-2026-11-23.json", "application/json", b'{"savings": 500}'),
        ),
        "slack_blocks": ({"type": "section", "text": {"type": "mrkdwn", "text": "$500"}},),
        "figures": {"savings": 500.0, "today": 900.0},
    }
    return Parcel(**{**usual, **changes})


def delivery(recipient: str = "mailto:a@example.com", **changes: Any) -> Delivery:
    """Return a delivery on its first try."""
    usual: dict[str, Any] = {
        "schedule": "weekly",
        "period": "2026-11-23",
        "recipient": recipient,
        "message_id": "<0123456789abcdef@example.com>",
        "state": State.SENDING,
        "tries": 1,
        "in_doubt": 0,
        "not_before": 0.0,
        "deadline": START_S + 1e6,
        "said": "",
    }
    return Delivery(**{**usual, **changes})


@dataclass
class Hands:
    """Counts messages that are handed over."""

    count: int = 0

    def __call__(self) -> None:
        """Count one."""
        self.count += 1


@dataclass
class Moving:
    """A clock that only waiting moves."""

    now: float = START_S
    slept: list[float] = field(default_factory=list)

    def wall(self) -> Wall:
        """Return it as the program takes it."""

        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.now += seconds

        return Wall(lambda: self.now, sleep)


@dataclass
class Said:
    """A channel that does what it is told, one thing after the other: raises an exception, or returns a receipt."""

    script: list[BaseException | str]
    hands_over: bool = True
    sent: int = 0

    def send(self, parcel: Parcel, delivery: Delivery, hand_over: Any) -> str:
        """Do the next thing; the last one again and again."""
        del parcel, delivery
        if self.hands_over:
            hand_over()
        self.sent += 1
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(said, BaseException):
            raise said
        return said


def outbox_in(store: Callable[[], Shared], clock: Moving) -> Outbox:
    """Return an outbox on that clock, as a process of its own would have it."""
    return Outbox(store(), lambda: clock.now)


def queued(
    outbox: Outbox, made: Parcel, channels: Mapping[str, Channel], clock: Moving, hours: float = 24
) -> Parcel:
    """Keep a parcel and queue it for the channels' recipients."""
    kept = outbox.keep(made)
    outbox.queue(kept, list(channels), "example.com", clock.now + hours * 3600)
    return kept


def schedule(folder: Path, **table: Any) -> Schedule:
    """Return a schedule read from a table."""
    usual = {"cron": "0 7 * * mon", "recipients": ["file:reports"], "source": "usage"}
    return read_schedules({"weekly": ({**usual, **table}, str(folder / "advisor.toml"))})["weekly"]
