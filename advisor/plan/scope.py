"""Usage and profiles as the policy asks for them to be planned: some regions only, demand grown or fallen.

Demand grows before anything is placed, so that plan, bound and today's way are all for the same, grown demand.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from difflib import get_close_matches

import polars as pl

from advisor.config import Config, Pin, PlanPolicy
from advisor.errors import InputError
from advisor.model import Profiles, Usage
from advisor.plan.growth import grown, turns_of
from advisor.plan.memory import Memory
from advisor.units import format_share

GLOB = frozenset("*?[")


def reads(config: Config) -> Hashable:
    """Return the settings that what is planned rests on: two policies that agree in them plan the same demand."""
    return config.profile, config.prices, config.plan.demand_growth_share, config.plan.regions


def scoped(
    usage: Usage, profiles: Profiles, config: Config, memory: Memory | None = None
) -> tuple[Usage, Profiles]:
    """Return usage and profiles as they are to be planned. Workloads keep their rows and the usage its digest.

    Of other regions, today's instances, owned commitments and lines of the bill go; `propose` refuses their workloads.
    Where demand grows or falls, today's instances do so in step, and the bill is left aside: it is of the demand that was.

    Args:
        memory: of one usage, for what every growth of it has in common.

    Raises:
        InputError: a region or a workload that the policy names is not there.
    """
    policy = config.plan
    refuse_unknown(usage, policy)
    if policy.regions:
        usage = replace(
            usage,
            instances=_here(usage.instances, policy.regions),
            commitments=_here(usage.commitments, policy.regions),
            bill=None if usage.bill is None else _here(usage.bill, policy.regions),
        )
    if not policy.demand_growth_share:
        return usage, profiles
    if usage.bill is not None:
        note = "the bill is not compared with today's cost: it is of the demand that was measured"
        usage = replace(usage, bill=None, notes=(*usage.notes, note))
    instances = usage.instances.with_columns(pl.col("count") * (1.0 + policy.demand_growth_share))
    key = ("turns", config.profile.window_days, config.prices)
    turns = (memory or Memory()).recall(key, lambda: turns_of(usage, profiles.observed))
    return replace(usage, instances=instances), grown(usage, profiles, policy.demand_growth_share, turns)


def scope_words(policy: PlanPolicy) -> tuple[str, ...]:
    """Return what of this a printed plan rests on."""
    share, regions = policy.demand_growth_share, ", ".join(policy.regions)
    way = "more" if share > 0 else "less"
    grown = f"demand is {format_share(abs(share), 1).replace('.0%', '%')} {way} than measured, today's way with it"
    return (*((grown,) if share else ()), *((f"only region {regions}",) if regions else ()))


def _here(frame: pl.DataFrame, regions: tuple[str, ...]) -> pl.DataFrame:
    return frame.filter(pl.col("region").is_null() | pl.col("region").is_in(list(regions)))


def refuse_unknown(usage: Usage, policy: PlanPolicy) -> None:
    """Say which region or workload that is named is not there: an order that reaches nobody must not pass in silence.

    Raises:
        InputError: there is one.
    """
    there = sorted(set(usage.workloads["region"].drop_nulls().to_list()))
    for region in policy.regions:
        if region not in there:
            hint = f"the input has {', '.join(there)}" if there else "use --assume region=us-east-1"
            raise InputError(f"plan.regions: no workload is in {region}", hint=hint)
    lost = [pin for pin in policy.pins if not GLOB & set(pin.match)]
    if lost:
        _named(lost, usage.workloads["workload_id"].to_list())


def _named(pins: list[Pin], ids: list[str]) -> None:
    for pin in pins:
        if pin.match not in ids:
            close = get_close_matches(pin.match, ids, n=1)
            hint = f"did you mean {close[0]}?" if close else "workload_id is the name; * and ? stand for more"
            raise InputError(f"plan.pins: there is no workload {pin.match}", hint=hint)
