"""Metric data with AWS's limits: it knows the truth, pages it, and can be told to answer in parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

KEPT = {60: 15, 300: 63, 3600: 455}


class Metrics:
    """Answers GetMetricData.

    Args:
        truth: (metric, stat, dimensions, seconds since 1970, period) → value, null for a gap.
        now: retention counts from here.
        page_points: points on a page.
        status: (query, page number) → status code of that piece; `Complete` where it ends otherwise.
    """

    def __init__(
        self,
        truth: Callable[..., float | None],
        now: datetime,
        *,
        page_points: int = 100_800,
        status: Callable[[str, int], str | None] = lambda label, page: None,
        messages: list[dict[str, str]] | None = None,
    ) -> None:
        self.truth, self.now, self.page_points = truth, now, page_points
        self.status, self.messages = status, messages or []
        self.calls: list[tuple[int, int, timedelta]] = []

    def __call__(
        self,
        MetricDataQueries: list,
        StartTime: datetime,
        EndTime: datetime,
        ScanBy: str,
        NextToken: str = "0",
    ) -> dict[str, Any]:
        assert len(MetricDataQueries) <= 500
        period = MetricDataQueries[0]["MetricStat"]["Period"]
        every = [
            (q, at)
            for q in MetricDataQueries
            for at in range(int(StartTime.timestamp()), int(EndTime.timestamp()), period)
        ]
        assert len(every) <= 100_800, "a call never asks for more than fits on a page"
        assert ScanBy == "TimestampAscending"
        too_old = StartTime < self.now - timedelta(days=KEPT[period])
        page = int(NextToken)
        piece = every[page * self.page_points : (page + 1) * self.page_points]
        more = (page + 1) * self.page_points < len(every)
        self.calls.append((len(MetricDataQueries), period, EndTime - StartTime))
        times: dict[str, list[int]] = {}
        for query, at in () if too_old else piece:
            times.setdefault(query["Id"], []).append(at)
        results = []
        for query in MetricDataQueries:
            stat = query["MetricStat"]
            metric = stat["Metric"]
            label = f"{metric['MetricName']} {stat['Stat']}"
            dimensions = {d["Name"]: d["Value"] for d in metric["Dimensions"]}
            known = [
                (at, value)
                for at in times.get(query["Id"], ())
                if (value := self.truth(metric["MetricName"], stat["Stat"], dimensions, at, period))
                is not None
            ]
            whole = not more or every[(page + 1) * self.page_points][0] is not query
            code = self.status(label, page) or ("Complete" if whole else "PartialData")
            results.append(
                {
                    "Id": query["Id"],
                    "Label": label,
                    "Timestamps": [datetime.fromtimestamp(at, UTC) for at, _ in known],
                    "Values": [value for _, value in known],
                    "StatusCode": code,
                }
            )
        return {
            "MetricDataResults": results,
            "Messages": self.messages,
            **({"NextToken": str(page + 1)} if more else {}),
        }
