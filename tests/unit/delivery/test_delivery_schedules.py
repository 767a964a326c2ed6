"""When schedules run, what their periods are called, what is wrong in them; days that are 23 and 25 hours long."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fakes_delivery import schedule
from hypothesis import given
from hypothesis import strategies as st

from advisor.delivery.occurrences import Occurrences, end_of, period_of
from advisor.delivery.schedule import read_schedules
from advisor.errors import ConfigError

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def periods(cron: str, zone: str, start: str, days: int) -> list[str]:
    """Return the period of every quarter of an hour, each once, in order."""
    found = Occurrences(cron, zone)
    moments = (utc(start) + timedelta(minutes=15 * n) for n in range(96 * days))
    return list(dict.fromkeys(period_of(found, moment) for moment in moments))


def test_a_period_is_named_after_the_day_of_its_run() -> None:
    weekly = Occurrences("0 7 * * mon", "Europe/Berlin")
    assert period_of(weekly, datetime(2026, 11, 30, 6, 59, tzinfo=BERLIN)) == "2026-11-23"
    assert period_of(weekly, datetime(2026, 11, 30, 7, 0, tzinfo=BERLIN)) == "2026-11-30"
    assert period_of(weekly, end_of(date(2026, 11, 30), weekly)) == "2026-11-30"
    assert period_of(Occurrences("0 7 29 2 *", "UTC"), utc("2026-11-27")) == "2024-02-29"


def test_the_hour_that_spring_skips_is_run_at_the_change() -> None:
    nightly = Occurrences("30 2 * * *", "Europe/Berlin")
    runs = nightly.next(utc("2026-03-28T12:00"), 2)
    assert [str(r) for r in runs] == ["2026-03-29 03:00:00+02:00", "2026-03-30 02:30:00+02:00"]
    assert periods("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00", 4) == [
        f"2026-03-{d}" for d in range(27, 32)
    ]


def test_the_hour_that_autumn_shows_twice_is_run_once() -> None:
    nightly = Occurrences("30 2 * * *", "Europe/Berlin")
    runs = nightly.next(utc("2026-10-24T12:00"), 2)
    assert [str(r) for r in runs] == ["2026-10-25 02:30:00+02:00", "2026-10-26 02:30:00+01:00"]
    # in the second 02:30, and all around it, there is one period
    assert periods("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30", 1) == ["2026-10-25"]
    assert nightly.next(utc("2026-10-25T00:45"), 1) == nightly.next(utc("2026-10-25T01:45"), 1)


def test_hourly_runs_follow_the_hours_that_pass() -> None:
    names = periods("0 * * * *", "Europe/Berlin", "2026-10-24T23:00", 1)
    assert names[:4] == [
        "2026-10-25T0100+0200",
        "2026-10-25T0200+0200",
        "2026-10-25T0200+0100",
        "2026-10-25T0300+0100",
    ]
    assert len(names) == 24
    assert len(periods("0 * * * *", "Europe/Berlin", "2026-03-28T23:00", 1)) == 24


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", ["30 2 * * *", "15 0 * * *", "0 7 * * mon", "0 0 1 * *", "45 23 * * 5"])
def test_a_year_has_each_local_day_once(zone: str, cron: str) -> None:
    found = Occurrences(cron, zone)
    runs = found.next(utc("2025-12-31T00:00"), 400)
    days = [r.date() for r in runs]
    assert len(set(days)) == len(days)
    if cron.endswith("* * *"):
        assert all(b - a == timedelta(days=1) for a, b in pairwise(days))
    for run in runs[:60]:
        assert period_of(found, run) == run.date().isoformat()
        assert period_of(found, run.astimezone(UTC) - timedelta(seconds=1)) != run.date().isoformat()


@given(
    moment=st.integers(0, 5 * 366 * 86_400).map(
        lambda s: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
    ),
    zone=st.sampled_from(ZONES),
    cron=st.sampled_from(["30 2 * * *", "0 * * * *", "*/20 1-3 * * *", "0 7 1,15 * mon", "0 3 * * sun"]),
)
def test_the_last_run_is_the_newest_that_is_not_after(moment: datetime, zone: str, cron: str) -> None:
    found, now = Occurrences(cron, zone), moment
    last, following = found.last(now), found.next(now, 1)[0]
    assert last.astimezone(UTC) <= now < following.astimezone(UTC)
    assert found.next(last, 1)[0] == following
    assert period_of(found, now) == period_of(found, last)


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "0 7 * *",
        "0 0 7 * * mon",
        "60 * * * *",
        "0 7 30 2 *",
        "0 7 L * *",
        "0 7 * * mon#1",
        "@weekly",
        "0 7 * * moon",
        "x",
    ],
)
def test_what_is_no_cron_expression(cron: str) -> None:
    with pytest.raises(ConfigError, match=r"no cron expression|never runs"):
        Occurrences(cron, "UTC")


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd", "Europe"])
def test_what_is_no_zone(zone: str) -> None:
    with pytest.raises(ConfigError, match="no time zone"):
        Occurrences("0 7 * * *", zone)


GOOD = {"cron": "0 7 * * mon", "recipients": ["file:reports"], "source": "usage"}
WRONG = {
    "typo": ({**GOOD, "recipient": "x"}, ['recipient: no such setting; did you mean "recipients"?']),
    "far": ({**GOOD, "zzz": 1}, ["zzz: no such setting; there are cron, recipients"]),
    "missing": ({"source": "x", "recipients": "file:x"}, ["cron: is missing"]),
    "empty": ({**GOOD, "recipients": []}, ["recipients: is empty"]),
    "recipient": ({**GOOD, "recipients": "mailto:nobody"}, ["recipients: 'nobody' is no mail address"]),
    "cron": ({**GOOD, "cron": "7 * *"}, ["cron: '7 * *' is no cron expression"]),
    "zone": ({**GOOD, "timezone": "Berlin"}, ["cron: 'Berlin' is no time zone"]),
    "threshold": (
        {**GOOD, "fail_on": "saving>5"},
        ["fail_on: 'saving>5': no such figure; did you mean \"savings\"?"],
    ),
    "format": ({**GOOD, "formats": ["doc"]}, ["formats: input should be 'txt', 'md'"]),
    "type": ({**GOOD, "cron": 7}, ["cron: input should be a valid string"]),
    "nowhere": ({"cron": "0 7 * * *", "recipients": "file:x"}, ["source: say what is reported on"]),
    "two": ({"cron": "x", "recipients": "y", "source": "z"}, ["cron: 'x' is no", "recipients: 'y' begins"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_with_file_and_key(tmp_path: Path, name: str) -> None:
    table, wanted = WRONG[name]
    file = str(tmp_path / "advisor.toml")
    with pytest.raises(ConfigError) as raised:
        read_schedules({"weekly": (table, file)})
    said = raised.value.problems or (raised.value.message,)
    assert len(said) == len(wanted)
    for line, start in zip(said, wanted):
        assert line.startswith(f"{file}: schedule.weekly.{start}"), line


@pytest.mark.parametrize("name", ["Weekly", "weekly finops", "../x", "-x", "x" * 49, ""])
def test_names_of_schedules(name: str) -> None:
    with pytest.raises(ConfigError, match="a name has small letters"):
        read_schedules({name: (GOOD, "advisor.toml")})


def test_a_schedule_that_is_no_table() -> None:
    with pytest.raises(ConfigError, match=r"write \[schedule\.weekly\]"):
        read_schedules({"weekly": (3, "advisor.toml")})


def test_each_recipient_once(tmp_path: Path) -> None:
    found = schedule(
        tmp_path, recipients=["mailto:a@x.com,b@x.com", "mailto:a@X.com", "file:out", "slack:team"]
    )
    assert [t.recipient for t in found.targets] == [
        "mailto:a@X.com".replace("X", "x"),
        "mailto:b@x.com",
        f"file:{tmp_path}/out",
        "slack:team",
    ]
