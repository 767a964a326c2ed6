"""How long, how often and when, in words that are true: no rounder than what was seen."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.units import SECONDS_PER_DAY, format_share

MOST = 0.8
"""Share of the beginnings that must agree before a time of day is told."""
NEARLY_ALL = 0.93
"""Of fifteen nights one may be missed, and it is still every night."""
SHARP_S = 900.0
"""Intervals up to a quarter of an hour tell when something began; longer ones up to an hour, around when."""
SHOWN_UP_TO = 99.0
"""Ratios beyond say no more than "many"."""


@dataclass(frozen=True)
class Begins:
    """Beginnings of runs.

    Attributes:
        count: how many were seen.
        days: over how many days.
        at: share of them in the fullest half hour of the day, and its middle in seconds after midnight.
        around: the same of the fullest two hours.
        interval_s: how exactly the beginnings are known.
    """

    count: int
    days: float
    at: tuple[float, float]
    around: tuple[float, float]
    interval_s: float


def often(begins: Begins, few: int) -> str:
    """Return how often and when runs begin: ` every night at 02:00 UTC`, `, 3.0 times a day`.

    Args:
        few: below as many they are counted, not called a rhythm.
    """
    if begins.count < few:
        times = {1: "once", 2: "twice"}.get(begins.count, f"{begins.count} times")
        return f", {times} in {begins.days:.0f} days" if begins.days >= 1.5 else f", seen {times}"
    clock, share, of_day_s = _clock(begins)
    a_day = begins.count / begins.days
    if clock and a_day * share >= NEARLY_ALL and a_day <= 1 / NEARLY_ALL:
        return f" every {'night' if of_day_s < SECONDS_PER_DAY / 4 else 'day'}{clock}"
    if a_day > 1 / NEARLY_ALL and begins.at[0] < MOST:
        # several a day within two hours have no one time
        clock = ""
    if clock and share < NEARLY_ALL:
        clock = f", mostly{clock}"
    return (f", {a_day:.1f} times a day" if a_day >= 1 else f", {a_day * 7:.1f} times a week") + clock


def _clock(begins: Begins) -> tuple[str, float, float]:
    """Return the time of day in words, empty when there is none, with the share that agrees and the time itself."""
    share, of_day_s = begins.at
    if begins.interval_s <= SHARP_S and share >= MOST:
        minute = round(of_day_s / 60) % 1440
        return f" at {minute // 60:02d}:{minute % 60:02d} UTC", share, of_day_s
    share, of_day_s = begins.around
    if begins.interval_s <= 4 * SHARP_S and share >= MOST:
        quarter = round(of_day_s / 900) * 15 % 1440
        return f" around {quarter // 60:02d}:{quarter % 60:02d} UTC", share, of_day_s
    return "", 0.0, 0.0


def length(seconds: float) -> str:
    """Return a duration as people say it: `45 s`, `23 min`, `4.2 h`, `8.0 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return (
        f"{seconds / 3600:.1f} h"
        if seconds < 2 * SECONDS_PER_DAY
        else f"{seconds / SECONDS_PER_DAY:.1f} days"
    )


def part(share: float) -> str:
    """Return a share of time or load: with a digit below 1 %, and never 0 % of something."""
    if share >= 0.01 or share <= 0:
        return format_share(share)
    return format_share(share, 1) if share >= 0.001 else "less than 0.1%"


def fold(ratio: float, digits: int = 0) -> str:
    """Return a ratio: `4`, `1.3`, `more than 99`."""
    return f"{ratio:.{digits}f}" if ratio <= SHOWN_UP_TO else f"more than {SHOWN_UP_TO:.0f}"
