"""The runner in the foreground, on a clock that only waiting moves: changes of the clock, missed runs, runs that fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes_delivery import Moving, Said, parcel, schedule

from advisor.config import Config, DeliveryPolicy
from advisor.delivery.deliver import deliver
from advisor.delivery.faults import TryLater
from advisor.delivery.occurrences import period_of
from advisor.delivery.outbox import Outbox
from advisor.delivery.report_run import report_run
from advisor.delivery.runner import run_forever
from advisor.delivery.schedule import Schedule
from advisor.delivery.sqlite import LocalOutbox

QUICK = Config(delivery=DeliveryPolicy(try_for_s=0.0))


class Stage:
    """A runner's world: an outbox, a clock, and what was run when."""

    def __init__(self, folder: Path, start: str, **table: object) -> None:
        self.clock = Moving(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp())
        self.outbox = Outbox(LocalOutbox(folder / "outbox"), lambda: self.clock.now)
        self.schedule = schedule(folder, **table)
        self.channel = Said(["taken"])
        self.ran: list[str] = []

    def report(self, due: Schedule, moment: datetime) -> bool:
        """Run for real, into the channel."""
        self.ran.append(period_of(due.occurrences, moment))
        channels = {t.recipient: self.channel for t in due.targets}
        done = report_run(
            due,
            moment,
            lambda order: parcel(period=order.period),
            self.outbox,
            channels,
            QUICK,
            wall=self.clock.wall(),
        )
        return not done.missing

    def run(self, until: str, report: Callable[[Schedule, datetime], bool] | None = None) -> list[str]:
        """Run until a moment; return the periods that were run since."""
        end = datetime.fromisoformat(until).replace(tzinfo=UTC).timestamp()
        before = len(self.ran)

        def now() -> datetime:
            # time goes on between any two looks at it
            self.clock.now += 0.001
            return datetime.fromtimestamp(self.clock.now, UTC)

        def wait(seconds: float) -> bool:
            self.clock.now += seconds
            return self.clock.now >= end

        run_forever(
            [self.schedule],
            self.outbox,
            report or self.report,
            now=now,
            wait=wait,
            tell=lambda said: None,
        )
        return self.ran[before:]


def test_each_period_is_run_once_when_it_is_due(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-11-20T12:00", cron="0 7 * * mon", timezone="Europe/Berlin")
    assert stage.run("2026-12-08T12:00") == ["2026-11-23", "2026-11-30", "2026-12-07"]
    assert stage.channel.sent == 3


def test_the_hour_that_spring_skips_is_not_missed(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-03-27T12:00", cron="30 2 * * *", timezone="Europe/Berlin")
    assert stage.run("2026-03-31T12:00") == ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]


def test_the_hour_that_autumn_shows_twice_is_run_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-10-24T12:00", cron="30 2 * * *", timezone="Europe/Berlin")
    assert stage.run("2026-10-27T12:00") == ["2026-10-25", "2026-10-26", "2026-10-27"]
    assert stage.channel.sent == 3


def test_a_clock_that_is_set_back_runs_nothing_twice(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-11-20T12:00", cron="0 7 * * *")
    stage.run("2026-11-23T12:00")
    stage.clock.now -= 36 * 3600
    assert stage.run("2026-11-24T12:00") == ["2026-11-24"]


def test_nothing_is_caught_up_from_before_it_looked_after_a_schedule(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-11-25T12:00", cron="0 7 * * mon")
    assert stage.run("2026-11-29T12:00") == []


def test_of_missed_runs_the_newest_is_caught_up_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-11-22T12:00", cron="0 7 * * *")
    stage.run("2026-11-22T13:00")
    stage.clock.now += 4 * 86_400
    assert stage.run("2026-11-26T23:00") == ["2026-11-26"]


def test_a_run_that_did_not_reach_everybody_is_gone_on_with(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-11-22T12:00", cron="0 7 * * *")
    stage.channel = Said([TryLater("away"), TryLater("away"), "taken"])
    assert stage.run("2026-11-23T09:00") == ["2026-11-23"] * 3
    assert stage.channel.sent == 3


def test_whoever_stops_it_while_a_report_runs_is_not_kept_waiting(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-11-22T12:00", cron="0 7 * * *")

    def stopped(due: Schedule, moment: datetime) -> bool:
        stage.clock.now += 1e6
        return stage.report(due, moment)

    assert stage.run("2026-11-23T09:00", stopped) == ["2026-11-23"]


def test_a_parcel_is_made_once_and_the_last_one_is_known(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-11-23T12:00", cron="0 7 * * *")
    orders = []

    def make(order):
        orders.append(order)
        return parcel(period=order.period, figures={"today": float(len(orders))})

    channels = {t.recipient: Said([TryLater("away"), "taken"]) for t in stage.schedule.targets}
    for day in ("2026-11-22", "2026-11-22", "2026-11-23"):
        as_of = datetime.fromisoformat(f"{day}T12:00+00:00")
        done = report_run(stage.schedule, as_of, make, stage.outbox, channels, QUICK, wall=stage.clock.wall())
        stage.clock.now += 1000
    assert [(o.period, o.earlier) for o in orders] == [("2026-11-22", None), ("2026-11-23", {"today": 1.0})]
    assert (done.period, done.missing, done.sent_before) == ("2026-11-23", (), 0)


def test_a_recipient_without_a_channel_is_given_up(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "2026-11-23T12:00")
    made = stage.outbox.keep(parcel())
    stage.outbox.queue(made, ["slack:gone"], "example.com", stage.clock.now + 100)
    (ended,) = deliver(stage.outbox, made, {}, DeliveryPolicy(), stage.clock.wall(), lambda said: None)
    assert (ended.state, ended.said) == ("dead", "slack:gone is no recipient of this schedule any longer")


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])
def test_a_year_of_days(tmp_path: Path, zone: str) -> None:
    stage = Stage(tmp_path, "2026-02-25T12:00", cron="15 2 * * *", timezone=zone)
    found = stage.run("2026-04-10T12:00")
    assert len(found) == len(set(found))
    assert len(found) in (44, 45)
