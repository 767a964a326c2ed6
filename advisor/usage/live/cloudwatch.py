"""Metrics from CloudWatch: asked for in large batches, pages put together, holes told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import Event

import polars as pl

from advisor.aws.batches import batched
from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.operations import OPERATIONS
from advisor.aws.pages import pages
from advisor.aws.together import together
from advisor.errors import DeniedError
from advisor.usage.live.series import Series
from advisor.usage.live.spans import Span

API = "cloudwatch"
METRIC_DATA = "cloudwatch:GetMetricData"
MOST_QUERIES, MOST_POINTS = 500, 100_800
"""Of one call (GetMetricData)."""
AT_ONCE = 8
"""Calls on their way together; how fast they leave is the caller's."""
TRIES = 4
"""So often a query is asked whose answer is not whole."""
COMPLETE, FORBIDDEN = "Complete", "Forbidden"

Points = dict[int, float]
"""Seconds since 1970 → value."""


def estimate(series: int, spans: Sequence[Span]) -> Estimate:
    """Return what it takes to ask for so many series over some spans."""
    requests = sum(-(-series // _batch(span)) for span in spans)
    return Estimate(requests, series * len(spans) * OPERATIONS[METRIC_DATA].price_usd)


def read_series(caller: Caller, ledger: Ledger, wanted: Sequence[Series], span: Span) -> list[pl.Series]:
    """Return the values of every series in order, one for each period of the span, null where there is none.

    What is missing or refused is in the ledger.
    """
    refused = Event()
    ask = partial(_ask, caller, ledger, span, refused)
    answers = together(ask, batched(wanted, _batch(span)), AT_ONCE)
    return [values for batch in answers for values in batch]


def _batch(span: Span) -> int:
    return max(1, min(MOST_QUERIES, MOST_POINTS // span.points))


def _ask(
    caller: Caller, ledger: Ledger, span: Span, refused: Event, batch: Sequence[Series]
) -> list[pl.Series]:
    found: list[Points] = [{} for _ in batch]
    # one refusal stands for all that would follow: metrics cannot be allowed one by one
    if not refused.is_set():
        with ledger.reading(caller, API):
            try:
                _until_whole(caller, ledger, span, batch, found)
            except DeniedError:
                refused.set()
                raise
    # at once: a thousand services have a hundred million points, and a dictionary takes ten times the room
    return [_on_grid(points, span) for points in found]


def _on_grid(points: Points, span: Span) -> pl.Series:
    if not points:
        return pl.Series([None], dtype=pl.Float64).new_from_index(0, span.points)
    return pl.Series([points.get(at) for at in span.grid], dtype=pl.Float64)


def _until_whole(
    caller: Caller, ledger: Ledger, span: Span, batch: Sequence[Series], found: list[Points]
) -> None:
    """Fill `found`; what stays in parts after several tries is told with its hole."""
    missing = dict.fromkeys(range(len(batch)), "")
    for _ in range(TRIES):
        missing = _once(caller, ledger, span, {n: batch[n] for n in missing}, found)
        # what may not be seen will not be seen at the next try
        if not set(missing.values()) - {FORBIDDEN}:
            break
    for number, status in missing.items():
        hole = f"{batch[number]}, {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC"
        ledger.partial(caller, API, f"{hole}: {status or 'no answer'}")


def _once(
    caller: Caller, ledger: Ledger, span: Span, asked: dict[int, Series], found: list[Points]
) -> dict[int, str]:
    """Ask once, all pages; return the numbers of what is not whole with their status."""
    statuses = dict.fromkeys(asked, "")
    for page in pages(
        caller,
        METRIC_DATA,
        MetricDataQueries=[series.query(number, span.period_s) for number, series in asked.items()],
        StartTime=span.start,
        EndTime=span.end,
        ScanBy="TimestampAscending",
    ):
        for message in page.get("Messages") or ():
            ledger.partial(caller, API, f"{message.get('Code')}: {message.get('Value')}")
        for result in page.get("MetricDataResults") or ():
            number = int(result["Id"].removeprefix("q"))
            times = (int(t.timestamp()) for t in result.get("Timestamps") or ())
            found[number].update(zip(times, result.get("Values") or (), strict=True))
            statuses[number] = result.get("StatusCode", COMPLETE)
    return {number: status for number, status in statuses.items() if status != COMPLETE}
