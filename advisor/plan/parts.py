"""Services of which Spot may take a part only: planned as two, what stays on On-Demand and what may leave.

A capacity provider strategy puts `base` tasks on one provider and splits the rest by weight, on providers of one launch
type (ecs-semantics C.1). What the strategy leaves on On-Demand keeps the service's name; what Spot may take is named
after it with `SPOT_PART`. The two go to one launch type and architecture. The proof lets them go apart, which costs no
plan its bound: it only allows more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import gcd

import polars as pl

from advisor.config import Config, SpotPolicy
from advisor.errors import InputError
from advisor.model import Profiles, Usage
from advisor.plan.memory import Memory
from advisor.plan.pairs import Paired
from advisor.plan.tasks import Parts, Task, tasks
from advisor.terms import SPOT_PART, WorkloadKind

WEIGHT_PARTS = 100
"""Shares are told to a hundredth: capacity providers' weights are whole numbers up to 1,000."""


def in_parts(usage: Usage, profiles: Profiles, config: Config) -> tuple[Usage, Profiles, Parts]:
    """Return usage and profiles with services split that a policy keeps partly off Spot; as they are where none is.

    The parts are new rows at the end of the tables.

    Raises:
        InputError: a workload already has the name of a part.
    """
    if not is_capped(config.spot):
        return usage, profiles, Parts()
    split = [t for t in tasks(usage.workloads, profiles, config) if _may_be_split(t)]
    rows = pl.Series([t.workload for t in split], dtype=pl.UInt32)
    demand = _spot_tasks(profiles.demand, rows, config.spot)
    kept = demand.group_by("workload").agg(pl.col("spot").max() > 0).filter("spot")["workload"].sort()
    first = len(usage.workloads)
    partner = {w: first + i for i, w in enumerate(kept)}
    now = _spot_tasks(profiles.observed, kept, config.spot)
    at = kept.implode()
    twins = usage.workloads.with_row_index("_row").filter(pl.col("_row").is_in(at)).drop("_row")
    twins = twins.with_columns(pl.col("workload_id") + SPOT_PART)
    both = set(usage.workloads["workload_id"]) & set(twins["workload_id"])
    if both:
        raise InputError(
            f"{min(both)} is named like the part of a service that may be Spot",
            hint="give it another workload_id, or leave spot.max_share and spot.base_tasks at their defaults",
        )
    shares = _shares(demand)
    table = profiles.table.with_columns(_scaled(1.0 - _share_of(shares)))
    parts = profiles.table.filter(pl.col("workload").is_in(at)).with_columns(
        *_scaled(_share_of(shares)),
        (pl.col("workload_id") + SPOT_PART).alias("workload_id"),
        pl.col("workload").replace_strict(partner, return_dtype=pl.UInt32).alias("workload"),
    )
    note = (
        f"{len(partner)} services are planned in two parts, what stays on On-Demand and what may be Spot ({SPOT_PART}): "
        f"spot.base_tasks={config.spot.base_tasks}, spot.max_share={config.spot.max_share:g}"
    )
    return (
        replace(
            usage,
            workloads=pl.concat([usage.workloads, twins]),
            notes=(*usage.notes, *([note] if partner else [])),
        ),
        replace(
            profiles,
            table=pl.concat([table, parts]),
            demand=_divided(profiles.demand, demand, partner),
            observed=_divided(profiles.observed, now, partner),
        ),
        Parts(frozenset(t.workload for t in split), {v: k for k, v in partner.items()}),
    )


def in_parts_once(
    usage: Usage, profiles: Profiles, memory: Memory, config: Config
) -> tuple[Usage, Profiles, Parts, Memory]:
    """Return what `in_parts` does, worked out once for a policy, and the memory of questions about these parts."""
    if not is_capped(config.spot):
        return usage, profiles, Parts(), memory
    key = ("parts", repr((config.spot, config.plan)))
    return memory.recall(key, lambda: (*in_parts(usage, profiles, config), Memory(memory.lasting)))


def is_capped(policy: SpotPolicy) -> bool:
    """Return whether a policy keeps a part of services off Spot."""
    return policy.allowed and (policy.max_share < 1.0 or policy.base_tasks > 0)


def whole_services(demand: pl.DataFrame, cells: Sequence[Paired]) -> pl.DataFrame:
    """Return the demand of services with what Spot may take of them put back."""
    home = {t.workload: t.spot_part_of for c in cells for t in c.tasks if t.spot_part_of is not None}
    if not home:
        return demand
    sums = [c for c in demand.columns if c not in ("workload", "hour_start")]
    return (
        demand.with_columns(pl.col("workload").replace(home))
        .group_by("workload", "hour_start")
        .agg(pl.col(c).sum() for c in sums)
        .select(demand.columns)
        .sort("workload", "hour_start")
    )


def shares_now(demand: pl.DataFrame, cells: Sequence[Paired]) -> dict[int, Fraction]:
    """Return part of a service → what it is of the service's task-seconds; the two make one."""
    pairs = {t.workload: t.beside for c in cells for t in c.tasks if t.beside is not None}
    if not pairs:
        return {}
    sums = demand.group_by("workload").agg(pl.col("task_seconds").sum())
    seconds = {w: s for w, s in sums.iter_rows() if w in pairs}
    wholes = {w: seconds.get(w, 0) + seconds.get(other, 0) for w, other in pairs.items()}
    return {w: Fraction(seconds.get(w, 0), wholes[w]) if wholes[w] else Fraction(1, 2) for w in pairs}


def strategy(policy: SpotPolicy, on_demand: str, spot: str) -> str:
    """Return the capacity provider strategy of a service in two parts, in AWS's words."""
    most = round(Fraction(policy.max_share) * WEIGHT_PARTS)
    common = gcd(most, WEIGHT_PARTS - most) or 1
    return (
        f"{on_demand} (base {policy.base_tasks}, weight {(WEIGHT_PARTS - most) // common}) and "
        f"{spot} (base 0, weight {most // common})"
    )


def _may_be_split(task: Task) -> bool:
    return (
        task.kind is WorkloadKind.SERVICE
        and task.interruptible
        and task.costable
        and not task.fixed
        and (task.pin is None or task.pin.capacity_option is None)
    )


def _spot_tasks(demand: pl.DataFrame, rows: pl.Series, policy: SpotPolicy) -> pl.DataFrame:
    """Return the demand of services with `spot`, how many tasks of an hour Spot may take, rounded down."""
    share = round(Fraction(policy.max_share) * WEIGHT_PARTS)
    above = pl.max_horizontal(pl.col("tasks_peak") - policy.base_tasks, 0)
    return demand.filter(pl.col("workload").is_in(rows.implode())).with_columns(
        (above * share // WEIGHT_PARTS).alias("spot")
    )


def _divided(demand: pl.DataFrame, found: pl.DataFrame, partner: Mapping[int, int]) -> pl.DataFrame:
    """Return the demand with the parts in it: every second of an hour is in one of the two."""
    names = demand.columns
    taken = found.filter(pl.col("workload").is_in(pl.Series(list(partner), dtype=pl.UInt32).implode()))
    peak = pl.max_horizontal("tasks_peak", 1)
    spot = taken.with_columns(
        pl.col("spot").alias("tasks_peak"),
        *((pl.col(c) * pl.col("spot") // peak).alias(c) for c in ("task_seconds", "billed_seconds")),
    ).select(names)
    twins = spot.with_columns(pl.col("workload").replace_strict(partner, return_dtype=pl.UInt32))
    less = demand.join(spot, on=["workload", "hour_start"], how="left", suffix="_spot").with_columns(
        (pl.col(c) - pl.col(f"{c}_spot").fill_null(0)).alias(c)
        for c in ("tasks_peak", "task_seconds", "billed_seconds")
    )
    return pl.concat([less.select(names), twins]).sort("workload", "hour_start")


def _shares(found: pl.DataFrame) -> dict[int, float]:
    """Return service → the part of its task-hours that Spot may take."""
    weighed = found.with_columns(
        (pl.col("task_seconds") * pl.col("spot") / pl.max_horizontal("tasks_peak", 1)).alias("taken")
    )
    sums = (
        weighed.group_by("workload").agg(pl.col("taken").sum(), pl.col("task_seconds").sum()).sort("workload")
    )
    return {w: taken / seconds if seconds else 0.0 for w, taken, seconds in sums.iter_rows()}


def _share_of(shares: Mapping[int, float]) -> pl.Expr:
    return pl.col("workload").replace_strict(shares, default=0.0, return_dtype=pl.Float64)


def _scaled(share: pl.Expr) -> list[pl.Expr]:
    return [(pl.col(c) * share).alias(c) for c in ("tasks_mean", "tasks_max")]
