"""Metrics from CloudWatch: asked for in large batches, pages put together, holes told."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True)
class Answer:
    """What came of one series.

    Attributes:
        values: one for each period of the span, null where there is none.
        whole: CloudWatch said that this is all there is.
    """

    values: pl.Series
    whole: bool


class Points:
    """The points of a series as they come, page by page: numbers without objects around them."""

    def __init__(self) -> None:
        self._at, self._values = array("q"), array("d")
        self.whole = False

    def add(self, times: Sequence[datetime], values: Sequence[float]) -> None:
        """Take the points of a page.

        Raises:
            ValueError: there are more of one than of the other.
        """
        if len(times) != len(values):
            raise ValueError("as many times as values belong to a page")
        self._at.extend(int(t.timestamp()) for t in times)
        self._values.extend(values)

    def answer(self, span: Span) -> Answer:
        """Return what came, put on the grid of a span; of what came twice the later counts."""
        found = pl.DataFrame({"at": pl.Series(self._at, dtype=pl.Int64), "value": pl.Series(self._values)})
        grid = span.grid
        found = found.filter(
            pl.col("at").is_between(grid.start, grid.stop, closed="left"),
            (pl.col("at") - grid.start) % grid.step == 0,
        )
        nothing = pl.Series([None], dtype=pl.Float64).new_from_index(0, span.points)
        return Answer(nothing.scatter((found["at"] - grid.start) // grid.step, found["value"]), self.whole)


def estimate(series: int, spans: Sequence[Span]) -> Estimate:
    """Return what it takes to ask for so many series over some spans."""
    requests = sum(-(-series // _batch(span)) for span in spans)
    return Estimate(requests, series * len(spans) * OPERATIONS[METRIC_DATA].price_usd)


def read_series(caller: Caller, ledger: Ledger, wanted: Sequence[Series], span: Span) -> list[Answer]:
    """Return what came of every series, in order; what is missing or refused is in the ledger too."""
    refused = Event()
    ask = partial(_ask, caller, ledger, span, refused)
    answers = together(ask, batched(wanted, _batch(span)), AT_ONCE)
    return [answer for batch in answers for answer in batch]


def _batch(span: Span) -> int:
    return max(1, min(MOST_QUERIES, MOST_POINTS // span.points))


def _ask(caller: Caller, ledger: Ledger, span: Span, refused: Event, batch: Sequence[Series]) -> list[Answer]:
    found = [Points() for _ in batch]
    # one refusal stands for all that would follow: metrics cannot be allowed one by one
    if not refused.is_set():
        with ledger.reading(caller, API):
            try:
                _until_whole(caller, ledger, span, batch, found)
            except DeniedError:
                refused.set()
                raise
    return [points.answer(span) for points in found]


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
    statuses, said = dict.fromkeys(asked, ""), False
    for page in pages(
        caller,
        METRIC_DATA,
        MetricDataQueries=[series.query(number, span.period_s) for number, series in asked.items()],
        StartTime=span.start,
        EndTime=span.end,
        ScanBy="TimestampAscending",
    ):
        for message in page.get("Messages") or ():
            said = True
            ledger.partial(caller, API, f"{message.get('Code')}: {message.get('Value')}")
        for result in page.get("MetricDataResults") or ():
            number = int(result["Id"].removeprefix("q"))
            found[number].add(result.get("Timestamps") or (), result.get("Values") or ())
            statuses[number] = result.get("StatusCode", COMPLETE)
    for number, status in statuses.items():
        # a message is of the whole answer: nobody knows which series it is about
        found[number].whole = status == COMPLETE and not said
    return {number: status for number, status in statuses.items() if status != COMPLETE}
