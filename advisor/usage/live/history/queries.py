"""Queries of log groups, to their end: started, waited for, and cut in halves where an answer is full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.pages import pages
from advisor.errors import AwsError
from advisor.usage.live.history.groups import scan_usd
from advisor.usage.live.history.sources import Deep

MOST_ROWS = 10_000
"""Of one answer (StartQuery)."""
MOST_LOOKS = 1_800
"""So often it is looked whether a query has ended: a quarter of an hour at the caller's pace."""
UNDER_WAY = ("Scheduled", "Running")
COMPLETE = "Complete"
RESULTS = "logs:GetQueryResults"


def rows(
    caller: Caller, deep: Deep, group: str, query: str, start_s: int, end_s: int
) -> Iterator[dict[str, str]]:
    """Yield the rows of a query as field → text.

    Args:
        query: without a limit.
        start_s, end_s: seconds since 1970, both included.

    Raises:
        AwsError: it was refused, failed, or did not end.
    """
    started = caller.call(
        "logs:StartQuery",
        logGroupName=group,
        startTime=start_s,
        endTime=end_s,
        queryString=f"{query} | limit {MOST_ROWS}",
    )
    answer = _ended(caller, started["queryId"])
    deep.paid(scan_usd(int((answer.get("statistics") or {}).get("bytesScanned") or 0)))
    found = [_row(result) for result in _all(caller, started["queryId"], answer)]
    if len(found) < MOST_ROWS or start_s >= end_s:
        yield from found
        return
    # a full answer may have left something out
    middle = (start_s + end_s) // 2
    yield from rows(caller, deep, group, query, start_s, middle)
    yield from rows(caller, deep, group, query, middle + 1, end_s)


def _ended(caller: Caller, query_id: str) -> dict[str, Any]:
    for _ in range(MOST_LOOKS):
        answer = caller.call(RESULTS, queryId=query_id)
        if answer.get("status") == COMPLETE:
            return answer
        if answer.get("status") not in UNDER_WAY:
            raise AwsError(f"a query of logs ended as {answer.get('status')}")
    caller.call("logs:StopQuery", queryId=query_id)
    raise AwsError("a query of logs did not end and was stopped", hint="ask for fewer days")


def _all(caller: Caller, query_id: str, first: Mapping[str, Any]) -> Iterator[list[dict[str, str]]]:
    yield from first.get("results") or ()
    if first.get("nextToken"):
        for page in pages(caller, RESULTS, queryId=query_id, nextToken=first["nextToken"]):
            yield from page.get("results") or ()


def _row(result: list[dict[str, str]]) -> dict[str, str]:
    return {cell["field"]: cell.get("value", "") for cell in result}
