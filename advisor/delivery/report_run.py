"""One run of a schedule: its period's parcel is made once, kept, and delivered to everybody who has not got it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from advisor.config import Config
from advisor.delivery.channels import Channel
from advisor.delivery.deliver import Holding, deliver
from advisor.delivery.message import domain_of
from advisor.delivery.occurrences import period_of
from advisor.delivery.outbox import Delivery, Outbox, State
from advisor.delivery.parcel import Parcel
from advisor.delivery.wall import Wall

if TYPE_CHECKING:
    from advisor.delivery.schedule import Schedule

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Order:
    """What a parcel is made for.

    Attributes:
        earlier: the figures of the schedule's last report; null where there was none.
    """

    schedule: Schedule
    period: str
    as_of: datetime
    earlier: Mapping[str, float] | None


Make = Callable[[Order], Parcel]
"""Makes the parcel of a period: reads, plans, renders."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        sent_before: deliveries that were done when it began.
    """

    period: str
    parcel: Parcel
    deliveries: tuple[Delivery, ...]
    sent_before: int

    @property
    def missing(self) -> tuple[Delivery, ...]:
        """Deliveries that did not come about, or not yet."""
        return tuple(d for d in self.deliveries if d.state is not State.SENT)


def report_run(
    schedule: Schedule,
    as_of: datetime,
    make: Make,
    outbox: Outbox,
    channels: Mapping[str, Channel],
    config: Config,
    *,
    made: Callable[[Parcel], None] = lambda _: None,
    wall: Wall | None = None,
    tell: Callable[[str], None] = lambda said: None,
    holding: Holding = nullcontext,
    retry: bool = False,
) -> Outcome:
    """Make and deliver the report of the period that `as_of` belongs to; what was done before is not done again.

    Args:
        channels: recipient → channel, for every recipient of the schedule.
        made: is told of the parcel when it is in the outbox, and again by every later run of the period.
        retry: try those again who were given up.

    Raises:
        ConfigError: another settings file's schedule of this name uses the outbox.
    """
    wall = wall or Wall()
    outbox.settle_in(schedule.name, schedule.folder)
    period = period_of(schedule.occurrences, as_of)
    parcel = outbox.parcel(schedule.name, period)
    if parcel is None:
        # two that start at once would both plan, and accounts are read for money
        with outbox.making(schedule.name):
            parcel = outbox.parcel(schedule.name, period)
            if parcel is None:
                earlier = outbox.figures_before(schedule.name, period)
                parcel = outbox.keep(make(Order(schedule, period, as_of, earlier)))
    made(parcel)
    deadline_s = wall.now_s() + config.delivery.deadline_hours * SECONDS_PER_HOUR
    before = [d for d in outbox.deliveries(schedule.name, period) if d.state is State.SENT]
    outbox.queue(parcel, list(channels), domain_of(config.mail.sender), deadline_s)
    if retry:
        outbox.revive(schedule.name, period, deadline_s)
    ended = deliver(outbox, parcel, channels, config.delivery, wall, tell, holding)
    return Outcome(period, parcel, tuple(ended), len(before))
