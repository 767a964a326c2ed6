"""Application Auto Scaling: how many tasks a service may have, and what its policies aim at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulated_aws.estate import CREATED, Cluster, Service
from simulated_aws.paging import page
from simulated_aws.place import Place

DIMENSION = "ecs:service:DesiredCount"
PAGE = 50


def _scaled(place: Place, params: Mapping[str, Any]) -> Iterator[tuple[Cluster, Service, dict[str, Any]]]:
    for owner in place.estate.at(place.account_id, place.region):
        for service in owner.services:
            name = f"service/{owner.name}/{service.name}"
            if service.most > service.fewest and name in (params.get("ResourceIds") or [name]):
                common = {
                    "ServiceNamespace": "ecs",
                    "ResourceId": name,
                    "ScalableDimension": DIMENSION,
                    "CreationTime": CREATED,
                }
                yield owner, service, common


def _targets(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    role = f"arn:{place.estate.partition}:iam::{place.account_id}:role/scaling"
    found = [
        {**common, "MinCapacity": s.fewest, "MaxCapacity": s.most, "RoleARN": role}
        for _, s, common in _scaled(place, params)
    ]
    shown, more = page(found, params, "NextToken", PAGE, "MaxResults")
    return {"ScalableTargets": shown, **more}


def _policies(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    found = []
    for _, service, common in _scaled(place, params):
        if service.cpu_target is None:
            continue
        metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
        found.append(
            {
                **common,
                "PolicyName": "cpu",
                "PolicyARN": place.arn("autoscaling", f"scalingPolicy:{service.name}"),
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": service.cpu_target,
                    "PredefinedMetricSpecification": metric,
                },
            }
        )
    shown, more = page(found, params, "NextToken", PAGE, "MaxResults")
    return {"ScalingPolicies": shown, **more}


PLAYED = {
    "application-autoscaling:DescribeScalableTargets": _targets,
    "application-autoscaling:DescribeScalingPolicies": _policies,
}
