"""What a pool's instances hold in one hour: alike instances together, fullest kind of task first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from advisor.model import Plan
from advisor.report.charts.lines import short

NAMED = 7
"""Workloads that have a colour of their own; the rest are taken together."""
OTHERS = "others"


@dataclass(frozen=True)
class Packing:
    """A pool's instances in one hour.

    Attributes:
        groups: instances that hold the same: `at, count, instance_type, tasks` with (workload, tasks, vCPU share, memory
            share) of each workload, largest first.
        named: the workloads with a colour of their own, most vCPU first.
        homeless: tasks that found no room when put one by one.
    """

    hour_start: datetime
    groups: tuple[dict[str, Any], ...]
    named: tuple[str, ...]
    packed: bool
    homeless: int


def packing(plan: Plan, pool_id: str, moment: str) -> Packing:
    """Return a pool's instances in its typical or busiest hour."""
    assert plan.hosts is not None
    mine = plan.hosts.filter((pl.col("pool_id") == pool_id) & (pl.col("moment") == moment))
    use = (
        mine.drop_nulls("workload_id")
        .with_columns((pl.col("tasks") * pl.col("task_vcpu")).alias("vcpu"))
        .group_by("workload_id")
        .agg(pl.col("vcpu").sum())
        .sort(["vcpu", "workload_id"], descending=[True, False])
    )
    named = tuple(use["workload_id"].to_list()[:NAMED])
    by_host: dict[int, tuple[str, list[tuple[str, int, float, float]]]] = {}
    for r in mine.drop_nulls("host").sort("host", "workload_id").iter_rows(named=True):
        held = by_host.setdefault(r["host"], (r["instance_type"], []))[1]
        if r["workload_id"] is not None:
            held.append(
                (
                    r["workload_id"],
                    r["tasks"],
                    r["tasks"] * r["task_vcpu"] / r["host_vcpu"],
                    r["tasks"] * r["task_memory_mib"] / r["host_memory_mib"],
                )
            )
    alike: dict[tuple[Any, ...], int] = {}
    for name, held in by_host.values():
        key = (name, tuple(sorted(held, key=lambda h: (_place(h[0], named), h[0]))))
        alike[key] = alike.get(key, 0) + 1
    order = sorted(alike, key=lambda k: (k[0], -alike[k], -sum(h[2] for h in k[1]), str(k[1])))
    groups = tuple({"count": alike[k], "instance_type": k[0], "tasks": k[1]} for k in order)
    hour = int(mine["hour"][0]) if len(mine) else 0
    lost = mine.filter(pl.col("host").is_null())["tasks"].sum()
    return Packing(
        datetime.fromisoformat(plan.window_start) + timedelta(hours=hour),
        groups,
        named,
        bool(mine["packed"].all()),
        int(lost or 0),
    )


def _place(workload: str, named: tuple[str, ...]) -> int:
    return named.index(workload) if workload in named else len(named)


def segments(found: Packing) -> list[dict[str, Any]]:
    """Return one row per group, resource and workload: from where to where it fills the instance."""
    rows = []
    for at, group in enumerate(found.groups):
        for part, resource in ((2, "vCPU"), (3, "memory")):
            end = 0.0
            for held in group["tasks"]:
                begin, end = end, end + held[part]
                rows.append(
                    {
                        "at": at,
                        "resource": resource,
                        "from": begin,
                        "to": end,
                        "share": held[part],
                        "workload": short(held[0], 60),
                        "color": _color(held[0], found.named),
                        "tasks": held[1],
                    }
                )
    return rows


def _color(workload: str, named: tuple[str, ...]) -> str:
    return short(workload) if workload in named else OTHERS
