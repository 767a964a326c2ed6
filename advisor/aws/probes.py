"""Whether we may: each operation is asked once, for nothing, of things that are not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.operations import OPERATIONS
from advisor.aws.together import together
from advisor.errors import AwsError, DeniedError

NOWHERE = "advisor-asks-whether-it-may"
"""A name that nothing has: who may ask is told that it is not there, who may not is refused before."""
INSIGHTS = f"/aws/ecs/containerinsights/{NOWHERE}/performance"
CLUSTER = {"cluster": NOWHERE}
THEN = datetime(2026, 1, 1, tzinfo=UTC)
AT_ONCE = 8

PROBES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "ecs:ListClusters": {},
        "ecs:DescribeClusters": {"clusters": [NOWHERE]},
        "ecs:ListServices": CLUSTER,
        "ecs:DescribeServices": {**CLUSTER, "services": [NOWHERE]},
        "ecs:ListTasks": CLUSTER,
        "ecs:DescribeTasks": {**CLUSTER, "tasks": [NOWHERE]},
        "ecs:DescribeTaskDefinition": {"taskDefinition": NOWHERE},
        "ecs:ListContainerInstances": CLUSTER,
        "ecs:DescribeContainerInstances": {**CLUSTER, "containerInstances": [NOWHERE]},
        "ecs:DescribeCapacityProviders": {},
        "ecs:ListAccountSettings": {},
        "ec2:DescribeInstances": {"MaxResults": 5},
        "ec2:DescribeRegions": {},
        "application-autoscaling:DescribeScalableTargets": {"ServiceNamespace": "ecs"},
        "application-autoscaling:DescribeScalingPolicies": {"ServiceNamespace": "ecs"},
        # paid by the metric, and none is asked for
        "cloudwatch:GetMetricData": {"MetricDataQueries": [], "StartTime": THEN, "EndTime": THEN},
        "events:ListRules": {"Limit": 1},
        "events:ListTargetsByRule": {"Rule": NOWHERE},
        "scheduler:ListSchedules": {"MaxResults": 1},
        "scheduler:GetSchedule": {"Name": NOWHERE},
        "ecr:DescribeImages": {"repositoryName": NOWHERE},
        "savingsplans:DescribeSavingsPlans": {"maxResults": 1},
        "savingsplans:DescribeSavingsPlansOfferingRates": {"maxResults": 1},
        "ec2:DescribeReservedInstances": {},
        "ec2:DescribeReservedInstancesOfferings": {"MaxResults": 5},
        "ec2:DescribeSpotPriceHistory": {"MaxResults": 1},
        "ec2:DescribeInstanceTypes": {"MaxResults": 5},
        "cloudtrail:LookupEvents": {"MaxResults": 1},
        "logs:DescribeLogGroups": {"limit": 1},
        "logs:StartQuery": {"logGroupName": INSIGHTS, "startTime": 0, "endTime": 1, "queryString": "limit 1"},
        "logs:GetQueryResults": {"queryId": NOWHERE},
        "logs:StopQuery": {"queryId": NOWHERE},
    }
)
"""Operation → parameters that cost nothing."""
UNASKED: Mapping[str, str] = MappingProxyType(
    {
        **{name: "every request is paid" for name in OPERATIONS if name.startswith(("ce:", "s3:"))},
        "pricing:GetProducts": "it is asked in us-east-1 only",
        "organizations:ListAccounts": "only the management account may",
    }
)
"""Operation → why it is not tried."""


def probe(caller: Caller) -> dict[str, AwsError | None]:
    """Return operation → why it may not be called, null where it may; what could not be found out is left out."""

    def ask(name: str) -> tuple[str, AwsError | None] | None:
        try:
            caller.call(name, **PROBES[name])
        except DeniedError as refused:
            return name, refused
        except AwsError as error:
            # silence and storms say nothing; that the thing is not there says that we may ask
            return (name, None) if type(error) is AwsError else None
        return name, None

    return dict(found for found in together(ask, PROBES, AT_ONCE) if found)
