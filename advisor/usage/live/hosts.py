"""Container instances: what they are, how they are bought, and the table of today's EC2 capacity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from advisor.aws.batches import batched
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.pages import items
from advisor.schema import INSTANCES, conform
from advisor.terms import CapacityOption
from advisor.units import SECONDS_PER_HOUR
from advisor.usage.live.clusters import Cluster

MOST_VALUES = 200
"""So many values a filter of the EC2 API takes."""
ARCHITECTURES = {"x86_64": "X86_64", "arm64": "ARM64"}


@dataclass(frozen=True)
class Host:
    """One container instance.

    Attributes:
        provider: name of its capacity provider, null where it joined by itself.
        managed: ECS looks after it (Managed Instances).
        capacity_option: null where EC2 was not to be asked.
    """

    instance_type: str | None
    availability_zone: str | None
    operating_system: str | None
    cpu_architecture: str | None
    capacity_option: str | None
    provider: str | None
    managed: bool


def read_hosts(caller: Caller, ledger: Ledger, clusters: Sequence[Cluster]) -> dict[str, list[Host]]:
    """Return cluster ARN → its EC2 instances; servers of one's own (ECS Anywhere) are none."""
    ids = sorted({i for c in clusters for h in c.hosts if (i := _instance_id(h))})
    bought: dict[str, str] = {}
    if ids:
        with ledger.reading(caller, "ec2"):
            bought = _bought(caller, ids)
    return {c.arn: [_host(h, c.providers, bought) for h in c.hosts if _instance_id(h)] for c in clusters}


def same(values: Iterable[str | None]) -> str | None:
    """Return what all have in common; null where they differ, or nobody says."""
    found = {v for v in values if v is not None}
    return found.pop() if len(found) == 1 else None


def instances_table(
    caller: Caller, clusters: Sequence[Cluster], hosts: Mapping[str, Sequence[Host]], hour: datetime
) -> pl.DataFrame:
    """Return the instances of now as `schema.INSTANCES` of one hour; those that ECS looks after are left out.

    Args:
        hour: the last whole hour with usage, to which they are ascribed.
    """
    counts = Counter(
        (c.name, h.instance_type, h.capacity_option, h.availability_zone, h.operating_system)
        for c in clusters
        for h in hosts[c.arn]
        if h.instance_type and not h.managed
    )
    names = ("cluster", "instance_type", "capacity_option", "availability_zone", "operating_system")
    rows = [
        {
            **dict(zip(names, key, strict=True)),
            "account_id": caller.account_id,
            "region": caller.region,
            "start": hour,
            "interval_s": SECONDS_PER_HOUR,
            "count": float(count),
        }
        for key, count in counts.items()
    ]
    return conform(pl.DataFrame(rows, infer_schema_length=None), INSTANCES)


def _instance_id(described: Mapping[str, Any]) -> str | None:
    found = str(described.get("ec2InstanceId") or "")
    return found if found.startswith("i-") else None


def _bought(caller: Caller, ids: Sequence[str]) -> dict[str, str]:
    found = {}
    for batch in batched(ids, MOST_VALUES):
        # a filter passes over instances that are gone; asked for by id, one of them would fail all
        wanted = [{"Name": "instance-id", "Values": list(batch)}]
        for reservation in items(caller, "ec2:DescribeInstances", "Reservations", Filters=wanted):
            for instance in reservation["Instances"]:
                spot = instance.get("InstanceLifecycle") == "spot"
                found[instance["InstanceId"]] = CapacityOption.SPOT if spot else CapacityOption.ON_DEMAND
    return {i: str(option) for i, option in found.items()}


def _host(
    described: Mapping[str, Any], providers: Mapping[str, Mapping[str, Any]], bought: Mapping[str, str]
) -> Host:
    said = {a["name"]: a.get("value") for a in described.get("attributes") or ()}
    system = said.get("ecs.os-type")
    provider = described.get("capacityProviderName")
    return Host(
        instance_type=said.get("ecs.instance-type"),
        availability_zone=said.get("ecs.availability-zone"),
        operating_system=system.upper() if system else None,
        cpu_architecture=ARCHITECTURES.get(said.get("ecs.cpu-architecture") or ""),
        capacity_option=bought.get(str(described["ec2InstanceId"])),
        provider=provider,
        managed="managedInstancesProvider" in providers.get(provider or "", {}),
    )
