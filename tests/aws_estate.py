"""A small account as AWS describes it: one cluster with services of every kind, tasks, schedules and two instances."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fakes_aws import FakeCaller

HOME = "eu-west-1:111122223333"
CLUSTER = f"arn:aws:ecs:{HOME}:cluster/web"
ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"


def definition(family: str, containers: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return {"family": family, "containerDefinitions": containers, **fields}


DEFINITIONS = {
    "checkout:7": definition(
        "checkout",
        [
            {"name": "app", "image": f"{ECR}/checkout:7", "cpu": 256, "memory": 512},
            {"name": "log", "image": f"{ECR}/log"},
        ],
        cpu="1024",
        memory="2048",
        networkMode="awsvpc",
        runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        ephemeralStorage={"sizeInGiB": 40},
        volumes=[
            {"name": "tmp", "host": {}},
            {"name": "shared", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}},
        ],
    ),
    "worker:1": definition("worker", [{"name": "w", "image": "docker.io/worker"}], cpu="512", memory="1024"),
    "legacy:3": definition(
        "legacy",
        [
            {
                "name": "a",
                "cpu": 300,
                "memory": 900,
                "memoryReservation": 400,
                "portMappings": [{"hostPort": 8080}],
            },
            {
                "name": "b",
                "cpu": 212,
                "memory": 300,
                "privileged": True,
                "portMappings": [{"containerPort": 1}],
            },
            {"name": "gpu", "resourceRequirements": [{"type": "GPU", "value": "2"}]},
        ],
        networkMode="bridge",
        volumes=[
            {"name": "d", "host": {"sourcePath": "/data"}},
            {"name": "v", "dockerVolumeConfiguration": {}},
        ],
        placementConstraints=[{"type": "memberOf", "expression": "attribute:disk == ssd"}],
    ),
    "agent:2": definition(
        "agent",
        [{"name": "a", "memory": 64, "portMappings": [{"containerPort": 8125}]}],
        networkMode="host",
    ),
    "nightly:9": definition("nightly", [{"name": "n", "cpu": 1024, "memory": 4096}]),
    "thumbs:4": definition("thumbs", [{"name": "t"}], cpu="256", memory="512", networkMode="awsvpc"),
}
SERVICES = [
    {
        "serviceName": "checkout",
        "taskDefinition": "checkout:7",
        "launchType": "FARGATE",
        "desiredCount": 4,
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"], "assignPublicIp": "ENABLED"}},
        "tags": [{"key": "team", "value": "shop"}, {"key": "env", "value": "prod"}],
    },
    {
        "serviceName": "worker",
        "desiredCount": 6,
        "taskSets": [
            {"status": "ACTIVE", "taskDefinition": "checkout:7", "launchType": "FARGATE"},
            {
                "status": "PRIMARY",
                "taskDefinition": "worker:1",
                "capacityProviderStrategy": [
                    {"capacityProvider": "FARGATE", "base": 2, "weight": 0},
                    {"capacityProvider": "FARGATE_SPOT", "weight": 3},
                ],
            },
        ],
    },
    {
        "serviceName": "legacy",
        "taskDefinition": "legacy:3",
        "capacityProviderStrategy": [{"capacityProvider": "asg-spot", "weight": 1}],
        "desiredCount": 2,
        "placementConstraints": [{"type": "distinctInstance"}],
    },
    {
        "serviceName": "agent",
        "taskDefinition": "agent:2",
        "launchType": "EC2",
        "schedulingStrategy": "DAEMON",
    },
    {"serviceName": "till", "taskDefinition": "worker:1", "launchType": "EXTERNAL", "desiredCount": 1},
    {"serviceName": "gone", "taskDefinition": "worker:1", "status": "INACTIVE"},
]
TASKS = [
    {
        "taskArn": "t/1",
        "group": "service:checkout",
        "taskDefinitionArn": "d/checkout:7",
        "launchType": "FARGATE",
    },
    {"taskArn": "t/2", "group": "family:thumbs", "taskDefinitionArn": "d/thumbs:3", "launchType": "EC2"},
    {
        "taskArn": "t/3",
        "group": "family:thumbs",
        "taskDefinitionArn": "d/thumbs:4",
        "capacityProviderName": "FARGATE_SPOT",
        "launchType": "FARGATE",
        "createdAt": datetime(2026, 9, 1, tzinfo=UTC),
    },
]


def host(
    number: str, architecture: str, provider: str | None = None, system: str = "linux"
) -> dict[str, Any]:
    said = {
        "ecs.instance-type": "m7g.large" if architecture == "arm64" else "m6i.large",
        "ecs.availability-zone": "eu-west-1a",
        "ecs.os-type": system,
        "ecs.cpu-architecture": architecture,
    }
    return {
        "containerInstanceArn": f"h/{number}",
        "ec2InstanceId": number,
        "attributes": [{"name": k, "value": v} for k, v in said.items()],
        **({"capacityProviderName": provider} if provider else {}),
    }


HOSTS = [
    host("i-1", "x86_64", "asg-spot"),
    host("i-2", "x86_64", "asg-spot"),
    host("i-3", "arm64"),
    host("i-4", "arm64", "managed"),
    host("mi-1", "x86_64"),
]
SPOT = {"i-1", "i-2"}
MANAGED = {"capacityOptionType": "SPOT", "ec2InstanceProfileArn": "p", "networkConfiguration": {}}


def scaling_policy(namespace: str, service: str, metric: str, target: float) -> dict[str, Any]:
    return {
        "PolicyARN": f"p/{service}",
        "PolicyName": service,
        "ServiceNamespace": namespace,
        "ResourceId": f"service/web/{service}",
        "ScalableDimension": "ecs:service:DesiredCount",
        "PolicyType": "TargetTrackingScaling",
        "CreationTime": datetime(2026, 9, 1, tzinfo=UTC),
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": target,
            "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        },
    }


def answers() -> dict[str, Any]:
    """What AWS answers; replace an entry to break it."""
    images = {"checkout": 300 * 2**20, "log": 20 * 2**20}
    started = {
        "every-night": {"TaskDefinitionArn": "d/nightly", "TaskCount": 3, "LaunchType": "EC2"},
        "on-upload": {"TaskDefinitionArn": "d/thumbs:4", "LaunchType": "EC2"},
    }
    return {
        "ecs:ListClusters": {"clusterArns": [CLUSTER]},
        "ecs:DescribeClusters": lambda clusters, include: {
            "clusters": [
                {
                    "clusterArn": arn,
                    "capacityProviders": ["FARGATE", "FARGATE_SPOT", "asg-spot", "managed"],
                    "settings": [{"name": "containerInsights", "value": "enhanced"}],
                }
                for arn in clusters
            ]
        },
        "ecs:ListServices": lambda **_: {"serviceArns": [f"s/{s['serviceName']}" for s in SERVICES]},
        "ecs:DescribeServices": lambda services, **_: {
            "services": [s for s in SERVICES if f"s/{s['serviceName']}" in services]
        },
        "ecs:DescribeTaskDefinition": lambda taskDefinition, **_: {
            "taskDefinition": _definition(taskDefinition)
        },
        "ecs:ListTasks": lambda cluster, desiredStatus: {
            "taskArns": [t["taskArn"] for t in TASKS] if desiredStatus == "RUNNING" else []
        },
        "ecs:DescribeTasks": lambda tasks, cluster: {"tasks": [t for t in TASKS if t["taskArn"] in tasks]},
        "ecs:ListContainerInstances": lambda **_: {
            "containerInstanceArns": [h["containerInstanceArn"] for h in HOSTS]
        },
        "ecs:DescribeContainerInstances": lambda containerInstances, **_: {
            "containerInstances": [h for h in HOSTS if h["containerInstanceArn"] in containerInstances]
        },
        "ecs:DescribeCapacityProviders": {
            "capacityProviders": [
                {"name": "FARGATE"},
                {"name": "asg-spot", "autoScalingGroupProvider": {"autoScalingGroupArn": "a"}},
                {
                    "name": "managed",
                    "managedInstancesProvider": {"instanceLaunchTemplate": MANAGED},
                },
            ]
        },
        "ecs:ListAccountSettings": {"settings": [{"name": "awsvpcTrunking", "value": "disabled"}]},
        "ec2:DescribeInstances": lambda Filters: {
            "Reservations": [
                {"Instances": [{"InstanceId": i, **({"InstanceLifecycle": "spot"} if i in SPOT else {})}]}
                for i in Filters[0]["Values"]
            ]
        },
        "application-autoscaling:DescribeScalableTargets": lambda ServiceNamespace: {
            "ScalableTargets": [
                {
                    "ServiceNamespace": ServiceNamespace,
                    "ResourceId": "service/web/checkout",
                    "ScalableDimension": "ecs:service:DesiredCount",
                    "MinCapacity": 2,
                    "MaxCapacity": 12,
                    "RoleARN": "r",
                    "CreationTime": datetime(2026, 9, 1, tzinfo=UTC),
                }
            ]
        },
        "application-autoscaling:DescribeScalingPolicies": lambda ServiceNamespace: {
            "ScalingPolicies": [
                scaling_policy(ServiceNamespace, "checkout", "ECSServiceAverageCPUUtilization", 60.0),
                scaling_policy(ServiceNamespace, "worker", "ECSServiceAverageMemoryUtilization", 70.0),
            ]
        },
        "events:ListRules": {
            "Rules": [
                {"Name": "every-night", "ScheduleExpression": "rate(1 day)", "State": "ENABLED"},
                {"Name": "on-upload", "EventPattern": "{}", "State": "ENABLED"},
                {"Name": "off", "ScheduleExpression": "rate(1 day)", "State": "DISABLED"},
            ]
        },
        "events:ListTargetsByRule": lambda Rule: {
            "Targets": [
                {"Id": Rule, "Arn": CLUSTER, "EcsParameters": started[Rule]},
                {"Id": "q", "Arn": "arn:aws:sqs:q"},
            ]
        },
        "scheduler:ListSchedules": lambda State: {
            "Schedules": [
                {"Name": "hourly", "GroupName": "default", "Target": {"Arn": CLUSTER}},
                {"Name": "mail", "GroupName": "default", "Target": {"Arn": "arn:aws:ses:x"}},
                {"Name": "lost", "GroupName": "default", "Target": {"Arn": f"{CLUSTER}-old"}},
            ]
        },
        "scheduler:GetSchedule": lambda Name, GroupName: {
            "Target": {
                "Arn": f"{CLUSTER}-old" if Name == "lost" else CLUSTER,
                "RoleArn": "r",
                "EcsParameters": {"TaskDefinitionArn": "d/thumbs:4", "LaunchType": "FARGATE"},
            }
        },
        "ecr:DescribeImages": lambda registryId, repositoryName, imageIds: {
            "imageDetails": [{"repositoryName": repositoryName, "imageSizeInBytes": images[repositoryName]}]
        },
    }


def _definition(name: str) -> dict[str, Any]:
    known = name.rsplit("/", 1)[-1]
    return next(
        d
        for k, d in DEFINITIONS.items()
        if known in (k, k.split(":")[0]) or known.split(":")[0] == k.split(":")[0]
    )


def estate(**replaced: Any) -> FakeCaller:
    """The account, with some answers replaced: `ecs__ListTasks=…`."""
    return FakeCaller({**answers(), **{k.replace("__", ":"): v for k, v in replaced.items()}})
