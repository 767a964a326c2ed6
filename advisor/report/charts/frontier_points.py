"""The ways in which a whole fleet could be run, as points: what each costs, what it takes to run, what Spot may stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor.model import Plan
from advisor.report.list_prices import on_demand_usd
from advisor.terms import CapacityOption, LaunchType
from advisor.units import DASH

Way = Mapping[str, Any]


@dataclass(frozen=True)
class Point:
    """One way to run the fleet.

    Attributes:
        monthly_cost_usd: a month; at on-demand prices but for `today` and `plan`.
        pools: groups of instances that somebody keeps up: cluster by launch type, purchase and architecture. Fargate has none.
        spot_share: part of the vCPU-hours that two minutes' notice may stop.
        says: what is meant, in a sentence.
        best: no other point costs less, has fewer pools and less Spot at once.
    """

    key: str
    name: str
    monthly_cost_usd: float
    pools: int
    spot_share: float
    says: str
    best: bool = False


FLEETS: tuple[tuple[str, str, Callable[[Way], bool]], ...] = (
    ("fargate", "Fargate, no Spot", lambda w: w["launch_type"] == LaunchType.FARGATE and not _spot(w)),
    ("fargate-spot", "Fargate and Fargate Spot", lambda w: w["launch_type"] == LaunchType.FARGATE),
    ("ec2", "EC2, no Spot", lambda w: w["launch_type"] == LaunchType.EC2 and not _spot(w)),
    ("ec2-spot", "EC2 and EC2 Spot", lambda w: w["launch_type"] == LaunchType.EC2),
    ("managed", "Managed Instances, no Spot", lambda w: w["launch_type"] == LaunchType.MANAGED_INSTANCES and not _spot(w)),
    ("no-spot", "cheapest of all, no Spot", lambda w: not _spot(w)),
    ("cheapest", "cheapest of all", lambda w: True),
)  # fmt: skip
"""Whole fleets of one kind: every workload takes the cheapest of its ways that fits."""


def points(plan: Plan) -> tuple[Point, ...]:
    """Return today, the plan and whole fleets of one kind.

    Costs of whole fleets come from the plan's outcomes: every workload takes its cheapest way of the kind at on-demand
    prices; who has none stays where the plan puts it. On instances that is the workload's share of full ones, so a real
    fleet would cost more.
    """
    weights = vcpu_seconds(plan)
    places = {w["workload_id"]: w for w in plan.workloads.iter_rows(named=True)}
    ways: dict[str, list[Way]] = {}
    plain = plan.outcomes.filter(
        pl.col("commitment").is_null() & pl.col("eligible") & pl.col("monthly_cost_usd").is_not_null()
    )
    for way in plain.iter_rows(named=True):
        ways.setdefault(way["workload_id"], []).append(way)
    ids = [p.workload_id for p in plan.placements]
    chosen = {p.workload_id: _placed(p) for p in plan.placements}
    bare = on_demand_usd(plan)
    now = {w: places[w] for w in ids}
    found = [
        Point(
            "today",
            "today",
            plan.baseline_monthly_cost_usd,
            _pools(now.items(), places),
            _spot_share(now, weights),
            "As everything runs now, with the commitments that are owned.",
        ),
        Point(
            "plan",
            "the plan",
            plan.monthly_cost_usd,
            len(plan.pools),
            _spot_share(chosen, weights),
            "As advised, in whole instances, with what is owned and what the plan commits to.",
        ),
        Point(
            "bare",
            "the plan at on-demand prices",
            sum(bare.values()),
            len(plan.pools),
            _spot_share(chosen, weights),
            "As advised, in whole instances, without any commitment: to be held against the fleets below.",
        ),
    ]
    for key, name, fits in FLEETS:
        taken: dict[str, Way] = {}
        cost, can = 0.0, 0
        for w in ids:
            mine = [way for way in ways.get(w, []) if fits(way)]
            best = min(mine, key=lambda way: (_usd(way, bare[w]), way["option"]), default=None)
            taken[w] = best or chosen[w]
            cost += bare[w] if best is None else _usd(best, bare[w])
            can += best is not None
        if can:
            stay = f"; the other {len(ids) - can} stay as in the plan" if can < len(ids) else ""
            says = f"Each of {can} of {len(ids)} workloads its cheapest way of this kind, at on-demand prices{stay}."
            found.append(
                Point(key, name, cost, _pools(taken.items(), places), _spot_share(taken, weights), says)
            )
    return _marked(found)


def _marked(found: list[Point]) -> tuple[Point, ...]:
    def beats(a: Point, b: Point) -> bool:
        one = (round(a.monthly_cost_usd, 2), a.pools, round(a.spot_share, 4))
        other = (round(b.monthly_cost_usd, 2), b.pools, round(b.spot_share, 4))
        return one != other and all(x <= y for x, y in zip(one, other, strict=True))

    return tuple(
        Point(p.key, p.name, p.monthly_cost_usd, p.pools, p.spot_share, p.says, not any(beats(q, p) for q in found))
        for p in found
    )  # fmt: skip


def _spot(way: Way) -> bool:
    return bool(way["capacity_option"] == CapacityOption.SPOT)


def _placed(place: Any) -> Way:
    return {
        "launch_type": place.launch_type,
        "capacity_option": place.capacity_option,
        "cpu_architecture": place.cpu_architecture,
        "monthly_cost_usd": place.monthly_cost_usd,
    }


def _usd(way: Way, chosen_usd: float) -> float:
    """Return a way's cost at on-demand prices: the chosen one shows what it is billed instead."""
    return chosen_usd if way["chosen"] else float(way["monthly_cost_usd"])


def vcpu_seconds(plan: Plan) -> dict[str, float]:
    """Return workload → vCPU-seconds of its tasks as planned, over the window: what shares are weighed by."""
    ids = plan.profiles.select("workload", "workload_id")
    ran = dict(
        plan.usage_hourly.group_by("workload")
        .agg(pl.col("task_seconds").sum())
        .join(ids, on="workload")
        .select("workload_id", "task_seconds")
        .iter_rows()
    )
    return {p.workload_id: p.task_vcpu * ran.get(p.workload_id, 0) for p in plan.placements}


def _spot_share(taken: Mapping[str, Way], weights: Mapping[str, float]) -> float:
    whole = sum(weights[w] for w in taken)
    return sum(weights[w] for w, way in taken.items() if _spot(way)) / whole if whole else 0.0


def spot_share(plan: Plan) -> float:
    """Return the part of the plan's vCPU-hours that runs on Spot."""
    return _spot_share({p.workload_id: _placed(p) for p in plan.placements}, vcpu_seconds(plan))


def _pools(taken: Iterable[tuple[str, Way]], places: Mapping[str, Way]) -> int:
    keys = ("account_id", "region", "cluster")
    return len(
        {
            (*(places[w][k] for k in keys), way["launch_type"], _spot(way), way["cpu_architecture"])
            for w, way in taken
            if way["launch_type"] not in (None, LaunchType.FARGATE, DASH)
        }
    )
