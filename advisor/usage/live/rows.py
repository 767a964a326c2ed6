"""A workload as it was found, and what its row of the workloads table is made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.aws.calls import Caller
from advisor.terms import LaunchType
from advisor.usage.live.capacity import Way
from advisor.usage.live.clusters import Cluster
from advisor.usage.live.definitions import Definitions, ties
from advisor.usage.live.hosts import Host, same
from advisor.usage.live.images import Images

ANYWHERE = "EXTERNAL"
"""The launch type of ECS Anywhere."""


@dataclass(frozen=True)
class Found:
    """One workload.

    Attributes:
        row: columns of `schema.WORKLOADS` but for `workload_id`.
        service: it is an ECS service; else a family of tasks.
        insights: Container Insights watch it, and no other workload under its name.
    """

    row: Mapping[str, Any]
    service: bool
    insights: bool


@dataclass(frozen=True)
class Sources:
    """What rows are made from, beside a cluster.

    Attributes:
        hosts: cluster ARN → its EC2 instances.
        limits: `service/<cluster>/<service>` → fewest and most tasks.
        notes: what is decided or left out is said here.
    """

    caller: Caller
    definitions: Definitions
    images: Images
    hosts: Mapping[str, Sequence[Host]]
    limits: Mapping[str, tuple[int, int]]
    notes: list[str]


def definition_of(what: str, arn: str, launch_type: str | None, sources: Sources) -> Mapping[str, Any] | None:
    """Return the task definition of a workload; null, with a note, where it cannot be advised on.

    Args:
        what: the workload, in words.
        launch_type: as it is started.
    """
    definition = sources.definitions.get(arn) if arn else None
    if definition is None:
        sources.notes.append(f"{what} is left out: its task definition is not known")
        return None
    if launch_type == ANYWHERE:
        sources.notes.append(f"{what} is left out: it runs on servers of your own")
        return None
    return definition


def common(
    cluster: Cluster,
    definition: Mapping[str, Any],
    runs: Way,
    constraints: Sequence[Mapping[str, Any]],
    tags: Iterable[Mapping[str, str]],
    sources: Sources,
) -> dict[str, Any]:
    """Return the columns that services and families fill alike.

    Args:
        runs: how it runs today.
        constraints: of the service or target, besides the definition's own.
        tags: as ECS writes them.
    """
    row = ties(definition, constraints)
    below = [h for h in sources.hosts[cluster.arn] if runs.provider in (None, h.provider)]
    if runs.launch_type != LaunchType.FARGATE:
        # a definition need not say what its instances do
        row["cpu_architecture"] = row["cpu_architecture"] or same(h.cpu_architecture for h in below)
        row["operating_system"] = row["operating_system"] or same(h.operating_system for h in below)
    named = {t["key"]: t.get("value", "") for t in tags}
    return {
        **row,
        "account_id": sources.caller.account_id,
        "region": sources.caller.region,
        "cluster": cluster.name,
        "launch_type": runs.launch_type,
        "capacity_option": runs.capacity_option,
        "arm_ready": True if row["cpu_architecture"] == "ARM64" else None,
        "image_mib": sources.images.size_mib(definition),
        "tags": json.dumps(named, sort_keys=True, ensure_ascii=False) if named else None,
    }
