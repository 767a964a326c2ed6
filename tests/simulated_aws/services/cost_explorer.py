"""Cost Explorer: the bill of what runs, by the hour where that is switched on, else by the day; it is a day late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from simulated_aws.paging import page
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal
from simulated_aws.services.money import Line, hour_lines, usd

FORMS = {"HOURLY": "%Y-%m-%dT%H:%M:%SZ", "DAILY": "%Y-%m-%d"}
HOURS_KEPT = timedelta(days=14)
PAGE = 500
HOUR = timedelta(hours=1)


def _bill(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    granularity = params["Granularity"]
    if granularity not in FORMS or len(params.get("GroupBy") or ()) > 2:
        raise Refusal("ValidationException", "nobody plays this granularity or so many groups")
    start, end = (_moment(params["TimePeriod"][s], FORMS[granularity]) for s in ("Start", "End"))
    if start >= end:
        raise Refusal("ValidationException", "Start date (and hour) should be before end date (and hour)")
    if granularity == "HOURLY":
        if not place.estate.hourly_bill:
            raise Refusal("AccessDeniedException", "Hourly granularity is not enabled for this account")
        if start < place.now - HOURS_KEPT:
            raise Refusal("ValidationException", "Data can be retrieved for the past 14 days only")
    step = HOUR if granularity == "HOURLY" else 24 * HOUR
    tag = next((g["Key"] for g in params.get("GroupBy") or () if g["Type"] == "TAG"), None)
    cells = [
        (at, line, amounts)
        for at in (start + i * step for i in range((end - start) // step))
        for line, amounts in sorted(_interval(place, _filters(params), at, step, tag).items())
    ]
    shown, more = page(cells, params, "NextPageToken", PAGE)
    return {"ResultsByTime": list(_results(shown, step, FORMS[granularity])), **more}


def _interval(
    place: Place, wanted: Mapping[str, list[str]], at: datetime, step: timedelta, tag: str | None
) -> dict[Line, tuple[Decimal, Decimal]]:
    found: defaultdict[Line, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    clusters = [
        c
        for account_id in wanted["LINKED_ACCOUNT"]
        for region in wanted["REGION"]
        for c in place.estate.at(account_id, region)
    ]
    first = int(at.timestamp()) // 3600
    for hour in range(first, first + step // HOUR):
        for line, quantity in hour_lines(place.estate.truth, clusters, hour).items():
            if line[1] in wanted["SERVICE"]:
                key = (line[0], f"{tag}$") if tag else line
                found[key][0] += usd(line, quantity)
                found[key][1] += quantity
    return {line: (dollars, quantity) for line, (dollars, quantity) in found.items()}


def _filters(params: Mapping[str, Any]) -> dict[str, list[str]]:
    said = [p["Dimensions"] for p in params["Filter"]["And"] if "Dimensions" in p]
    return {d["Key"]: list(d["Values"]) for d in said}


def _results(cells: list[Any], step: timedelta, form: str) -> Iterator[dict[str, Any]]:
    for at in dict.fromkeys(c[0] for c in cells):
        groups = [
            {
                "Keys": list(line),
                "Metrics": {
                    "AmortizedCost": {"Amount": str(dollars), "Unit": "USD"},
                    "UsageQuantity": {"Amount": str(quantity), "Unit": "N/A"},
                },
            }
            for moment, line, (dollars, quantity) in cells
            if moment == at
        ]
        period = {"Start": at.strftime(form), "End": (at + step).strftime(form)}
        yield {"TimePeriod": period, "Total": {}, "Groups": groups, "Estimated": False}


def _moment(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal("ValidationException", f"{text}: wrong for this granularity") from None


PLAYED = {"ce:GetCostAndUsage": _bill}
