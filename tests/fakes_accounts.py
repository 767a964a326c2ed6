"""Several small accounts, each with its own roles and regions, and ways to break a part of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from inspect import signature
from typing import Any

from aws_estate import answers
from fakes_aws import FakeCaller

from advisor.aws.operations import OPERATIONS
from advisor.aws.probes import NOWHERE
from advisor.errors import AwsError

EMPTY = {"scheduler:ListSchedules": {"Schedules": []}}
"""Answers to those who ask for less than the estate knows of; the model wants a list."""
IDS = ("000000000001", "000000000002", "000000000003")
TEMPLATE = "arn:aws:iam::{account}:role/advisor-read"


def one_point(MetricDataQueries, StartTime, EndTime, ScanBy) -> dict[str, Any]:
    """Metric data of one interval, the last: enough to have been measured."""
    found = [
        {
            "Id": q["Id"],
            "Timestamps": [EndTime - timedelta(seconds=q["MetricStat"]["Period"])],
            "Values": [60.0 if q["MetricStat"]["Stat"] == "Maximum" else 30.0],
            "StatusCode": "Complete",
        }
        for q in MetricDataQueries
    ]
    return {"MetricDataResults": found}


def place(account_id: str, region: str = "eu-west-1", **replaced: Any) -> FakeCaller:
    """One account and region with the estate in it; images are in a registry of its own region."""
    known = answers()
    known["cloudwatch:GetMetricData"] = one_point
    definition = known["ecs:DescribeTaskDefinition"]

    def here(**params: Any) -> Any:
        answer = definition(**params)["taskDefinition"]
        containers = [
            {**c, **({"image": c["image"].replace("eu-west-1", region)} if "image" in c else {})}
            for c in answer["containerDefinitions"]
        ]
        return {"taskDefinition": {**answer, "containerDefinitions": containers}}

    known["ecs:DescribeTaskDefinition"] = here
    known |= {name.replace("__", ":"): given for name, given in replaced.items()}
    return FakeCaller(known, account_id, region)


def broken(caller: FakeCaller, api: str, fault: Exception) -> FakeCaller:
    """Break every operation of a service but those that say which clusters there are."""
    kept = ("ecs:ListClusters", "ecs:DescribeClusters")
    caller.answers |= {o.name: fault for o in OPERATIONS.values() if o.service == api and o.name not in kept}
    return caller


class FakeAccount:
    """An account that has been entered."""

    def __init__(self, account_id: str, callers: dict[str, FakeCaller]) -> None:
        self.account_id, self._callers = account_id, callers

    def caller(self, region: str) -> FakeCaller:
        return self._callers[region]


def entering(accounts: dict[str, FakeAccount | Exception]) -> Callable[[str], FakeAccount]:
    """Return what goes into accounts; where an error stands, it may not."""

    def enter(account_id: str) -> FakeAccount:
        found = accounts[account_id]
        if isinstance(found, Exception):
            raise found
        return found

    return enter


def with_nowhere(caller: FakeCaller) -> FakeCaller:
    """Let a caller answer as AWS does when it is asked of things that are not there."""
    known = dict(caller.answers)

    def answer(name: str) -> Callable[..., Any]:
        def reply(**params: Any) -> Any:
            given = known.get(name, {})
            if isinstance(given, Exception):
                raise given
            if NOWHERE in str(params) or params.get("MetricDataQueries") == []:
                raise AwsError(f"{name}: not there", code="NotFound")
            if not callable(given):
                return given
            return given(**params) if _fits(given, params) else EMPTY.get(name, {})

        return reply

    caller.answers = {o: answer(o) for o in OPERATIONS}
    return caller


def _fits(given: Callable[..., Any], params: dict[str, Any]) -> bool:
    try:
        signature(given).bind(**params)
    except TypeError:
        return False
    return True
