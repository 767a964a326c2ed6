"""Sentences about a workload hold no more than what was seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from workload_usage import START, series, usage

from advisor.config import ProfilePolicy
from advisor.workload import profile
from advisor.workload.words import fold, length, part

DAYS = 30
SLOT = np.arange(DAYS * 288)
OF_DAY = SLOT % 288
DAY = SLOT // 288
RNG = np.random.default_rng(5)


def row(load: np.ndarray, interval_s: int = 300) -> dict[str, Any]:
    rows = series(interval_s, tasks=[1.0] * len(load), vcpu_used_mean=load.tolist())
    return profile(usage(rows, facts=[{"task_vcpu": 2.0}]), ProfilePolicy()).table.row(0, named=True)


def said(load: np.ndarray, interval_s: int = 300) -> str:
    return str(row(load, interval_s)["class_evidence"])


def job(on: np.ndarray) -> np.ndarray:
    return np.where(on, 1.5, 0.005)


def slots(begin: int, length: int, of: np.ndarray = OF_DAY) -> np.ndarray:
    return (of >= begin) & (of < begin + length)


@pytest.mark.parametrize("hours", [3, 4, 6, 8])
def test_all_runs_are_counted_not_only_the_largest(hours: int) -> None:
    """The main runs hold 90 % of the work: equal ones must not go missing from the count."""
    assert f", {24 / hours:.1f} times a day, " in said(job(SLOT % (hours * 12) < 6))


def test_every_night_is_nearly_every_night() -> None:
    assert "runs 60 min every night at 02:00 UTC, " in said(job(slots(24, 12)))
    assert " every night at " in said(job(slots(24, 12) & (DAY != 7)))
    assert ", 6.1 times a week at 02:00 UTC, " in said(job(slots(24, 12) & (DAY % 7 < 6)))


def test_the_minute_is_told_only_where_runs_begin_then() -> None:
    assert " every day at 08:20 UTC, " in said(job(slots(100, 6)))
    clocks_change = np.where(DAY < 15, OF_DAY, (OF_DAY + 12) % 288)
    assert " every night around 01:30 UTC, " in said(job(slots(24, 12, clocks_change)))
    wandering = (OF_DAY - DAY * 97) % 288
    assert said(job(slots(0, 6, wandering))).startswith("runs 30 min, 1.0 times a day, ")


def test_two_times_a_night_are_not_the_time_between() -> None:
    assert said(job(slots(12, 6) | slots(36, 6))).startswith("runs 30 min, 2.0 times a day, ")


def test_most_is_not_all() -> None:
    load = job((slots(24, 6) & (DAY % 6 > 0)) | (slots(150, 6) & (DAY % 6 == 0)))
    assert ", 1.0 times a day, mostly at 02:00 UTC, " in said(load)


def test_hours_do_not_tell_the_minute() -> None:
    load = np.where(np.arange(DAYS * 24) % 24 == 2, 1.5, 0.005)
    assert " every night around 02:00 UTC, " in said(load, 3600)


@pytest.mark.parametrize(("runs", "words"), [(1, "once"), (2, "twice")])
def test_one_or_two_runs_are_counted_and_make_no_one_sure(runs: int, words: str) -> None:
    on = np.zeros(len(SLOT), bool)
    for k in range(runs):
        on[4000 + 2500 * k : 4024 + 2500 * k] = True
    found = row(job(on))
    assert found["class_evidence"].startswith(f"runs 2.0 h, {words} in 30 days, ")
    assert (found["workload_class"], found["class_confidence"]) == ("BATCH", 0.5)


def test_logged_runs_are_counted_likewise() -> None:
    def logged(*days: float) -> dict[str, Any]:
        begin = [START + timedelta(days=d) for d in days]
        log = [(0, b, b, b, b + timedelta(minutes=23)) for b in begin]
        table = usage(facts=[{"kind": "SCHEDULED"}], runs=log)
        return profile(table, ProfilePolicy(min_days=0)).table.row(0, named=True)

    two = logged(0.1, 9.1)
    assert two["class_evidence"] == "runs 23 min, twice in 18 days (2 runs seen)"
    assert two["class_confidence"] == 0.5
    assert logged(0)["class_evidence"] == "runs 23 min, seen once (1 run seen)"
    nightly = logged(*(d + 1 / 24 for d in range(20)))["class_evidence"]
    assert nightly.startswith("runs 23 min every night at 01:00 UTC (20 runs seen)")


def test_nothing_is_said_of_a_day_that_daily_figures_hide() -> None:
    words = said(0.4 * RNG.uniform(0.95, 1.05, 60), 86_400)
    assert "swing" not in words
    assert "daily" not in words
    assert "rhythm of day" not in words


def test_a_week_of_which_too_little_was_seen_is_not_denied_a_rhythm() -> None:
    assert said(0.5 * RNG.uniform(0.95, 1.05, 8 * 288)).endswith(", no daily rhythm")
    assert said(0.5 * RNG.uniform(0.95, 1.05, len(SLOT))).endswith(", no rhythm of day or week")


@pytest.mark.parametrize("days", [1, 2])
def test_an_outage_leaves_a_level_steady_but_not_always_on(days: int) -> None:
    load = np.full(len(SLOT), 0.6)
    load[1000 : 1000 + days * 288] = 0.0
    found = row(load)
    assert found["workload_class"] == "STEADY_STATE"
    assert found["class_evidence"].startswith(f"on {1 - days / 30:.0%} of the time; ")


def test_weekends_off_are_no_outage() -> None:
    assert row(np.where(DAY % 7 < 5, 0.6, 0.0))["workload_class"] == "BURST"


def test_growth_is_told() -> None:
    assert "grows by 3% of its mean a day" in said(np.linspace(0.3, 0.9, len(SLOT)))
    assert "falls by 3% of its mean a day" in said(np.linspace(0.9, 0.3, len(SLOT)))
    assert "of its mean a day" not in said(np.linspace(0.6, 0.7, len(SLOT)))


def test_figures_in_words() -> None:
    assert [part(x) for x in (0.0, 0.0004, 0.007, 0.02, 1.0)] == [
        "0%",
        "less than 0.1%",
        "0.7%",
        "2%",
        "100%",
    ]
    assert [fold(x) for x in (3.6, 99.0, 1000.0, float("inf"))] == ["4", "99", "more than 99", "more than 99"]
    assert [length(s) for s in (45, 1380, 15_000, 691_200)] == ["45 s", "23 min", "4.2 h", "8.0 days"]
