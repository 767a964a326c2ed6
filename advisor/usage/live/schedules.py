"""Tasks that something else starts: EventBridge rules and schedules that aim at ECS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.pages import items
from advisor.terms import WorkloadKind


@dataclass(frozen=True)
class Start:
    """How tasks of a family are started.

    Attributes:
        cluster_arn: where.
        definition_arn: of a task definition, with or without a revision.
        kind: SCHEDULED by the clock, STANDALONE by an event or by hand.
        launch_type, strategy, constraints: as ECS takes them.
        tasks: how many at a time.
    """

    cluster_arn: str
    definition_arn: str
    kind: str
    launch_type: str | None
    strategy: tuple[Mapping[str, Any], ...] = ()
    constraints: tuple[Mapping[str, Any], ...] = ()
    tasks: int = 1


def read_starts(caller: Caller, ledger: Ledger) -> list[Start]:
    """Return what enabled rules and schedules start; what is refused is in the ledger and missing here."""
    found: list[Start] = []
    with ledger.reading(caller, "events"):
        found.extend(_of_rules(caller))
    with ledger.reading(caller, "scheduler"):
        found.extend(_of_schedules(caller))
    return found


def _of_rules(caller: Caller) -> Iterator[Start]:
    for rule in items(caller, "events:ListRules", "Rules"):
        if rule.get("State") == "DISABLED":
            continue
        kind = WorkloadKind.SCHEDULED if rule.get("ScheduleExpression") else WorkloadKind.STANDALONE
        for target in items(caller, "events:ListTargetsByRule", "Targets", Rule=rule["Name"]):
            if target.get("EcsParameters"):
                yield _start(target, kind)


def _of_schedules(caller: Caller) -> Iterator[Start]:
    for schedule in items(caller, "scheduler:ListSchedules", "Schedules", State="ENABLED"):
        if ":ecs:" not in (schedule.get("Target") or {}).get("Arn", ""):
            continue
        whole = caller.call("scheduler:GetSchedule", Name=schedule["Name"], GroupName=schedule["GroupName"])
        if whole["Target"].get("EcsParameters"):
            yield _start(whole["Target"], WorkloadKind.SCHEDULED)


def _start(target: Mapping[str, Any], kind: WorkloadKind) -> Start:
    started = target["EcsParameters"]
    return Start(
        cluster_arn=target["Arn"],
        definition_arn=started["TaskDefinitionArn"],
        kind=kind,
        launch_type=started.get("LaunchType"),
        strategy=tuple(started.get("CapacityProviderStrategy") or ()),
        constraints=tuple(started.get("PlacementConstraints") or ()),
        tasks=started.get("TaskCount") or 1,
    )
