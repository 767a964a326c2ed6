"""CloudWatch: GetMetricData with its limits: queries, points, how long each period is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from simulated_aws.paging import CIRCLE
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal
from simulated_aws.replies import Ready
from simulated_aws.services.series import Curve, curve_of, gathered, minutes_of, service_of
from simulated_aws.truth import WEEK_MIN

MOST_QUERIES, MOST_POINTS = 500, 100_800
KEPT_DAYS = {60: 15, 300: 63, 3600: 455}
STATS = ("Average", "Maximum", "SampleCount")
_TEXTS: dict[tuple[int, tuple[str, int, bool]], list[str]] = {}


def _get(place: Place, params: Mapping[str, Any]) -> Ready:
    queries = params["MetricDataQueries"]
    start, end = (int(params[side].timestamp()) for side in ("StartTime", "EndTime"))
    if len(queries) > MOST_QUERIES:
        raise Refusal(
            "ValidationError", f"The collection MetricDataQueries must not have more than {MOST_QUERIES}"
        )
    if start >= end:
        raise Refusal("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
    if len({q["Id"] for q in queries}) != len(queries):
        raise Refusal("ValidationError", "The values for parameter Id are not unique.")
    pieces = _page(queries, start, end, int(str(params.get("NextToken", "0")).replace(CIRCLE, "0")))
    results = [
        _result(place, query, span, more, params.get("ScanBy") == "TimestampAscending")
        for query, span, more in pieces[0]
    ]
    token = f', "NextToken": "{pieces[1]}"' if pieces[1] else ""
    shell = {
        "MetricDataResults": [r[0] for r in results],
        "Messages": [],
        **({"NextToken": str(pieces[1])} if pieces[1] else {}),
    }
    return Ready(
        shell,
        '{"MetricDataResults": [' + ", ".join(r[1] for r in results) + '], "Messages": []' + token + "}",
    )


def _page(
    queries: Sequence[Mapping[str, Any]], start: int, end: int, first: int
) -> tuple[list[tuple[Mapping[str, Any], range, bool]], int]:
    """Return the queries of a page with their times, whether more of each follow, and where the next page begins."""
    found, at, room = [], 0, MOST_POINTS
    for query in queries:
        period = query["MetricStat"]["Period"]
        if period % 60:
            raise Refusal("ValidationError", "Period must be a multiple of 60")
        grid = range(start - start % period, end, period)
        skip = min(max(first - at, 0), len(grid))
        part = grid[skip : skip + room]
        if len(part) or (not len(grid)):
            found.append((query, part, skip + len(part) < len(grid)))
        room -= len(part)
        at += len(grid)
    shown = first + MOST_POINTS - room
    return found, shown if shown < at else 0


def _result(
    place: Place, query: Mapping[str, Any], span: range, more: bool, ascending: bool
) -> tuple[dict[str, Any], str]:
    stat = query["MetricStat"]["Stat"]
    if stat not in STATS:
        raise Refusal("ValidationError", f"nobody plays the statistic {stat}")
    status = "PartialData" if more else "Complete"
    times, values = _points(place, query["MetricStat"], span, ascending)
    label = query.get("Label") or query["MetricStat"]["Metric"]["MetricName"]
    shell = {"Id": query["Id"], "Label": label, "Timestamps": [], "Values": [], "StatusCode": status}
    head = json.dumps({"Id": query["Id"], "Label": label, "StatusCode": status})[:-1]
    return shell, f'{head}, "Timestamps": [{times}], "Values": [{values}]}}'


def _points(place: Place, asked: Mapping[str, Any], span: range, ascending: bool) -> tuple[str, str]:
    """Return times and values as JSON has them, without the brackets."""
    metric, stat = asked["Metric"], asked["Stat"]
    oldest = place.now - timedelta(days=KEPT_DAYS.get(span.step, 455))
    if not len(span) or span.start < oldest.timestamp():
        return "", ""
    dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions") or ()}
    if span.step == 60 and ascending and metric["Namespace"] == "AWS/ECS":
        since = _since(place, dimensions)
        curve = curve_of(place, metric["MetricName"], stat, dimensions)
        if curve and since is not None and since <= span.start:
            return _times(span), ",".join(_slice(place, curve, span))
    minutes = minutes_of(place, metric["Namespace"], metric["MetricName"], dimensions)
    if minutes is None:
        return "", ""
    each = span.step // 60
    found = [
        (at, value)
        for at in (span if ascending else reversed(span))
        if (value := gathered([minutes(at // 60 + i) for i in range(each)], stat)) is not None
    ]
    return ",".join(str(at) for at, _ in found), ",".join(repr(value) for _, value in found)


def _since(place: Place, dimensions: Mapping[str, str]) -> float | None:
    for owner in place.estate.at(place.account_id, place.region):
        if owner.name == dimensions.get("ClusterName"):
            service = service_of(owner, {"ServiceName": dimensions.get("ServiceName", "")})
            return service.since.timestamp() if service else None
    return None


@lru_cache(maxsize=64)
def _times(span: range) -> str:
    return ",".join(map(str, span))


def _slice(place: Place, curve: Curve, span: range) -> list[str]:
    """Return the values of a curve by the minute; their texts are made once."""
    key = (place.estate.seed, curve.name)
    texts = _TEXTS.get(key)
    if texts is None:
        texts = _TEXTS[key] = [repr(v) for v in curve.values]
    first = (span.start // 60 + curve.offset_min) % WEEK_MIN
    rounds = -(-(first + len(span)) // WEEK_MIN)
    return (texts * rounds)[first : first + len(span)]


def whole(found: Mapping[str, Any] | Ready) -> dict[str, Any]:
    """Return an answer of metric data with all its points, as values."""
    if not isinstance(found, Ready):
        return dict(found)
    told = json.loads(found.text)
    for result in told["MetricDataResults"]:
        result["Timestamps"] = [datetime.fromtimestamp(t, UTC) for t in result["Timestamps"]]
    return dict(told)


PLAYED = {"cloudwatch:GetMetricData": _get}
