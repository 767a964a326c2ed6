"""What became of every delivery: once per schedule × period × recipient, also when a sender is killed or started twice.

queued → sending → sent, or failed (tried again later), or dead (given up, and told). A delivery is `sending` on disk before
anything goes out, and `in_doubt` is one more on disk before the message is handed over: what a kill leaves behind is counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from advisor.database.database import Inside, Row
from advisor.delivery.faults import LostLeaseError
from advisor.delivery.parcel import Parcel, digest_of, message_id, unpacked
from advisor.delivery.tables import Shared, at_work
from advisor.errors import ConfigError

KEPT_PERIODS = 13
"""Reports of a quarter of weeks are kept whole; of older ones only what became of them, and their figures."""


class State(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is done about it."""
        return self in (State.SENT, State.DEAD)


@dataclass(frozen=True)
class Delivery:
    """One schedule × period × recipient.

    Attributes:
        message_id: the same on every try.
        in_doubt: tries after which nobody knows whether the message was taken: each may have been one too many.
        said: the receipt, or why it was not taken.
    """

    schedule: str
    period: str
    recipient: str
    message_id: str
    state: State
    tries: int
    in_doubt: int
    not_before: float
    deadline: float
    said: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it."""
        return (self.schedule, self.period, self.recipient)


class Outbox:
    """The outbox of a data folder; one for each process.

    Args:
        database: where it lies.
        now_s: seconds since 1970, the same for all processes.
    """

    def __init__(self, database: Shared, now_s: Callable[[], float]) -> None:
        self._database, self._now_s = database, now_s

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Claim and send inside."""
        with at_work(self._database):
            yield

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def settle_in(self, schedule: str, folder: Path) -> None:
        """Write down whose schedule a name is: two of one name would keep each other's reports from going out.

        Raises:
            ConfigError: another settings file, which is still there, has a schedule of this name.
        """
        with self._database.writing() as inside:
            row = inside.execute("SELECT folder FROM homes WHERE schedule = ?", (schedule,)).fetchone()
            if row is not None and row["folder"] != str(folder) and Path(row["folder"]).is_dir():
                raise ConfigError(
                    f"a schedule {schedule} in {row['folder']} uses this outbox too",
                    hint="rename one of the two, or give one its own ADVISOR_DATA_DIR",
                )
            inside.execute(
                "INSERT INTO homes VALUES (?, ?) ON CONFLICT (schedule) DO UPDATE SET folder = excluded.folder",
                (schedule, str(folder)),
            )

    @contextmanager
    def making(self, schedule: str) -> Iterator[None]:
        """Make a schedule's parcel inside, one process at a time: others wait, and then find it made."""
        with self._database.alone(schedule):
            yield

    def parcel(self, schedule: str, period: str) -> Parcel | None:
        """Return the parcel of a period; null where none was made yet, or it is long done and was let go."""
        rows = self._database.rows(
            "SELECT content FROM parcels WHERE schedule = ? AND period = ? AND length(content) > 0",
            schedule,
            period,
        )
        return unpacked(rows[0]["content"]) if rows else None

    def keep(self, parcel: Parcel) -> Parcel:
        """Keep a parcel, unless its period has one already; return the one that is kept, for that is what is sent."""
        packed, name = parcel.packed(), parcel.schedule
        figures = json.dumps(dict(parcel.figures), sort_keys=True)
        values = (name, parcel.period, digest_of(packed), packed, figures, parcel.made_at.timestamp())
        with self._database.writing() as inside:
            inside.execute(
                "INSERT INTO parcels VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (schedule, period) DO UPDATE "
                "SET digest = excluded.digest, content = excluded.content WHERE length(parcels.content) = 0",
                values,
            )
            inside.execute(
                "UPDATE parcels SET content = ? WHERE schedule = ? AND period != ? AND period NOT IN "
                "(SELECT period FROM parcels WHERE schedule = ? ORDER BY period DESC LIMIT ?) AND NOT EXISTS "
                "(SELECT 1 FROM deliveries d WHERE d.schedule = parcels.schedule AND d.period = parcels.period "
                "AND d.state NOT IN ('sent', 'dead'))",
                (b"", name, parcel.period, name, KEPT_PERIODS),
            )
        kept = self.parcel(name, parcel.period)
        return parcel if kept is None else kept

    def figures_before(self, schedule: str, period: str) -> Mapping[str, float] | None:
        """Return the figures of the newest earlier parcel; null where there is none."""
        rows = self._database.rows(
            "SELECT figures FROM parcels WHERE schedule = ? AND period < ? ORDER BY period DESC LIMIT 1",
            schedule,
            period,
        )
        return dict(json.loads(rows[0]["figures"])) if rows else None

    def queue(self, parcel: Parcel, recipients: Sequence[str], domain: str, deadline: float) -> None:
        """Queue a parcel for those recipients who have no delivery of this period yet; give up those no longer named."""
        digest, now = digest_of(parcel.packed()), self._now_s()
        with self._database.writing() as inside:
            for recipient in recipients:
                name = message_id(parcel.schedule, parcel.period, recipient, digest, domain)
                inside.execute(
                    "INSERT INTO deliveries (schedule, period, recipient, message_id, state, not_before, deadline) "
                    "VALUES (?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT DO NOTHING",
                    (parcel.schedule, parcel.period, recipient, name, now, deadline),
                )
            for row in _of(inside, parcel.schedule, parcel.period):
                if row["recipient"] not in recipients and row["state"] in ("queued", "failed"):
                    self._end(inside, _delivery(row), State.DEAD, "no longer a recipient")

    def claim(
        self, schedule: str, period: str, lease_s: float, besides: Collection[str] = ()
    ) -> Delivery | None:
        """Take a delivery that is due, and return it; null where none is.

        A delivery that is `sending` is due when its sender is gone or has held it for too long.

        Args:
            besides: recipients who are passed over.
        """
        now = self._now_s()
        with self._database.writing() as inside:
            for row in _of(inside, schedule, period):
                if row["recipient"] in besides or not self._is_due(row, now):
                    continue
                if row["deadline"] <= now:
                    self._end(
                        inside,
                        _delivery(row),
                        State.DEAD,
                        f"given up at its deadline; {row['said']}".rstrip("; "),
                    )
                    continue
                inside.execute(
                    "UPDATE deliveries SET state = 'sending', tries = tries + 1, owner = ?, lease_until = ? "
                    "WHERE schedule = ? AND period = ? AND recipient = ?",
                    (self._database.me, now + lease_s, *_delivery(row).key),
                )
                return _delivery(_of(inside, schedule, period, row["recipient"])[0])
        return None

    def hand_over(self, delivery: Delivery, lease_s: float) -> None:
        """Write down that the message is handed over from here on; to be called right before it is.

        Raises:
            LostLeaseError: another process has taken the delivery over.
        """
        now = self._now_s()
        with self._database.writing() as inside:
            changed = inside.execute(
                "UPDATE deliveries SET in_doubt = in_doubt + 1, lease_until = ? WHERE schedule = ? AND period = ? "
                "AND recipient = ? AND state = 'sending' AND owner = ? AND lease_until > ?",
                (now + lease_s, *delivery.key, self._database.me, now),
            ).rowcount
        if not changed:
            raise LostLeaseError(f"{delivery.recipient} was taken over by another process")

    def settle(
        self, delivery: Delivery, state: State, said: str, *, not_before: float = 0.0, is_known: int = 0
    ) -> None:
        """Write down what became of a claimed delivery; nothing changes where another process has it by now.

        Args:
            state: sent, failed or dead.
            not_before: when a failed one may be tried again.
            is_known: 1 where the message was handed over and the answer came, so that no doubt is left.
        """
        with self._database.writing() as inside:
            self._end(inside, delivery, state, said, not_before, is_known, owner=self._database.me)

    def deliveries(self, schedule: str | None = None, period: str | None = None) -> list[Delivery]:
        """Return deliveries in order: all, those of a schedule, or those of one of its periods."""
        rows = self._database.rows(
            "SELECT * FROM deliveries WHERE schedule = coalesce(?, schedule) AND period = coalesce(?, period) "
            "ORDER BY schedule, period, recipient",
            schedule,
            period,
        )
        return [_delivery(row) for row in rows]

    def next_due(self, schedule: str, period: str, besides: Collection[str] = ()) -> float | None:
        """Return when the next delivery may be tried, now for one that another process holds; null where all have ended."""
        open_ones = [
            d
            for d in self.deliveries(schedule, period)
            if not d.state.is_final and d.recipient not in besides
        ]
        return min((d.not_before if d.state is not State.SENDING else 0.0 for d in open_ones), default=None)

    def revive(self, schedule: str, period: str, deadline: float) -> None:
        """Queue deliveries again that were given up."""
        with self._database.writing() as inside:
            inside.execute(
                "UPDATE deliveries SET state = 'queued', not_before = ?, deadline = ?, ended_at = NULL "
                "WHERE schedule = ? AND period = ? AND state = 'dead'",
                (self._now_s(), deadline, schedule, period),
            )

    def watch(self, schedule: str) -> float:
        """Return since when a runner looks after a schedule; from now on where none did."""
        with self._database.writing() as inside:
            inside.execute(
                "INSERT INTO watched VALUES (?, ?) ON CONFLICT DO NOTHING", (schedule, self._now_s())
            )
        return float(
            self._database.rows("SELECT since FROM watched WHERE schedule = ?", schedule)[0]["since"]
        )

    def _is_due(self, row: Row, now: float) -> bool:
        if row["state"] == State.SENDING:
            return row["lease_until"] <= now or not self._database.is_alive(row["owner"])
        return row["state"] in (State.QUEUED, State.FAILED) and row["not_before"] <= now

    def _end(
        self,
        inside: Inside,
        delivery: Delivery,
        state: State,
        said: str,
        not_before: float = 0.0,
        is_known: int = 0,
        owner: str | None = None,
    ) -> None:
        inside.execute(
            "UPDATE deliveries SET state = ?, said = ?, not_before = ?, in_doubt = in_doubt - ?, owner = '', ended_at = ? "
            "WHERE schedule = ? AND period = ? AND recipient = ? AND owner = coalesce(?, owner)",
            (
                state.value,
                said,
                not_before,
                is_known,
                self._now_s() if state.is_final else None,
                *delivery.key,
                owner,
            ),
        )


def _of(inside: Inside, schedule: str, period: str, recipient: str | None = None) -> list[Row]:
    return inside.execute(
        "SELECT * FROM deliveries WHERE schedule = ? AND period = ? AND recipient = coalesce(?, recipient) ORDER BY recipient",
        (schedule, period, recipient),
    ).fetchall()


def _delivery(row: Row) -> Delivery:
    fields = {name: row[name] for name in Delivery.__dataclass_fields__}
    return Delivery(**{**fields, "state": State(row["state"])})
