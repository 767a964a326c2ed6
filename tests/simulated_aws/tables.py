"""The same fleet as the tables that `advisor recommend FOLDER` reads: from the same truth, past everything that AWS says.

Nothing here goes through `services/`: a fault of theirs must not cancel out.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from simulated_aws.estate import Cluster, Estate, Family, Service
from simulated_aws.services.money import hour_lines, usd

MINUTE_S = 60


def write_tables(
    estate: Estate, folder: Path, start: datetime, end: datetime, bill_days: tuple[date, date] | None = None
) -> None:
    """Write workloads, usage, instances, commitments and, where its days are given, the bill by the hour.

    Args:
        start, end: of the usage, whole hours.
        bill_days: the first day of the bill, and the first that is not in it.
    """
    _write(folder / "workloads.csv", _workloads(estate))
    _write(folder / "usage.csv", _usage(estate, start, end))
    _write(folder / "instances.csv", _instances(estate, end - timedelta(hours=1)))
    _write(folder / "commitments.csv", _commitments(estate))
    if bill_days:
        _write(folder / "bill.csv", _bill(estate, *bill_days))


def _things(estate: Estate) -> Iterator[tuple[Cluster, Service | Family]]:
    for cluster in estate.clusters:
        for thing in (*cluster.services, *cluster.families):
            yield cluster, thing


def _id(thing: Service | Family) -> str:
    return thing.name


def _workloads(estate: Estate) -> Iterator[dict[str, Any]]:
    for cluster, thing in _things(estate):
        fargate = thing.launch != "EC2"
        row = {
            "workload_id": _id(thing),
            "account_id": cluster.account_id,
            "region": cluster.region,
            "cluster": cluster.name,
            "name": thing.name,
            "kind": "SERVICE" if isinstance(thing, Service) else "SCHEDULED",
            "launch_type": "FARGATE" if fargate else "EC2",
            "capacity_option": "SPOT" if thing.launch == "FARGATE_SPOT" else "ON_DEMAND",
            "cpu_architecture": "X86_64",
            "operating_system": "LINUX",
            "task_vcpu": thing.cpu_units / 1024,
            "task_memory_mib": thing.memory_mib,
            "gpus": 0,
            "network_mode": "awsvpc" if fargate else "bridge",
            "privileged": "false",
        }
        if isinstance(thing, Service):
            row |= {
                "cpu_architecture": thing.architecture,
                "arm_ready": "true" if thing.architecture == "ARM64" else "",
                "assign_public_ip": str(thing.public_ip).lower() if fargate else "",
                "image_mib": thing.image_mib or "",
                "tags": json.dumps(dict(thing.tags)) if thing.tags else "",
            }
            if thing.most > thing.fewest:
                row |= {"min_tasks": thing.fewest, "max_tasks": thing.most}
        yield row


def _usage(estate: Estate, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    minutes = range(int(start.timestamp()) // MINUTE_S, int(end.timestamp()) // MINUTE_S)
    for cluster, thing in _things(estate):
        for minute in minutes:
            row = _minute(estate, cluster, thing, minute)
            if row:
                at = datetime.fromtimestamp(minute * MINUTE_S, UTC)
                yield {
                    "workload_id": _id(thing),
                    "start": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                    "interval_s": 60,
                    **row,
                }


def _minute(estate: Estate, cluster: Cluster, thing: Service | Family, minute: int) -> dict[str, Any]:
    """Return what was measured: percent where Container Insights are off, units where they are on."""
    truth = estate.truth
    if isinstance(thing, Service):
        tasks = truth.tasks(thing, minute)
        variant, at = thing.variant, minute + thing.offset_min
    elif cluster.insights:
        tasks = truth.family_tasks(thing, minute)
        variant, at = thing.variant, minute
    else:
        return {}
    if not tasks:
        return {"tasks": 0} if isinstance(thing, Family) else {}
    (cpu, cpu_max), (memory, memory_max) = truth.cpu[variant], truth.memory[variant]
    at %= len(cpu)
    row: dict[str, Any] = {"tasks": tasks}
    if not cluster.insights:
        row |= {"cpu_percent_mean": cpu[at], "cpu_percent_max": cpu_max[at]}
        return row | {"memory_percent_mean": memory[at], "memory_percent_max": memory_max[at]}
    vcpu = thing.cpu_units / 1024
    row |= {"vcpu_used_mean": cpu[at] / 100 * vcpu, "vcpu_used_max": cpu_max[at] / 100 * vcpu}
    for kind, curve in (("mean", memory), ("max", memory_max)):
        row[f"memory_used_mib_{kind}"] = curve[at] / 100 * thing.memory_mib
    return row


def _instances(estate: Estate, hour: datetime) -> Iterator[dict[str, Any]]:
    for cluster in estate.clusters:
        for group in cluster.hosts:
            yield {
                "account_id": cluster.account_id,
                "region": cluster.region,
                "cluster": cluster.name,
                "instance_type": group.instance_type,
                "capacity_option": "SPOT" if group.spot else "ON_DEMAND",
                "availability_zone": f"{cluster.region}a",
                "operating_system": "LINUX",
                "start": f"{hour:%Y-%m-%dT%H:%M:%SZ}",
                "interval_s": 3600,
                "count": group.count,
            }


def _commitments(estate: Estate) -> Iterator[dict[str, Any]]:
    for owned in estate.owned:
        yield {
            "kind": owned.kind,
            "scope": owned.scope,
            "account_id": owned.account_id,
            "region": owned.region,
            "term_years": 1,
            "payment_option": "NO_UPFRONT",
            "usd_per_hour": owned.usd_per_hour,
            "count": owned.count or "",
            "start": f"{owned.start:%Y-%m-%dT%H:%M:%SZ}",
            "end": f"{owned.end:%Y-%m-%dT%H:%M:%SZ}",
        }


def _bill(estate: Estate, first: date, end: date) -> Iterator[dict[str, Any]]:
    hours = (end - first).days * 24
    begin = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()) // 3600
    for place in dict.fromkeys((c.account_id, c.region) for c in estate.clusters):
        for hour in range(begin, begin + hours):
            for line, quantity in hour_lines(estate.truth, estate.at(*place), hour).items():
                yield {
                    "account_id": place[0],
                    "region": place[1],
                    "service": line[1],
                    "usage_type": line[0],
                    "start": f"{datetime.fromtimestamp(hour * 3600, UTC):%Y-%m-%dT%H:%M:%SZ}",
                    "interval_s": 3600,
                    "usd": usd(line, quantity),
                    "quantity": quantity,
                }


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    found = list(rows)
    if not found:
        return
    names = list(dict.fromkeys(name for row in found for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(found)
