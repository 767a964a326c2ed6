"""Works off the outbox of one period: claims, sends, waits and tries again, until all have ended or patience has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from random import Random

from advisor.config import DeliveryPolicy
from advisor.delivery.channels import Channel
from advisor.delivery.faults import LostLeaseError, RefusedError, TryLater
from advisor.delivery.outbox import Delivery, Outbox, State
from advisor.delivery.parcel import Parcel
from advisor.delivery.wall import Wall
from advisor.errors import ConfigError

POLL_S = 0.2
"""How often we look whether another process is done with what it holds."""
Holding = Callable[[], AbstractContextManager[None]]


def deliver(
    outbox: Outbox,
    parcel: Parcel,
    channels: Mapping[str, Channel],
    policy: DeliveryPolicy,
    wall: Wall,
    tell: Callable[[str], None],
    holding: Holding = nullcontext,
) -> list[Delivery]:
    """Send a parcel to all who have not got it, and return what became of every delivery of its period.

    Args:
        channels: recipient → channel.
        tell: hears of every try that another will follow.
        holding: is entered around every try, so that a signal waits for its end.
    """
    until_s = wall.now_s() + policy.try_for_s
    blocked: set[str] = set()
    with outbox.at_work():
        while True:
            with holding():
                claimed = outbox.claim(parcel.schedule, parcel.period, policy.lease_s, blocked)
                if claimed is not None:
                    if not _try(outbox, parcel, claimed, channels, policy, wall, tell):
                        blocked.add(claimed.recipient)
                    continue
            due_s = outbox.next_due(parcel.schedule, parcel.period, blocked)
            now_s = wall.now_s()
            if due_s is None or max(due_s, now_s) >= until_s:
                return outbox.deliveries(parcel.schedule, parcel.period)
            wall.sleep(max(POLL_S, due_s - now_s))


def wait_s(message_id: str, tries: int, policy: DeliveryPolicy) -> float:
    """Return how long to wait after so many tries: full jitter, drawn from the delivery's own name, so that it can be told."""
    longest = min(policy.longest_wait_s, policy.first_wait_s * 2.0 ** min(tries - 1, 30))
    return Random(f"{message_id} {tries}").random() * longest  # noqa: S311 - nobody gains by guessing it


def _try(
    outbox: Outbox,
    parcel: Parcel,
    delivery: Delivery,
    channels: Mapping[str, Channel],
    policy: DeliveryPolicy,
    wall: Wall,
    tell: Callable[[str], None],
) -> bool:
    """Try once, and return whether another try of this command could help."""
    handed = 0

    def hand_over() -> None:
        nonlocal handed
        outbox.hand_over(delivery, policy.lease_s)
        handed = 1

    def failed(said: str, pause_s: float, known: int) -> None:
        outbox.settle(delivery, State.FAILED, said, not_before=wall.now_s() + pause_s, is_known=known)

    jitter_s = wait_s(delivery.message_id, delivery.tries, policy)
    try:
        channel = channels.get(delivery.recipient)
        if channel is None:
            raise RefusedError(f"{delivery.recipient} is no recipient of this schedule any longer")
        receipt = channel.send(parcel, delivery, hand_over)
    except LostLeaseError as fault:
        tell(fault.message)
    except TryLater as fault:
        known = 0 if fault.is_in_doubt else handed
        if fault.needs_people:
            failed(fault.message, 0.0, known)
            return False
        pause_s = max(fault.wait_s, jitter_s)
        tell(f"{fault.message}; try {delivery.tries}, the next in {pause_s:.0f} s or later")
        failed(fault.message, pause_s, known)
    except ConfigError as fault:
        failed(fault.message, 0.0, handed)
        return False
    except RefusedError as fault:
        outbox.settle(delivery, State.DEAD, fault.message, is_known=handed)
    except Exception as fault:  # noqa: BLE001 - a bug in one channel must not keep the others from their reports
        failed(f"{delivery.recipient}: this is a bug in advisor: {type(fault).__name__}", 0.0, 0)
        return False
    else:
        outbox.settle(delivery, State.SENT, receipt, is_known=handed)
    return True
