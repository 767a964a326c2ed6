"""EventBridge and its scheduler: what starts tasks by the clock, among other things that they start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulated_aws.estate import CREATED, Cluster, Family
from simulated_aws.paging import page
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal
from simulated_aws.services.found import definition_arn

MAIL = "weekly-mail"


def _started(place: Place, by: str) -> Iterator[tuple[str, Cluster, Family]]:
    for owner in place.estate.at(place.account_id, place.region):
        for family in owner.families:
            if family.by == by:
                yield f"{owner.name}-{family.name}", owner, family


def _rules(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    clock = {"State": "ENABLED", "EventBusName": "default"}
    names = [name for name, _, _ in _started(place, "rule")]
    found = [
        {"Name": n, "Arn": place.arn("events", f"rule/{n}"), "ScheduleExpression": "rate(1 day)", **clock}
        for n in (*names, MAIL)
    ]
    shown, more = page(found, params, "NextToken", 100, "Limit")
    return {"Rules": shown, **more}


def _targets(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    if params["Rule"] == MAIL:
        return {"Targets": [{"Id": "mail", "Arn": place.arn("sqs", "mail")}]}
    known = {name: (owner, family) for name, owner, family in _started(place, "rule")}
    if params["Rule"] not in known:
        raise Refusal("ResourceNotFoundException", f"Rule {params['Rule']} does not exist on EventBus.")
    owner, family = known[params["Rule"]]
    return {
        "Targets": [
            {
                "Id": "ecs",
                "Arn": place.arn("ecs", f"cluster/{owner.name}"),
                "RoleArn": f"arn:{place.estate.partition}:iam::{place.account_id}:role/events",
                "EcsParameters": _parameters(place, owner, family),
            }
        ]
    }


def _schedules(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    found = [
        {
            "Name": name,
            "GroupName": "default",
            "Arn": place.arn("scheduler", f"schedule/default/{name}"),
            "State": "ENABLED",
            "CreationDate": CREATED,
            "Target": {"Arn": place.arn("ecs", f"cluster/{owner.name}")},
        }
        for name, owner, _ in _started(place, "scheduler")
    ]
    shown, more = page(found, params, "NextToken", 100, "MaxResults")
    return {"Schedules": shown, **more}


def _schedule(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: (owner, family) for name, owner, family in _started(place, "scheduler")}
    if params["Name"] not in known or params.get("GroupName", "default") != "default":
        raise Refusal("ResourceNotFoundException", f"Schedule {params['Name']} does not exist.", 404)
    owner, family = known[params["Name"]]
    return {
        "Name": params["Name"],
        "GroupName": "default",
        "ScheduleExpression": "rate(1 day)",
        "State": "ENABLED",
        "Target": {
            "Arn": place.arn("ecs", f"cluster/{owner.name}"),
            "RoleArn": f"arn:{place.estate.partition}:iam::{place.account_id}:role/scheduler",
            "EcsParameters": _parameters(place, owner, family),
        },
    }


def _parameters(place: Place, owner: Cluster, family: Family) -> dict[str, Any]:
    return {
        "TaskDefinitionArn": definition_arn(place, owner, family),
        "TaskCount": family.tasks,
        "LaunchType": family.launch,
    }


PLAYED = {
    "events:ListRules": _rules,
    "events:ListTargetsByRule": _targets,
    "scheduler:ListSchedules": _schedules,
    "scheduler:GetSchedule": _schedule,
}
