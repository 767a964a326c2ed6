"""The plan as a noun: everything decided, billed and explained, put together."""

from __future__ import annotations

from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

import polars as pl

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.model import Plan, Pool, Profiles, Reconciliation, Rejection, Usage
from advisor.plan.baseline import baseline
from advisor.plan.buy import Bought
from advisor.plan.charges import charges
from advisor.plan.covered import covered_hours
from advisor.plan.folk import folk_rules
from advisor.plan.marginal import marginals
from advisor.plan.moments import hosts
from advisor.plan.outcomes import outcomes
from advisor.plan.parts import shares_now
from advisor.plan.people import monthly_usd
from advisor.plan.plan_pools import few_stand_ins, pool_nouns
from advisor.plan.propose import Options
from advisor.plan.recommend import Today, placements, recommendations
from advisor.plan.reconcile import Runs, reconcile
from advisor.plan.scope import scope_words
from advisor.plan.settle import Settled, settle
from advisor.plan.solution import Solution
from advisor.plan.tasks import Task
from advisor.terms import Bottleneck, LaunchType
from advisor.units import HOURS_PER_MONTH, SECONDS_PER_DAY, SECONDS_PER_HOUR


def assemble(
    usage: Usage,
    profiles: Profiles,
    options: Options,
    bought: Bought,
    catalog: Catalog,
    config: Config,
) -> Plan:
    """Return the plan, not yet audited."""
    settled = bought.settled
    solution = settled.solution
    today, estimated = baseline(solution, profiles.observed, catalog, config)
    now = settle(today, bought.owned, (), catalog, edp_share=config.prices.edp_share)
    band = config.prices.estimated_band_share
    shares = shares_now(profiles.observed, solution.cells)
    todays = {
        t.workload: _today(t, now, shares.get(t.workload, Fraction(1)), estimated, band)
        for c in solution.cells
        for t in c.tasks
    }
    rejections = (*options.rejections, *solution.refused, *_unplaced(options, solution.unplaced))
    placed_usd = {w: settled.monthly_usd(p) for w, p in settled.workload_pico.items()}
    table = outcomes(solution, bought.owned.rates, placed_usd, rejections, config)
    placed = placements(settled, todays, marginals(settled), config.prices.estimated_band_share)
    pools = pool_nouns(settled, config.spot)
    commitments = tuple(p.noun(settled.net_share) for p in bought.purchases)
    by_row = list(profiles.table.iter_rows(named=True))
    starts = solution.window.starts
    days = (starts[-1] - starts[0]).total_seconds() / SECONDS_PER_DAY + SECONDS_PER_HOUR / SECONDS_PER_DAY
    unused = settled.monthly_usd(settled.unused_pico)
    now_unused = now.monthly_usd(now.unused_pico)
    total = settled.total_usd
    operations = monthly_usd(solution.hosts(), config.operations) if config.operations.usd_per_hour else None
    net = 1.0 - config.prices.edp_share
    bound = solution.bound.usd * net * HOURS_PER_MONTH / solution.window.hours
    doubt = config.prices.estimated_band_share * sum(
        settled.monthly_usd(p) for p in settled.estimated_pico.values()
    )
    counted = total + (operations or 0.0)
    reconciled = _reconciled(now, usage, config)
    doubted = frozenset(w for r in (reconciled.residuals if reconciled else ()) for w in r.workload_ids)
    return Plan(
        name=usage.name,
        as_of=catalog.as_of,
        regions=tuple(sorted({c.key[1] for c in solution.cells})),
        lookback_days=days,
        hours=solution.window.hours,
        window_start=starts[0].isoformat(),
        window_end=starts[-1].isoformat(),
        placements=placed,
        pools=pools,
        commitments=commitments,
        recommendations=recommendations(settled, placed, commitments, by_row, config, days, doubted),
        rejections=rejections,
        folk_rules=folk_rules(
            placed, pools, table, {p["workload_id"]: p for p in by_row}, _mean_vcpu(settled), config
        ),
        monthly_cost_usd=total,
        uncommitted_monthly_cost_usd=settled.monthly_usd(bought.nothing_pico),
        baseline_monthly_cost_usd=sum(p.baseline_monthly_cost_usd for p in placed) + now_unused,
        lower_bound_monthly_usd=bound,
        gap_share=max(0.0, counted - bound) / counted if counted > 0 else 0.0,
        existing_commitments_monthly_usd=unused,
        operations_monthly_usd=operations,
        lattice_waste_monthly_usd=float(table.filter("chosen")["lattice_waste_monthly_usd"].sum() or 0.0),
        price_range_usd=(total - doubt, total + doubt),
        outcomes=table,
        profiles=profiles.table,
        workloads=usage.workloads,
        fleet_hours=pl.concat([p.fleet for p in solution.pools])
        .sort("pool_id", "hour", "instance_type")
        .select("pool_id", "hour", "instance_type", (pl.col("count_milli") / 1000).alias("count"))
        if solution.pools
        else pl.DataFrame(
            schema={"pool_id": pl.String, "hour": pl.Int32, "instance_type": pl.String, "count": pl.Float64}
        ),
        usage_hourly=solution.window.demand,
        cost_lines=settled.lines,
        baseline_lines=now.lines,
        certificate={
            **solution.bound.certificate,
            "window_usd": solution.bound.usd,
            "catalog": catalog.digest,
        },
        audit={},
        assumptions=(*usage.assumptions, *_policy(config)),
        notes=(
            *usage.notes,
            *bought.owned.notes,
            *_notes(bought, estimated, todays),
            *_crowded(pools, config),
            *few_stand_ins(pools, config.spot),
            *_unused_instances(usage, solution),
            *_idle_globs(usage, config),
        ),
        warnings=(),
        rows_read=usage.rows_read,
        rows_rejected=usage.rows_rejected,
        catalog_as_of=str(catalog.as_of),
        catalog_digest=catalog.digest,
        config_digest=config.digest(),
        inputs_digest=usage.digest,
        reconciliation=reconciled,
        hosts=hosts(solution),
        covered_hours=covered_hours(settled),
    )


def _today(task: Task, now: Settled, share: Fraction, estimated: frozenset[int], band: float) -> Today:
    """Return what a workload is today; a part of a service has its share of the service."""
    service = task.workload if task.spot_part_of is None else task.spot_part_of
    pico = now.workload_pico.get(service)
    return Today(
        None if pico is None else now.monthly_usd(pico * share),
        service in estimated,
        task.vcpu,
        task.memory_mib,
        band * now.monthly_usd(now.estimated_pico.get(service, Fraction(0)) * share),
    )


def _reconciled(now: Settled, usage: Usage, config: Config) -> Reconciliation | None:
    """Return today's cost against the bill; null without one."""
    if usage.bill is None:
        return None
    runs = [
        Runs(
            t.workload_id,
            c.key[1],
            c.key[2],
            (LaunchType.FARGATE if t.launch_type is LaunchType.FARGATE else LaunchType.EC2).value,
        )
        for c in now.solution.cells
        for t in c.tasks
    ]
    return reconcile(charges(now), usage.bill, runs, config.prices.bill_gate_share)


def _unplaced(options: Options, unplaced: dict[int, str]) -> tuple[Rejection, ...]:
    return tuple(
        Rejection(t.workload_id, "", unplaced[t.workload], Bottleneck.PRICE.value)
        for t in options.tasks
        if t.workload in unplaced
    )


def _mean_vcpu(settled: Settled) -> dict[str, float]:
    solution = settled.solution
    seconds = solution.window.task_seconds
    whole = solution.window.hours * SECONDS_PER_HOUR
    return {
        way.workload_id: seconds.get(w, 0) * way.task_vcpu / whole for w, way in solution.assignment.items()
    }


def _idle_globs(usage: Usage, config: Config) -> tuple[str, ...]:
    """Name the globs of the policy that match no workload: a typo in one must not pass in silence."""
    ids = usage.workloads["workload_id"].to_list()
    globs = {
        "plan.exclude": config.plan.exclude,
        "plan.pins": tuple(pin.match for pin in config.plan.pins),
        "profile.overrides": tuple(o.match for o in config.profile.overrides),
    }
    return tuple(
        f"{setting}: {glob!r} matches no workload"
        for setting, given in globs.items()
        for glob in given
        if not any(fnmatchcase(name, glob) for name in ids)
    )


def _policy(config: Config) -> tuple[str, ...]:
    """Return what the settings change most, in words, so that a printed plan says what it rests on."""
    said = {
        f"a private discount of {100 * config.prices.edp_share:.3g}% off every bill": config.prices.edp_share,
        "no Spot": not config.spot.allowed,
        "workloads that do not say may be interrupted": config.spot.assume_interruptible,
        f"sizes by the rule of {config.profile.preset}": config.profile.preset != "default",
        "no Savings Plans or reservations are bought": not config.commitments.allowed,
        f"left as they are: {', '.join(config.plan.exclude)}": config.plan.exclude,
        f"{len(config.plan.pins)} pins of plan.pins": config.plan.pins,
        "only " + ", ".join(config.plan.launch_types): len(config.plan.launch_types) < len(LaunchType),
    }
    return (*(words for words, counts in said.items() if counts), *scope_words(config.plan))


def _crowded(pools: tuple[Pool, ...], config: Config) -> tuple[str, ...]:
    most = config.fleet.max_instances_per_pool
    return tuple(
        f"pool {p.pool_id} needs {p.max_instances} instances in its busiest hour, fleet.max_instances_per_pool is {most}"
        for p in pools
        if most is not None and p.max_instances > most
    )


def _unused_instances(usage: Usage, solution: Solution) -> tuple[str, ...]:
    """Name clusters whose instances were given and which nothing is planned on: they are no part of today's cost."""
    planned = {(c.key[1], c.key[2]) for c in solution.cells}
    given = usage.instances.select("region", "cluster").unique().sort("region", "cluster").rows()
    idle = [
        cluster or "(none)"
        for region, cluster in given
        if not any(name == cluster and region in (None, where) for where, name in planned)
    ]
    if not idle:
        return ()
    few = ", ".join(idle[:5]) + (" …" if len(idle) > 5 else "")
    clusters = "1 cluster" if len(idle) == 1 else f"{len(idle)} clusters"
    return (f"instances of {clusters} count nowhere, no planned workload is on them: {few}",)


def _notes(bought: Bought, estimated: frozenset[int], todays: dict[int, Any]) -> tuple[str, ...]:
    notes = []
    if bought.stayed:
        notes.append(
            "moving would cost more than it saves: every workload stays where it is, at its right size"
        )
    if estimated:
        notes.append(
            f"today's cost of {len(estimated)} EC2 workloads is a packed estimate: no instances were given for their clusters"
        )
    unknown = sum(t.monthly_usd is None for t in todays.values())
    if unknown:
        notes.append(f"{unknown} workloads do not say where they run today: no saving is claimed for them")
    return tuple(notes)
