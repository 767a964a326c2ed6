"""The fewest and the most instances that the policy lets a pool have."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from advisor import core
from advisor.config import FleetPolicy
from advisor.plan.fleet import Sizes, demand_of, estate, with_ports


def floored(
    hourly: Mapping[int, float], hours: Sequence[int], bins: pl.DataFrame, least: int
) -> dict[int, float]:
    """Return dollars by hour of a pool that keeps `least` instances of its cheapest type whatever runs."""
    floor = least * float(bins["usd_per_hour"].min() or 0.0)  # type: ignore[arg-type]
    return {h: usd for h in hours if (usd := max(hourly.get(h, 0.0), floor))}


def portfolio_within(
    group: str,
    view: Sizes,
    bins: pl.DataFrame,
    busiest: pl.DataFrame,
    sample: pl.DataFrame,
    weights: Mapping[int, float],
    policy: FleetPolicy,
) -> tuple[pl.DataFrame, list[float], bool] | None:
    """Return types and dollars by hour of the cheapest pool with at most the policy's most instances, and true; null
    when no instance holds the tasks, and false when the largest instances are still too many.

    Small types are given up one size after the other, until the busiest hour fits.

    Args:
        busiest: demand of the hour with the largest load.
    """
    most = policy.max_instances_per_pool
    own = bins.filter(pl.col("group") == group)
    best: tuple[pl.DataFrame, list[float], bool] | None = None
    for vcpu in own["vcpu"].unique().sort().to_list():
        left = own.filter(pl.col("vcpu") >= vcpu)
        held = estate(view, left, sample, weights)
        found = held.portfolio(group, range(len(view.tasks)), policy.max_instance_types_per_pool)
        if found is None:
            break
        chosen = left[found[0]]
        packed = core.pack_hours(
            view.frame, with_ports(chosen, view.ports), demand_of(view, busiest), min_bins=view.spread
        )
        fits = most is None or int(packed.bins["count"].sum() or 0) <= most
        best = chosen, found[1], fits
        if fits:
            break
    return best


def too_many(groups: Collection[str], today: frozenset[str], most: int) -> bool:
    """Say whether groups of bins make more pools of one architecture than `most`; those that run today may stay.

    Instances with GPUs count by themselves: nothing else may share them.
    """
    pools: dict[str, int] = {}
    for group in groups:
        kind = group.split("/", 2)[2]
        pools[kind] = pools.get(kind, 0) + 1
    return max(pools.values(), default=0) > most and not today.issuperset(groups)
