"""What each service of AWS answers, operation by operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulated_aws import wire_models
from simulated_aws.paging import CIRCLE
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal
from simulated_aws.replies import Ready
from simulated_aws.services import (
    autoscaling,
    compute,
    containers,
    cost_explorer,
    identity,
    images,
    logs,
    metrics,
    offers,
    organization,
    owned,
    schedules,
    tasks,
    trail,
)

Answer = Mapping[str, Any] | Ready
PLAYED: dict[str, Callable[[Place, Mapping[str, Any]], Answer]] = {
    name: play
    for room in (
        *(autoscaling, compute, containers, cost_explorer, identity, images, logs, metrics, offers),
        *(organization, owned, schedules, tasks, trail),
    )
    for name, play in room.PLAYED.items()
}
"""Operation → what answers it."""
TOKENS = ("nextToken", "NextToken", "NextPageToken")


def answer(place: Place, name: str, params: Mapping[str, Any]) -> Answer:
    """Return the answer of an operation.

    Raises:
        Refusal: AWS would say no, or nobody plays it.
    """
    if name not in PLAYED:
        raise Refusal("UnknownOperationException", f"nobody plays {name}", 404)
    return PLAYED[name](place, params)


def spoilt(name: str, kind: str, found: Answer) -> Answer:
    """Return an answer with a fault of its content: the same next page for ever, metric data in parts."""
    if kind == "loop":
        service, _, operation = name.partition(":")
        shape = wire_models.service(service).operation_model(operation).output_shape
        token = next((t for t in TOKENS if shape and t in shape.members), "")
        return {**_shell(found), token: CIRCLE} if token else found
    if name != "cloudwatch:GetMetricData":
        return found
    plain = metrics.whole(found)
    if kind == "message":
        return {**plain, "Messages": [{"Code": "MaxMetricsExceeded", "Value": "simulated"}]}
    results = [
        {**r, "StatusCode": "PartialData", "Timestamps": r["Timestamps"][::2], "Values": r["Values"][::2]}
        for r in plain["MetricDataResults"]
    ]
    return {**plain, "MetricDataResults": results}


def _shell(found: Answer) -> Mapping[str, Any]:
    return metrics.whole(found) if isinstance(found, Ready) else found
