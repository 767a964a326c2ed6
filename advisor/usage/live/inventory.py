"""What runs in an account and region: rows of the workloads table, and today's instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.pages import items
from advisor.usage.live.clusters import Cluster, read_clusters
from advisor.usage.live.definitions import Definitions
from advisor.usage.live.families import family_rows
from advisor.usage.live.hosts import instances_table, read_hosts
from advisor.usage.live.images import Images
from advisor.usage.live.rows import Found, Sources
from advisor.usage.live.scaling import cpu_targets, read_limits
from advisor.usage.live.schedules import read_starts
from advisor.usage.live.services import service_rows


@dataclass(frozen=True)
class Inventory:
    """What runs in one account and region.

    Attributes:
        caller: whom its metrics are to be asked of.
        clusters: in order.
        sources: what rows of workloads are made from.
        workloads: sorted by cluster and name.
        instances: `schema.INSTANCES`.
        notes: what was decided or left out, in words.
    """

    caller: Caller
    clusters: tuple[Cluster, ...]
    sources: Sources
    workloads: tuple[Found, ...]
    instances: pl.DataFrame
    notes: tuple[str, ...]


def read_inventory(caller: Caller, ledger: Ledger, hour: datetime) -> Inventory:
    """Return what runs; what is refused is in the ledger and missing here.

    Args:
        hour: the last whole hour with usage, to which today's instances are ascribed.
    """
    clusters = read_clusters(caller, ledger)
    hosts = read_hosts(caller, ledger, clusters)
    notes: list[str] = []
    limits: Mapping[str, tuple[int, int]] = {}
    if any(c.services for c in clusters):
        limits = read_limits(caller, ledger)
        notes.extend(cpu_targets(caller, ledger) if limits else ())
    sources = Sources(caller, Definitions(caller, ledger), Images(caller, ledger), hosts, limits, notes)
    planned = read_starts(caller, ledger) if clusters else []
    arns = {c.arn for c in clusters}
    lost = sum(s.cluster_arn not in arns for s in planned)
    if lost:
        notes.append(
            f"{caller.account_id} {caller.region}: {lost} schedules aim at clusters that are not there"
        )
    found = [
        w
        for c in clusters
        for w in (
            *service_rows(c, sources),
            *family_rows(c, [s for s in planned if s.cluster_arn == c.arn], sources),
        )
    ]
    if any(hosts.values()):
        notes.extend(_trunking(caller, ledger))
    return Inventory(
        caller,
        tuple(clusters),
        sources,
        tuple(sorted(found, key=lambda w: (w.row["cluster"], w.row["name"]))),
        instances_table(caller, clusters, hosts, hour),
        tuple(notes),
    )


def _trunking(caller: Caller, ledger: Ledger) -> Iterator[str]:
    with ledger.reading(caller, "ecs"):
        for setting in items(
            caller, "ecs:ListAccountSettings", "settings", name="awsvpcTrunking", effectiveSettings=True
        ):
            if setting.get("value") != "enabled":
                yield (
                    f"{caller.account_id} {caller.region}: awsvpcTrunking is off; set fleet.awsvpc_trunking=false, or switch "
                    "it on: instances then hold more tasks"
                )
