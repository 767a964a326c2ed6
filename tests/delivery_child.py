"""A sender of its own process: delivers one report to many addresses. Told: where the outbox is, port, how many, period."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from advisor.config import Config, DeliveryPolicy, MailPolicy, SmtpPolicy
from advisor.delivery.channels import channels_of
from advisor.delivery.occurrences import Occurrences
from advisor.delivery.outbox import Outbox
from advisor.delivery.parcel import Attachment, Parcel
from advisor.delivery.postgres import ServerOutbox
from advisor.delivery.report_run import Order, report_run
from advisor.delivery.sqlite import LocalOutbox
from advisor.delivery.tables import Shared
from advisor.delivery.targets import targets_of
from advisor.delivery.wall import Ending, Wall


def make(order: Order) -> Parcel:
    """Return a parcel that is another one each time it is made, as real ones are."""
    now = datetime.now(UTC)
    return Parcel(
        schedule="weekly",
        period=order.period,
        made_at=now,
        subject="Savings",
        text=f"made at {now.isoformat()}\n",
        html="<p>made</p>",
        attachments=(Attachment("report.md", "text/markdown", now.isoformat().encode()),),
    )


def database(place: str) -> Shared:
    """Return the database of a folder or URL."""
    return ServerOutbox(place) if "://" in place else LocalOutbox(Path(place))


def main(place: str, port: str, count: str, day: str) -> int:
    """Deliver, and return 0 when everybody has it."""
    config = Config(
        mail=MailPolicy(sender="finops@example.com"),
        smtp=SmtpPolicy(url=f"smtp://127.0.0.1:{port}"),
        delivery=DeliveryPolicy(try_for_s=30.0, first_wait_s=0.1, longest_wait_s=0.2, lease_s=60.0),
    )
    addresses = ",".join(f"p{number}@example.com" for number in range(int(count)))
    targets = targets_of(f"mailto:{addresses}", Path.cwd())
    channels = channels_of(targets, config, {}, lambda: cast(Any, None))
    schedule = cast(
        Any, SimpleNamespace(name="weekly", folder=Path.cwd(), occurrences=Occurrences("0 7 * * *", "UTC"))
    )
    wall = Wall()
    outbox = Outbox(database(place), wall.now_s)
    as_of = datetime.fromisoformat(f"{day}T08:00:00+00:00")
    ending = Ending()
    print("ready", flush=True)
    with ending.listening():
        outcome = report_run(schedule, as_of, make, outbox, channels, config, wall=wall, holding=ending.held)
    return len(outcome.missing)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
