"""Log groups that can be queried: they know what was written, answer late, in full pages, and count what they scan."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fakes_objects import state_change

GB = 10**9


class Logs:
    """Answers the operations of logs.

    Args:
        groups: name → `LogGroup` fields, and the lines of it: (seconds since 1970, row).
        statuses: what is said before a query is complete.
        most: rows of an answer.
    """

    def __init__(
        self,
        groups: dict[str, tuple[dict[str, Any], list[tuple[float, dict[str, str]]]]],
        *,
        statuses: tuple[str, ...] = ("Scheduled", "Running"),
        most: int = 10_000,
        page: int = 5_000,
        gb: float = 2.0,
    ) -> None:
        self.groups, self.statuses, self.most, self.page, self.gb = groups, statuses, most, page, gb
        self.queries: list[dict[str, Any]] = []
        self.looks: dict[str, int] = {}
        self.stopped: list[str] = []

    def answers(self) -> dict[str, Callable[..., Any]]:
        return {
            "logs:DescribeLogGroups": self.describe,
            "logs:StartQuery": self.start,
            "logs:GetQueryResults": self.results,
            "logs:StopQuery": self.stop,
        }

    def describe(self, logGroupNamePrefix: str) -> dict[str, Any]:
        found = [
            {"logGroupName": name, **about}
            for name, (about, _) in self.groups.items()
            if name.startswith(logGroupNamePrefix)
        ]
        return {"logGroups": found}

    def start(self, **query: Any) -> dict[str, Any]:
        assert query["logGroupName"] in self.groups
        assert query["queryString"].endswith("| limit 10000")
        self.queries.append(query)
        return {"queryId": str(len(self.queries) - 1)}

    def results(self, queryId: str, nextToken: str = "0") -> dict[str, Any]:
        look = self.looks.get(queryId, 0)
        self.looks[queryId] = look + 1
        if look < len(self.statuses):
            return {"status": self.statuses[look], "results": []}
        query = self.queries[int(queryId)]
        _, lines = self.groups[query["logGroupName"]]
        rows = [row for at, row in lines if query["startTime"] <= int(at) <= query["endTime"]][: self.most]
        begin = int(nextToken)
        more = begin + self.page < len(rows)
        return {
            "status": "Complete",
            "results": [
                [{"field": f, "value": v} for f, v in row.items()] for row in rows[begin : begin + self.page]
            ],
            "statistics": {"bytesScanned": self.gb * GB},
            **({"nextToken": str(begin + self.page)} if more else {}),
        }

    def stop(self, queryId: str) -> dict[str, Any]:
        self.stopped.append(queryId)
        return {"success": True}


def stopped_event(task: dict[str, Any]) -> tuple[float, dict[str, str]]:
    """Return an event of a task that stopped, as EventBridge writes it."""
    return task["stoppedAt"].timestamp(), {"@message": json.dumps(state_change(task)), "@ptr": "x"}
