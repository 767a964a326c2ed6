"""EventBridge Scheduler → one Fargate task of ECS, as a CloudFormation template in JSON."""

from __future__ import annotations

import json
from typing import Any

from advisor.delivery.entries.aws_when import CPU, MEMORY, NOTES, TRIES, expressions, task_arguments, trust
from advisor.delivery.entries.entry import Entry


def entry(entry: Entry) -> str:
    """Return the template."""
    return json.dumps(template(entry), indent=2) + "\n"


def template(entry: Entry) -> dict[str, Any]:
    """Return the template as data."""
    name = f"advisor-{entry.schedule.name}"
    found = expressions(entry)
    schedules = {
        "Schedule" + (str(number) if len(found) > 1 else ""): _schedule(
            entry, name, number, words, len(found)
        )
        for number, words in enumerate(found, 1)
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"advisor report {entry.schedule.name}. {' '.join(NOTES)}",
        "Parameters": {
            "Image": {
                "Type": "String",
                "Description": "Image with advisor and advisor.toml in its working folder",
            },
            "ClusterArn": {"Type": "String"},
            "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
            "SecurityGroups": {"Type": "List<AWS::EC2::SecurityGroup::Id>"},
            "AssignPublicIp": {
                "Type": "String",
                "Default": "DISABLED",
                "AllowedValues": ["DISABLED", "ENABLED"],
            },
            **{
                _parameter(v): {"Type": "String", "Description": f"ARN of the secret for {v}"}
                for v in entry.variables
            },
        },
        "Resources": {**_task(entry, name), **_roles(entry, name), **schedules},
    }


def _task(entry: Entry, name: str) -> dict[str, Any]:
    container = {
        "Name": "advisor",
        "Image": {"Ref": "Image"},
        "Command": task_arguments(entry),
        "Secrets": [{"Name": v, "ValueFrom": {"Ref": _parameter(v)}} for v in entry.variables],
        "LogConfiguration": {
            "LogDriver": "awslogs",
            "Options": {
                "awslogs-group": {"Ref": "Logs"},
                "awslogs-region": {"Ref": "AWS::Region"},
                "awslogs-stream-prefix": "advisor",
            },
        },
    }
    task = {
        "Family": name,
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": CPU,
        "Memory": MEMORY,
        "ExecutionRoleArn": {"Fn::GetAtt": ["ExecutionRole", "Arn"]},
        "TaskRoleArn": {"Fn::GetAtt": ["TaskRole", "Arn"]},
        "ContainerDefinitions": [container],
    }
    return {
        "Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": f"/advisor/{name}", "RetentionInDays": 90},
        },
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": task},
    }


def _roles(entry: Entry, name: str) -> dict[str, Any]:
    def role(service: str, policy: dict[str, Any] | None, managed: list[str]) -> dict[str, Any]:
        properties: dict[str, Any] = {
            "AssumeRolePolicyDocument": trust(service),
            "ManagedPolicyArns": managed,
        }
        if policy is not None:
            properties["Policies"] = [{"PolicyName": name, "PolicyDocument": policy}]
        return {"Type": "AWS::IAM::Role", "Properties": properties}

    secrets = [{"Ref": _parameter(v)} for v in entry.variables]
    reading = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secrets}],
    }
    starting = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "ecs:RunTask",
                "Resource": {"Ref": "Task"},
                "Condition": {"ArnEquals": {"ecs:cluster": {"Ref": "ClusterArn"}}},
            },
            {
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": [{"Fn::GetAtt": [r, "Arn"]} for r in ("ExecutionRole", "TaskRole")],
                "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            },
        ],
    }
    managed = {
        "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    }
    execution = role("ecs-tasks.amazonaws.com", reading if secrets else None, [])
    execution["Properties"]["ManagedPolicyArns"] = [managed]
    return {
        "ExecutionRole": execution,
        "TaskRole": role("ecs-tasks.amazonaws.com", entry.policy, []),
        "SchedulerRole": role("scheduler.amazonaws.com", starting, []),
    }


def _schedule(entry: Entry, name: str, number: int, words: str, of: int) -> dict[str, Any]:
    network = {
        "AwsvpcConfiguration": {
            "Subnets": {"Ref": "Subnets"},
            "SecurityGroups": {"Ref": "SecurityGroups"},
            "AssignPublicIp": {"Ref": "AssignPublicIp"},
        }
    }
    return {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "Name": name if of == 1 else f"{name}-{number}",
            "ScheduleExpression": words,
            "ScheduleExpressionTimezone": entry.schedule.timezone,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": {"Ref": "ClusterArn"},
                "RoleArn": {"Fn::GetAtt": ["SchedulerRole", "Arn"]},
                "EcsParameters": {
                    "TaskDefinitionArn": {"Ref": "Task"},
                    "LaunchType": "FARGATE",
                    "TaskCount": 1,
                    "NetworkConfiguration": network,
                },
                "RetryPolicy": {"MaximumRetryAttempts": TRIES, "MaximumEventAgeInSeconds": 3600},
            },
        },
    }


def _parameter(variable: str) -> str:
    return "".join(part.capitalize() for part in variable.split("_")) + "Secret"
