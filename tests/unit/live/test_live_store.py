"""The store under readers: what is final is asked for once, what is not is asked again, what is damaged is read anew."""

from __future__ import annotations

import errno
import itertools
import os
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from aws_estate import estate
from fakes_aws import FakeCaller, FakeTime
from fakes_metrics import Metrics
from pull_child import Quick
from test_live_read import truth

from advisor.aws.budget import Estimate
from advisor.aws.failures import Ledger
from advisor.errors import DeniedError, StoreError
from advisor.model import Usage
from advisor.usage import pull_live, read_live
from advisor.usage.live.pieces import pieces
from advisor.usage.live.pull import Pulled
from advisor.usage.live.spans import Span, spans
from advisor.usage.store import lock
from advisor.usage.store.care import is_damaged, remove
from advisor.usage.store.segments import Partition, Segment
from advisor.usage.store.store import Store

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
SIX_HOURS = timedelta(hours=6)
MIDNIGHT = datetime(2026, 10, 15, tzinfo=UTC)


def account(now: datetime = NOW, known: Any = truth, **replaced: Any) -> FakeCaller:
    return Quick(estate(**{"cloudwatch__GetMetricData": Metrics(known, now), **replaced}).answers)


def read(
    caller: FakeCaller, store: Store | None, *, days: int = 3, now: datetime = NOW, **more: Any
) -> Usage:
    return read_live(
        [caller],
        more.pop("ledger", Ledger()),
        name="x",
        days=days,
        now=now,
        store=store,
        final_after=SIX_HOURS,
        bill=False,
        **more,
    )


def pull(
    caller: FakeCaller, store: Store, *, days: int = 3, now: datetime = NOW, ledger: Ledger | None = None
) -> Pulled:
    return pull_live([caller], ledger or Ledger(), store, name="x", days=days, now=now, final_after=SIX_HOURS)


def asked(caller: FakeCaller) -> list[tuple[datetime, datetime]]:
    return sorted(
        {(p["StartTime"], p["EndTime"]) for n, p in caller.asked if n == "cloudwatch:GetMetricData"}
    )


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path)


def test_the_second_time_only_the_open_day_is_asked_for(store) -> None:
    first, second, plain = account(), account(), account()
    expected = read(plain, None).digest
    assert read(first, store).digest == expected
    assert asked(first) == [(datetime(2026, 10, 12, tzinfo=UTC), NOW.replace(minute=0))]
    assert read(second, store).digest == expected
    assert asked(second) == [(MIDNIGHT, NOW.replace(minute=0))]
    assert asked(plain) == [(NOW.replace(minute=0) - timedelta(days=3), NOW.replace(minute=0))]


def test_a_pull_keeps_final_days_and_a_second_one_asks_for_nothing(store) -> None:
    first, second = account(), account()
    assert pull(first, store) == Pulled(days=3, workloads=6, workload_days=18, missing=0)
    assert {s.partition.day for s in store.segments()} == {date(2026, 10, d) for d in (12, 13, 14)}
    ledger, told = Ledger(), []
    again = pull_live(
        [second],
        ledger,
        store,
        name="x",
        days=3,
        now=NOW,
        final_after=SIX_HOURS,
        before_paying=told.append,
    )
    assert again == Pulled(days=3, workloads=6, workload_days=0, missing=0)
    assert asked(second) == []
    assert told == [Estimate(0, 0)]
    assert not any(cell.is_hole for cell in ledger.cells())


def test_the_price_counts_what_is_missing_only_and_is_what_is_asked(store) -> None:
    pull(account(), store, days=2)
    caller, told = account(), []
    read(caller, store, days=5, before_paying=told.append)
    # once for the two older days and once for the open one, of 52 series each
    assert told[0].price_usd * 100_000 == 2 * 52
    assert told[0].requests == caller.times("cloudwatch:GetMetricData")


@pytest.mark.parametrize(("hour", "last"), [(5, 13), (6, 14)])
def test_a_day_is_final_some_hours_after_its_end(store, hour: int, last: int) -> None:
    now = MIDNIGHT.replace(hour=hour, minute=1)
    pull(account(now), store, now=now)
    assert max(s.partition.day for s in store.segments()) == date(2026, 10, last)


def test_what_changes_before_a_day_is_final_is_read_anew(store) -> None:
    def later(*args: Any) -> float | None:
        value = truth(*args)
        return value if value is None or args[3] < MIDNIGHT.timestamp() else value + 1

    read(account(), store)
    assert read(account(known=later), store).digest == read(account(known=later), None).digest


def test_minutes_outlive_cloudwatch(store) -> None:
    late = NOW + timedelta(days=20)
    pull(account(), store)
    caller = account(late)
    usage = read(caller, store, days=24, now=late)
    minutes = usage.usage.filter(pl.col("interval_s") == 60)["start"]
    kept = minutes.dt.date().unique().sort().to_list()
    assert kept[:3] == [date(2026, 10, d) for d in (12, 13, 14)], "read by the minute when they were young"
    assert date(2026, 10, 16) in usage.usage.filter(pl.col("interval_s") == 300)["start"].dt.date()
    per_day = usage.usage.filter(pl.col("start").dt.date() == date(2026, 10, 13))
    assert per_day["interval_s"].unique().to_list() == [60], "no interval is there twice"


def test_a_workload_that_is_new_is_asked_for_alone(store) -> None:
    few = account(ecs__ListServices={"serviceArns": ["s/worker"]})
    pull(few, store)
    more = account()
    assert pull(more, store).workload_days == (6 - 3) * 3
    names = {
        {d["Name"]: d["Value"] for d in q["MetricStat"]["Metric"]["Dimensions"]}.get("ServiceName")
        for n, p in more.asked
        if n == "cloudwatch:GetMetricData"
        for q in p["MetricDataQueries"]
    }
    assert "worker" not in names
    assert names >= {"checkout", "agent"}
    assert read(account(), store).digest == read(account(), None).digest


def test_insights_that_were_not_asked_for_are(store) -> None:
    dark = account(
        ecs__DescribeClusters=lambda clusters, include: {"clusters": [{"clusterArn": clusters[0]}]}
    )
    assert pull(dark, store).workload_days == 4 * 3
    assert pull(account(), store).workload_days == 6 * 3
    assert read(account(), store).digest == read(account(), None).digest


def test_what_came_with_holes_is_used_but_not_kept(store) -> None:
    torn = Metrics(truth, NOW, status=lambda label, page: "PartialData" if "RunningTask" in label else None)
    assert pull(account(cloudwatch__GetMetricData=torn), store) == Pulled(3, 6, 2 * 3, 4 * 3)
    assert {k for h in held(store) for k in h.asked} == {"family/web/nightly", "family/web/thumbs"}
    assert read(account(cloudwatch__GetMetricData=torn), store).digest == read(account(), None).digest
    assert pull(account(), store) == Pulled(3, 6, 4 * 3, 0)


def test_a_message_leaves_all_of_its_answer_in_doubt(store) -> None:
    said = Metrics(truth, NOW, messages=[{"Code": "MaxMetricsExceeded", "Value": "too many"}])
    assert pull(account(cloudwatch__GetMetricData=said), store).missing == 18
    assert store.segments() == []


def test_what_is_denied_is_not_kept(store) -> None:
    ledger = Ledger()
    dark = account(cloudwatch__GetMetricData=DeniedError("no"))
    assert pull(dark, store, ledger=ledger).missing == 18
    assert [c.api for c in ledger.cells() if c.is_hole] == ["cloudwatch"]
    assert store.segments() == []


def held(store: Store) -> list:
    days = [date(2026, 10, 1) + timedelta(days=n) for n in range(20)]
    return store.held("111122223333", "eu-west-1", days)


def flip(segment: Segment, store: Store, bit: int) -> None:
    path = segment.path(store.root)
    content = bytearray(path.read_bytes())
    content[bit // 8 % len(content)] ^= 1 << bit % 8
    path.write_bytes(content)


def test_a_flipped_bit_in_any_file_is_said_and_its_day_read_again(tmp_path) -> None:
    said: list[str] = []
    store = Store(tmp_path, said.append)
    pull(account(), store)
    expected = read(account(), None).digest
    files = store.segments()
    assert len(files) == 3
    for number, segment in enumerate(files):
        flip(segment, store, 7919 * (number + 1))
        assert is_damaged(store, segment)
        said.clear()
        caller = account()
        assert read(caller, store).digest == expected
        path = segment.path(store.root)
        told = f"{path} is damaged and its day is read again; advisor cache prune --damaged removes it"
        assert said == [told]
        day = datetime.combine(segment.partition.day, datetime.min.time(), UTC)
        assert asked(caller)[0][0] == day
        assert not is_damaged(store, segment), "the same days of the same workloads make the same file"
        said.clear()
        read(account(), store)
        assert said == []


def test_every_byte_counts(store) -> None:
    partition = Partition("111122223333", "eu-west-1", "usage-60s", date(2026, 10, 1))
    rows = pl.DataFrame({"key": ["a"], "start": [1], "tasks": [2.0]})
    segment = store.add(partition, rows, {"a": frozenset({"tasks"})}).segment
    path = segment.path(store.root)
    content = path.read_bytes()
    for byte in range(len(content)):
        flip(segment, store, 8 * byte + byte % 8)
        assert is_damaged(store, segment)
        path.write_bytes(content)
    for length in (0, len(content) - 1):
        path.write_bytes(content[:length])
        assert is_damaged(store, segment)
    path.write_bytes(content)
    assert not is_damaged(store, segment)


def test_what_was_written_comes_back_and_other_files_are_left_alone(store, tmp_path) -> None:
    partition = Partition("111122223333", "eu-west-1", "usage-60s", date(2026, 10, 1))
    rows = pl.DataFrame({"key": ["a", "a"], "start": [60, 120], "tasks": [2.0, None]})
    added = store.add(partition, rows, {"a": frozenset({"tasks"}), "b": frozenset({"tasks"})})
    assert store.rows(added.segment).equals(rows)
    assert held(store) == [added]
    folder = added.segment.path(store.root).parent
    for name in ("notes.parquet", "2026-13-01." + "0" * 64 + ".parquet", ".x.tmp"):
        (folder / name).write_text("not ours")
    assert store.segments() == [added.segment]
    assert held(store) == [added]


def test_what_may_go_is_asked_again_while_nobody_writes(store) -> None:
    pull(account(), store)
    gone = remove(store, lambda s: s.partition.day < date(2026, 10, 13))
    assert [s.partition.day.day for s in gone] == [12]
    assert sorted(s.partition.day.day for s in store.segments()) == [13, 14]


def test_another_process_is_waited_for_by_name_and_not_for_ever(store, tmp_path) -> None:
    said: list[str] = []
    time = FakeTime()
    other = Store(tmp_path, said.append, time.clock())
    with (
        store.filling("1", "eu-west-1"),
        pytest.raises(StoreError, match=r"is being filled by process \d+ on") as raised,
    ):
        with other.filling("1", "us-east-1"):
            pass  # another region is another lock
        with other.filling("1", "eu-west-1"):
            pass
    assert f"process {os.getpid()}" in raised.value.message
    assert len(said) == 1, "told once"
    assert time.at_s == pytest.approx(lock.WAIT_S, abs=1)
    with other.filling("1", "eu-west-1"):
        pass


def test_who_waits_goes_on_when_the_other_is_done(store, tmp_path) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with Store(tmp_path, lambda _: order.append("waits")).filling("1", "eu-west-1"):
            order.append("in")

    thread = threading.Thread(target=second)
    with store.filling("1", "eu-west-1"):
        thread.start()
        inside.set()
        while not order:
            pass
        order.append("out")
    thread.join()
    assert order == ["waits", "out", "in"]


@pytest.mark.parametrize("name", ["..", "a/b", "", "eu west"])
def test_no_name_leads_out_of_the_store(store, name: str) -> None:
    with pytest.raises(StoreError, match="names no account or region"), store.filling("1", name):
        pass


def test_a_store_that_cannot_be_written_says_where(tmp_path) -> None:
    (tmp_path / "store").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="cannot be written") as raised:
        pull(account(), Store(tmp_path))
    assert "ADVISOR_DATA_DIR" in raised.value.hint


@pytest.mark.parametrize("step", [1, 2, 3, 4])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_costs_nothing_that_was_kept(store, monkeypatch, code: int, step: int) -> None:
    pull(account(), store, days=1)
    before = {s.path(store.root): s.path(store.root).read_bytes() for s in store.segments()}
    real, calls = os.fsync, itertools.count(1)

    def failing(handle: int) -> None:
        if next(calls) == step:
            raise OSError(code, os.strerror(code))
        real(handle)

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing)
        with pytest.raises(StoreError, match=f"cannot be written: {os.strerror(code)}"):
            pull(account(), store)
    assert {p: p.read_bytes() for p in before} == before
    assert not any(is_damaged(store, s) for s in store.segments())
    assert not list(store.root.rglob(".*.tmp"))
    pull(account(), store)
    assert read(account(), store).digest == read(account(), None).digest


@pytest.mark.parametrize("days", [1, 2, 14, 15, 40, 100, 455])
@pytest.mark.parametrize("hour", [0, 5, 6, 23])
def test_pieces_are_the_window_and_days_are_whole(days: int, hour: int) -> None:
    now = NOW.replace(hour=hour)
    window = spans(days, now)
    found = pieces(window, now, SIX_HOURS)
    assert (found[0].part.start, found[-1].part.end) == (window[0].start, window[-1].end)
    for before, after in itertools.pairwise(found):
        assert before.part.end == after.part.start
    for piece in found:
        assert piece.part.start.date() == (piece.part.end - timedelta(seconds=1)).date()
        if piece.day:
            assert piece.day.end - piece.day.start == timedelta(days=1)
            assert piece.day.start.hour == 0
            assert piece.day.end + SIX_HOURS <= now
            assert piece.day.start >= now - timedelta(days={60: 15, 300: 63, 3600: 455}[piece.day.period_s])
    edges = [p for p in found if not p.day]
    assert len(edges) <= 5, "the open day, perhaps the one before it, and where a period begins"
    assert pieces(window, now, None) == pieces(window, now, timedelta(days=999))


def test_a_span_of_one_day() -> None:
    span = Span(MIDNIGHT - timedelta(days=1), MIDNIGHT, 60)
    (only,) = pieces([span], NOW, SIX_HOURS)
    assert (only.day, only.asked, only.date) == (span, span, date(2026, 10, 14))
