"""Four rules of thumb held against the plan: where they hold, and what following them would cost where they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from advisor.config import Config
from advisor.model import FolkRule, Placement, Pool
from advisor.plan.people import share
from advisor.terms import LaunchType, WorkloadClass
from advisor.units import format_usd

PERIOD_COUNTS = 0.5
"""Autocorrelation from which a bursty workload is called periodic."""


def folk_rules(
    placed: Sequence[Placement],
    pools: Sequence[Pool],
    outcomes: pl.DataFrame,
    profiles: Mapping[str, Mapping[str, Any]],
    mean_vcpu: Mapping[str, float],
    config: Config,
) -> tuple[FolkRule, ...]:
    """Return the verdict on each rule; a workload counts where the rule speaks of it and both sides have a price.

    Args:
        mean_vcpu: reserved vCPU of each workload, mean over the window.
    """
    best = _best(outcomes)
    large = {p.workload_id for p in placed if mean_vcpu[p.workload_id] >= config.folk.large_vcpu}
    small = {p.workload_id for p in placed if mean_vcpu[p.workload_id] <= config.folk.small_vcpu}
    by_class = {w: f["workload_class"] for w, f in profiles.items()}
    burst = {w for w, c in by_class.items() if c == WorkloadClass.BURST}
    batch = {w for w, c in by_class.items() if c == WorkloadClass.BATCH}
    # a service that always runs has its days and nights too: a rhythm makes only bursts periodic work
    periodic = {w for w in burst if (profiles[w]["period_strength"] or 0.0) >= PERIOD_COUNTS}
    labour = _labour(pools, config)
    on_fargate, on_instances = (
        (lambda p: p.launch_type == LaunchType.FARGATE),
        (lambda p: p.launch_type != LaunchType.FARGATE),
    )
    big = f"large ({config.folk.large_vcpu:g} vCPU or more on average)"
    little = f"small ({config.folk.small_vcpu:g} vCPU or less on average)"
    rate = f"an hour of people's time at {format_usd(config.folk.overhead_usd_per_hour)}"
    return (
        _rule(f"{big} and price-conscious → EC2", placed, large, on_instances, "instances", best, {}),
        _rule(
            f"{big} and overhead-conscious ({rate}) → Fargate",
            placed,
            large,
            on_fargate,
            "fargate",
            best,
            labour,
        ),
        _rule(f"{little} or bursty → Fargate", placed, small | burst, on_fargate, "fargate", best, {}),
        _rule(
            "batch, or bursts with a period → Fargate",
            placed,
            batch | periodic,
            on_fargate,
            "fargate",
            best,
            {},
        ),
    )


def _best(outcomes: pl.DataFrame) -> dict[tuple[str, str], float]:
    """Return (workload, side) → cheapest uncommitted monthly dollars of the side."""
    side = (
        pl.when(pl.col("launch_type") == LaunchType.FARGATE.value)
        .then(pl.lit("fargate"))
        .otherwise(pl.lit("instances"))
    )
    rows = (
        outcomes.filter(pl.col("monthly_cost_usd").is_not_null() & pl.col("commitment").is_null())
        .group_by("workload_id", side.alias("side"))
        .agg(pl.col("monthly_cost_usd").min())
        .sort("workload_id", "side")
    )
    return {(w, s): c for w, s, c in rows.iter_rows()}


def _labour(pools: Sequence[Pool], config: Config) -> dict[str, float]:
    """Return each workload's share of the monthly labour on its pool, at the folk rate."""
    operations = config.operations
    found = {}
    for pool in pools:
        hours = operations.hours_per_pool_month + operations.hours_per_instance_month * pool.mean_instances
        for workload_id in pool.workload_ids:
            found[workload_id] = (
                hours
                * share(pool.launch_type, operations)
                * config.folk.overhead_usd_per_hour
                / len(pool.workload_ids)
            )
    return found


def _rule(
    rule: str,
    placed: Sequence[Placement],
    speaks_of: set[str],
    obeyed: Callable[[Placement], bool],
    side: str,
    best: Mapping[tuple[str, str], float],
    labour: Mapping[str, float],
) -> FolkRule:
    holds = 0
    examples: list[dict[str, Any]] = []
    for place in placed:
        wanted = best.get((place.workload_id, side))
        if place.workload_id not in speaks_of or wanted is None:
            continue
        premium = wanted - place.monthly_cost_usd - labour.get(place.workload_id, 0.0)
        if obeyed(place) or premium <= 0:
            holds += 1
        else:
            examples.append(
                {
                    "workload_id": place.workload_id,
                    "monthly_cost_usd": place.monthly_cost_usd,
                    "rule_monthly_cost_usd": wanted,
                    "costs_more_usd": premium,
                }
            )
    examples.sort(key=lambda e: (-e["costs_more_usd"], e["workload_id"]))
    return FolkRule(rule, holds, len(examples), tuple(examples))
