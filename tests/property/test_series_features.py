"""The core's figures of a series against numpy on the same points, and their laws."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.core import usage_features, usage_sizes
from advisor.errors import InputError

VALUES = st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=400)
SHARES = {"p01": 1, "p05": 5, "p25": 25, "p50": 50, "p75": 75, "p90": 90, "p95": 95, "p99": 99, "p999": 99.9}


def points(*series: list[float], interval_s: int = 300, gaps: list[int] | None = None) -> pl.DataFrame:
    """Series one after the other; `gaps` are positions that are left out of each."""
    parts = []
    for k, values in enumerate(series):
        at = np.arange(len(values), dtype=np.int64) * interval_s + 1_750_003_200
        parts.append(
            pl.DataFrame(
                {
                    "series": np.full(len(values), k, np.uint32),
                    "start_s": at,
                    "value": np.array(values, float),
                }
            ).with_columns(pl.lit(interval_s, dtype=pl.Int64).alias("interval_s"))
        )
    frame = pl.concat(parts)
    return frame.filter(~(pl.int_range(pl.len()).over("series").is_in(gaps))) if gaps else frame


@given(VALUES)
def test_against_numpy(values: list[float]) -> None:
    row = usage_features(points(values)).row(0, named=True)
    x = np.array(values)
    close = {"rel": 1e-9, "abs": 1e-6}
    assert row["n"] == len(x)
    assert (row["min"], row["max"]) == (x.min(), x.max())
    assert row["mean"] == pytest.approx(x.mean(), **close)
    assert row["std"] == pytest.approx(x.std(), **close)
    for name, percent in SHARES.items():
        assert row[name] == pytest.approx(np.percentile(x, percent), **close)
    high = row["p999"] if row["p999"] > 4 * row["p99"] else row["p99"]
    threshold = row["p05"] + 0.2 * (high - row["p05"])
    assert row["duty_cycle"] == pytest.approx((x > threshold).mean())


@given(VALUES, st.lists(st.floats(0, 1), max_size=4))
def test_sizes_against_numpy(values: list[float], shares: list[float]) -> None:
    row = usage_sizes(points(values), shares).row(0, named=True)
    x = np.array(values)
    for k, share in enumerate(shares):
        assert row[f"q{k}"] == pytest.approx(np.quantile(x, share), rel=1e-9, abs=1e-6)
    hours = [np.percentile(x[i : i + 12], 99) for i in range(0, len(x), 12)]
    assert row["max_hourly_p99"] == pytest.approx(max(hours), rel=1e-9, abs=1e-6)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(200, 700), st.floats(0, 0.4))
def test_hours_against_numpy(seed: int, hours: int, lost: float) -> None:
    rng = np.random.default_rng(seed)
    x = rng.gamma(1.0, 1.0, hours) + np.sin(np.arange(hours) / 24 * 2 * np.pi) + 1
    x[rng.random(hours) < lost] = np.nan
    x[0] = 1.0
    gone = np.flatnonzero(np.isnan(x)).tolist()
    row = usage_features(points(np.nan_to_num(x).tolist(), interval_s=3600, gaps=gone)).row(0, named=True)
    seen = x[~np.isnan(x)]
    assert row["hours"] == len(seen)
    assert row["hourly_cv"] == pytest.approx(seen.std() / seen.mean())
    for name, lag in (("acf_day", 24), ("acf_week", 168)):
        a, b = x[:-lag] - seen.mean(), x[lag:] - seen.mean()
        both = ~np.isnan(a) & ~np.isnan(b)
        if both.sum() < 48:
            assert row[name] is None
        else:
            spread = np.sqrt((a[both] ** 2).sum() * (b[both] ** 2).sum())
            assert row[name] == pytest.approx((a * b)[both].sum() / spread, abs=1e-9)
    slope = np.polyfit(np.flatnonzero(~np.isnan(x)), seen, 1)[0]
    assert row["trend_per_day_share"] == pytest.approx(slope * 24 / seen.mean(), abs=1e-9)
    biggest = np.sort(seen)[::-1].cumsum()
    needed = int(np.searchsorted(biggest, 0.98 * seen.sum() * (1 - 1e-12))) + 1
    assert row["hours_share_of_98"] == pytest.approx(needed / len(seen), abs=1.01 / len(seen))


def mixed(values: list[float], minutes: list[int]) -> pl.DataFrame:
    """One series whose intervals differ, one after the other."""
    interval_s = np.array(minutes[: len(values)], np.int64) * 60
    return pl.DataFrame(
        {
            "series": np.zeros(len(values), np.uint32),
            "start_s": 1_750_003_200 + np.concatenate(([0], interval_s.cumsum()[:-1])),
            "interval_s": interval_s,
            "value": np.array(values, float),
        }
    )


MINUTES = st.lists(st.sampled_from([1, 5, 60]), min_size=400, max_size=400)


@given(VALUES, MINUTES, st.lists(st.floats(0, 1), max_size=4))
def test_a_long_interval_counts_as_its_minutes(
    values: list[float], minutes: list[int], shares: list[float]
) -> None:
    """Statistics count time: as if every interval had been measured minute by minute."""
    row = usage_features(mixed(values, minutes)).row(0, named=True)
    step = np.gcd.reduce(minutes[: len(values)])
    x = np.repeat(values, np.array(minutes[: len(values)]) // step)
    close = {"rel": 1e-9, "abs": 1e-6}
    assert (row["n"], row["covered_s"]) == (len(values), len(x) * step * 60)
    assert row["mean"] == pytest.approx(x.mean(), **close)
    assert row["std"] == pytest.approx(x.std(), **close)
    for name, percent in SHARES.items():
        assert row[name] == pytest.approx(np.percentile(x, percent), **close)
    high = row["p999"] if row["p999"] > 4 * row["p99"] else row["p99"]
    threshold = row["p05"] + 0.2 * (high - row["p05"])
    assert row["duty_cycle"] == pytest.approx((x > threshold).mean())
    assert row["idle_share"] == pytest.approx(((x < 0.05 * row["p99"]) | (x <= 0)).mean())
    sizes = usage_sizes(mixed(values, minutes), shares).row(0, named=True)
    assert sizes["mean"] == pytest.approx(x.mean(), **close)
    for k, share in enumerate(shares):
        assert sizes[f"q{k}"] == pytest.approx(np.quantile(x, share), **close)


@given(VALUES, st.sampled_from([2, 3, 6]))
def test_intervals_longer_than_an_hour_fill_their_hours(values: list[float], hours: int) -> None:
    long = usage_features(points(values, interval_s=hours * 3600)).row(0, named=True)
    every = usage_features(points(np.repeat(values, hours).tolist(), interval_s=3600)).row(0, named=True)
    for name in ("hours", "hourly_cv", "hourly_p05", "hourly_p95", "day_swing", "acf_day", "acf_week"):
        assert long[name] == (every[name] if every[name] is None else pytest.approx(every[name], abs=1e-9))


def test_days_say_nothing_of_the_shape_of_a_day() -> None:
    x = np.tile([3.0, 3.0, 3.0, 3.0, 3.0, 1.0, 1.0], 10)
    row = usage_features(points(x.tolist(), interval_s=86_400)).row(0, named=True)
    unknown = ("day_swing", "acf_day", "day_rise", "acf_other")
    assert [row[name] for name in unknown] == [None] * 4
    assert row["acf_week"] == pytest.approx(1.0)


@given(VALUES, st.sampled_from([3600, 21_600]))
def test_autocorrelation_is_never_above_one(values: list[float], interval_s: int) -> None:
    row = usage_features(points(values * 3, interval_s=interval_s)).row(0, named=True)
    assert all(abs(row[name] or 0.0) <= 1.0 for name in ("acf_day", "acf_week", "acf_other"))


@given(VALUES, VALUES)
def test_another_series_changes_nothing(one: list[float], other: list[float]) -> None:
    both = usage_features(points(one, other))
    assert both.head(1).equals(usage_features(points(one)))


@given(VALUES)
def test_every_point_twice_changes_no_quantile_by_more_than_its_neighbour(values: list[float]) -> None:
    frame = points(values)
    once = usage_features(frame).row(0, named=True)
    twice = usage_features(pl.concat([frame, frame]).sort("start_s")).row(0, named=True)
    assert (once["min"], once["max"]) == (twice["min"], twice["max"])
    assert twice["mean"] == pytest.approx(once["mean"])
    assert twice["n"] == 2 * once["n"]


@given(VALUES, st.integers(0, 10_000))
def test_whole_days_later_is_the_same_shape(values: list[float], days: int) -> None:
    frame = points(values)
    later = frame.with_columns(pl.col("start_s") + 86_400 * days)
    assert usage_features(frame).drop("end_s").equals(usage_features(later).drop("end_s"))


@settings(max_examples=10)
@given(st.lists(VALUES, min_size=1, max_size=20))
def test_threads_change_no_byte(series: list[list[float]]) -> None:
    frame = points(*series)
    one = usage_features(frame, threads=1)
    assert all(usage_features(frame, threads=t).equals(one) for t in (2, 3, 8))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(InputError, match="row 1: not a finite number"):
        usage_features(points([1.0, bad]))
    with pytest.raises(InputError, match="row 1: not a finite number"):
        usage_sizes(points([1.0, bad]), [0.5])


def test_disorder_is_refused() -> None:
    frame = points([1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="not sorted by series and start"):
        usage_features(frame.reverse())
    with pytest.raises(InputError, match="below one second"):
        usage_features(frame.with_columns(pl.lit(0).alias("interval_s")))
    with pytest.raises(InputError, match="not between 0 and 1"):
        usage_sizes(frame, [1.5])


def test_nothing_in_nothing_out() -> None:
    assert usage_features(points([1.0]).clear()).height == 0


def test_an_outage_is_no_quiet_hour_but_a_habit_is() -> None:
    """Two days down in thirty leave the level as it is; every weekend down does not."""
    x = np.full(30 * 24, 0.6)
    x[100:148] = 0.0
    once = usage_features(points(x.tolist(), interval_s=3600)).row(0, named=True)
    assert (once["hourly_p05"], once["hourly_low"]) == (0.0, 0.6)
    weekly = np.where(np.arange(30 * 24) // 24 % 7 == 6, 0.0, 0.6)
    assert usage_features(points(weekly.tolist(), interval_s=3600))["hourly_low"].item() == 0.0


def test_known_runs() -> None:
    """Ten runs of half an hour at the same minute of the day, and a gap that ends one early."""
    x = np.zeros(10 * 288)
    x[np.arange(len(x)) % 288 // 6 == 4] = 2.0  # 02:00 to 02:30
    row = usage_features(points(x.tolist())).row(0, named=True)
    assert (row["run_count"], row["run_like_count"], row["run_median_s"]) == (10, 10, 1800)
    assert (row["run_at_share"], row["run_around_share"]) == (1.0, 1.0)
    assert row["run_at_s"] == row["run_around_s"] == 1_750_003_200 % 86_400 + 7200
    assert (row["run_share_of_total"], row["run_floor_share"]) == (1.0, 0.0)
    assert row["hours_share_of_98"] == pytest.approx(10 / 240)
    split = usage_features(points(x.tolist(), gaps=[25, 26, 27])).row(0, named=True)
    assert split["run_count"] == 11
