"""Spans, queries, pages and holes of metrics, against a CloudWatch that holds the truth."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from fakes_aws import FakeCaller
from fakes_metrics import Metrics

from advisor.aws.failures import Ledger, Status
from advisor.errors import DeniedError
from advisor.usage.live.cloudwatch import read_series
from advisor.usage.live.rows import Found
from advisor.usage.live.series import Series, series_of
from advisor.usage.live.spans import Span, spans

NOW = datetime(2026, 10, 15, 9, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def value(metric: str, stat: str, dimensions: dict, at: int, period: int) -> float:
    return float(at % 9973 + len(dimensions["ServiceName"]))


def wanted(count: int) -> list[Series]:
    return [
        Series(
            n,
            "cpu_percent_mean",
            "AWS/ECS",
            "CPUUtilization",
            "Average",
            (("ClusterName", "c"), ("ServiceName", "s" * (n % 7 + 1))),
        )
        for n in range(count)
    ]


def ask(metrics: Metrics, count: int, span: Span) -> tuple[list[dict[int, float]], Ledger]:
    ledger = Ledger()
    found = read_series(FakeCaller({"cloudwatch:GetMetricData": metrics}), ledger, wanted(count), span)
    assert {len(a.values) for a in found} == {span.points}
    return [
        {at: v for at, v in zip(span.grid, a.values.to_list(), strict=True) if v is not None} for a in found
    ], ledger


def truth(count: int, span: Span) -> list[dict[int, float]]:
    grid = range(int(span.start.timestamp()), int(span.end.timestamp()), span.period_s)
    return [{at: float(at % 9973 + n % 7 + 1) for at in grid} for n in range(count)]


LAST_DAY = Span(datetime(2026, 10, 14, 9, tzinfo=UTC), datetime(2026, 10, 15, 9, tzinfo=UTC), 60)


def test_two_weeks_are_read_by_the_minute_up_to_the_last_settled_hour() -> None:
    (only,) = spans(14, NOW)
    assert only == Span(datetime(2026, 10, 1, 9, tzinfo=UTC), datetime(2026, 10, 15, 9, tzinfo=UTC), 60)
    assert spans(14, NOW.replace(minute=4))[-1].end == datetime(2026, 10, 15, 8, tzinfo=UTC)


@pytest.mark.parametrize("days", [1, 15, 16, 40, 63, 100, 455, 900])
def test_spans_meet_and_are_kept_until_the_reading_is_done(days: int) -> None:
    found = spans(days, NOW)
    kept = {60: 15, 300: 63, 3600: 455}
    for span in found:
        assert span.start >= NOW + timedelta(hours=1) - kept[span.period_s] * DAY
        assert span.start.minute == span.start.second == 0
    for before, after in itertools.pairwise(found):
        assert before.end == after.start
        assert before.period_s > after.period_s
        assert after.start - timedelta(hours=1) < NOW + timedelta(hours=1) - kept[after.period_s] * DAY, (
            "the finest that is kept"
        )
    assert found[-1].end == datetime(2026, 10, 15, 9, tzinfo=UTC)
    length = found[-1].end - found[0].start
    assert min(days, 454) * DAY <= length + timedelta(hours=2)
    assert length <= days * DAY


@pytest.mark.parametrize(("days", "calls"), [(14, [5, 5, 2]), (1, [12])])
def test_as_many_series_a_call_as_its_points_allow(days: int, calls: list[int]) -> None:
    (span,) = spans(days, NOW)
    metrics = Metrics(value, NOW)
    found, ledger = ask(metrics, 12, span)
    assert found == truth(12, span)
    assert sorted(c for c, _, _ in metrics.calls) == sorted(calls)
    assert [c.status for c in ledger.cells()] == [Status.COMPLETE]


def test_never_more_than_500_queries() -> None:
    metrics = Metrics(value, NOW)
    span = Span(LAST_DAY.end - timedelta(hours=1), LAST_DAY.end, 300)
    found, _ = ask(metrics, 1203, span)
    assert found == truth(1203, span)
    assert sorted(c for c, _, _ in metrics.calls) == [203, 500, 500]


@pytest.mark.parametrize("page_points", [7, 1000, 1440, 5000])
def test_pieces_of_a_series_on_any_pages_are_put_together(page_points: int) -> None:
    span = Span(LAST_DAY.end - timedelta(hours=2), LAST_DAY.end, 60) if page_points == 7 else LAST_DAY
    found, ledger = ask(Metrics(value, NOW, page_points=page_points), 3, span)
    assert found == truth(3, span)
    assert [c.status for c in ledger.cells()] == [Status.COMPLETE]


def test_gaps_stay_gaps() -> None:
    metrics = Metrics(lambda *a: None if a[3] % 3600 == 0 else 1.0, NOW)
    found, ledger = ask(metrics, 1, LAST_DAY)
    assert len(found[0]) == 24 * 59
    assert [c.status for c in ledger.cells()] == [Status.COMPLETE]


def test_an_internal_error_is_asked_again_and_only_it() -> None:
    said = iter(["InternalError"])
    metrics = Metrics(value, NOW, status=lambda label, page: next(said, None))
    found, ledger = ask(metrics, 3, LAST_DAY)
    assert found == truth(3, LAST_DAY)
    assert [c for c, _, _ in metrics.calls] == [3, 1]
    assert [c.status for c in ledger.cells()] == [Status.COMPLETE]


@pytest.mark.parametrize("code", ["InternalError", "PartialData"])
def test_what_never_becomes_whole_is_partial_with_its_hole(code: str) -> None:
    metrics = Metrics(value, NOW, status=lambda label, page: code)
    found, ledger = ask(metrics, 1, LAST_DAY)
    assert found == truth(1, LAST_DAY), "what came is kept"
    assert len(metrics.calls) == 4
    (cell,) = ledger.cells()
    assert cell.status is Status.PARTIAL
    assert cell.reason == f"CPUUtilization Average of c/s, 2026-10-14 09:00 to 2026-10-15 09:00 UTC: {code}"


def test_what_may_not_be_seen_is_not_asked_again() -> None:
    metrics = Metrics(value, NOW, status=lambda label, page: "Forbidden")
    _, ledger = ask(metrics, 2, LAST_DAY)
    assert len(metrics.calls) == 1
    assert "Forbidden" in ledger.cells()[0].reason


def test_messages_of_the_whole_answer_are_told() -> None:
    metrics = Metrics(value, NOW, messages=[{"Code": "MaxMetricsExceeded", "Value": "too many"}])
    _, ledger = ask(metrics, 1, LAST_DAY)
    assert [(c.status, c.reason) for c in ledger.cells()] == [("partial", "MaxMetricsExceeded: too many")]


def test_a_series_that_is_left_out_of_the_answer_is_a_hole() -> None:
    caller, ledger = FakeCaller({"cloudwatch:GetMetricData": {"MetricDataResults": []}}), Ledger()
    (answer,) = read_series(caller, ledger, wanted(1), LAST_DAY)
    assert (answer.values.null_count(), answer.whole) == (1440, False)
    assert ledger.cells()[0].reason.endswith("no answer")


def test_a_refusal_is_not_repeated_for_every_batch() -> None:
    caller, ledger = FakeCaller({"cloudwatch:GetMetricData": DeniedError("no")}), Ledger()
    (fortnight,) = spans(14, NOW)
    found = read_series(caller, ledger, wanted(500), fortnight)
    assert [a.values.null_count() for a in found] == [fortnight.points] * 500
    assert len(caller.asked) <= 8
    assert ledger.cells()[0].status is Status.DENIED


def test_a_service_has_free_metrics_and_those_of_insights_when_they_are_on() -> None:
    row = {"cluster": "web", "name": "checkout"}
    free = list(series_of(0, Found(row, service=True, insights=False)))
    assert [str(s) for s in free] == [
        "CPUUtilization Average of web/checkout",
        "CPUUtilization Maximum of web/checkout",
        "MemoryUtilization Average of web/checkout",
        "MemoryUtilization Maximum of web/checkout",
        "CPUUtilization SampleCount of web/checkout",
    ]
    more = list(series_of(0, Found(row, service=True, insights=True)))
    assert more[:5] == free
    assert [s.column for s in more[5:]] == [
        "cpu_units_mean",
        "cpu_units_max",
        "memory_used_mib_mean",
        "memory_used_mib_max",
        "tasks",
    ]


def test_a_family_is_seen_by_insights_only() -> None:
    row = {"cluster": "web", "name": "nightly"}
    assert list(series_of(0, Found(row, service=False, insights=False))) == []
    found = list(series_of(0, Found(row, service=False, insights=True)))
    assert {s.namespace for s in found} == {"ECS/ContainerInsights"}
    assert found[0].dimensions == (("ClusterName", "web"), ("TaskDefinitionFamily", "nightly"))
