"""Re-checks a finished plan by slow, obvious arithmetic that shares nothing with the optimiser.

Every check answers "ok" or says what is wrong. `audited` refuses to hand out a plan that fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor

import polars as pl

from advisor.catalog import Catalog
from advisor.errors import SolverError
from advisor.model import Plan
from advisor.plan.audit_bound import bound_is_proven
from advisor.plan.audit_prices import prices_are_the_catalogs
from advisor.plan.settle import Settled
from advisor.terms import CapacityOption, LaunchType

OK = "ok"
TOLERANCE = 1e-6
"""Relative: printed figures are floats of exact amounts."""


def audited(plan: Plan, settled: Settled, catalog: Catalog) -> Plan:
    """Return the plan with the verdict of every check.

    Raises:
        SolverError: a check failed; this is a bug, and the plan must not be used.
    """
    beside = _beside(settled)
    checks: dict[str, Callable[[], str]] = {
        "every workload is placed once or rejected": lambda: _placed_once(plan),
        "demand is met every hour": lambda: _demand_met(settled, beside),
        "no instance is over capacity": lambda: _capacity(settled),
        "instances have no more room than the catalog gives": lambda: _room(settled, catalog),
        "tasks of a service are spread as asked": lambda: _spread(settled, beside),
        "prices are the catalog's": lambda: prices_are_the_catalogs(settled, catalog) or OK,
        "what runs is what is metered": lambda: _metered(settled),
        "lines add up to the total": lambda: _lines(plan),
        "workloads add up to the total": lambda: _workloads(plan),
        "savings do not exceed what is paid today": lambda: _savings(plan),
        "the bound is below the cost": lambda: _bound(plan),
        "the bound is proven": lambda: bound_is_proven(settled.solution.bound),
        "nothing is on Spot that must not be": lambda: _spot(settled),
        "parts of a service are on one launch type": lambda: _parts(settled),
    }
    verdicts = {name: check() for name, check in checks.items()}
    wrong = [f"{name}: {verdict}" for name, verdict in verdicts.items() if not verdict.startswith(OK)]
    if wrong:
        raise SolverError(
            "the plan failed its audit: " + "; ".join(wrong), hint="this is a bug, please report it"
        )
    return replace(plan, audit=verdicts)


def _placed_once(plan: Plan) -> str:
    placed = [p.workload_id for p in plan.placements]
    rejected = {r.workload_id for r in plan.rejections if not r.option}
    everyone = set(plan.workloads["workload_id"].to_list())
    if len(placed) != len(set(placed)):
        return "a workload is placed twice"
    missing = everyone - set(placed) - rejected
    return OK if not missing else f"neither placed nor rejected: {sorted(missing)[:5]}"


def _demand_met(settled: Settled, beside: pl.DataFrame) -> str:
    lacking = beside.filter(pl.col("there") < pl.col("tasks_peak")).sort("workload", "hour")
    if len(lacking):
        workload, hour = lacking.select("workload", "hour").row(0)
        return f"{settled.solution.assignment[workload].workload_id} lacks room in hour {hour}"
    for pool in settled.solution.pools:
        if pool.kept:
            continue
        types = pool.bins.select("instance_type").with_row_index("bin").cast({"bin": pl.Int64})
        opened = (
            pool.hour_patterns.join(pool.patterns.select("pattern_id", "bin").unique(), on="pattern_id")
            .join(types, on="bin")
            .group_by(pl.col("hour").cast(pl.Int32), "instance_type")
            .agg(pl.col("bins").sum().alias("filled"))
        )
        paid = pool.fleet.select("hour", "instance_type", (pl.col("count_milli") // 1000).alias("paid"))
        unpaid = (
            opened.join(paid, on=["hour", "instance_type"], how="left")
            .with_columns(pl.col("paid").fill_null(0))
            .filter(pl.col("filled") > pl.col("paid"))
            .sort("hour", "instance_type")
        )
        if len(unpaid):
            hour, name, filled, paid_for = unpaid.select("hour", "instance_type", "filled", "paid").row(0)
            return f"pool {pool.pool_id} fills {filled} {name} in hour {hour} but pays for {paid_for}"
    return OK


def _beside(settled: Settled) -> pl.DataFrame:
    """Return `workload, hour, tasks_peak` of what is packed, with tasks `there` and the `instances` that hold them."""
    pools = [p for p in settled.solution.pools if not p.kept]
    members = pl.LazyFrame(
        [(p.pool_id, size, way.workload) for p in pools for size, way in enumerate(p.ways)],
        schema={"pool_id": pl.String, "size": pl.Int64, "workload": pl.UInt32},
        orient="row",
    )
    placed = [
        p.hour_patterns.lazy()
        .join(p.patterns.lazy(), on="pattern_id")
        .select(pl.lit(p.pool_id).alias("pool_id"), "hour", "size", "bins", "count_per_bin")
        for p in pools
    ]
    nothing = dict.fromkeys(("hour", "size", "bins", "count_per_bin"), pl.Int64)
    held = (
        pl.concat([pl.LazyFrame(schema={"pool_id": pl.String, **nothing}), *placed])
        .join(members, on=["pool_id", "size"])
        .group_by("workload", pl.col("hour").cast(pl.Int32))
        .agg(
            (pl.col("bins") * pl.col("count_per_bin")).sum().alias("there"),
            pl.col("bins").sum().alias("instances"),
        )
    )
    return (
        settled.solution.window.demand.lazy()
        .filter(pl.col("tasks_peak") > 0)
        .join(members, on="workload", how="semi")
        .join(held, on=["workload", "hour"], how="left")
        .with_columns(pl.col("there", "instances").fill_null(0))
        .collect()
    )


def _capacity(settled: Settled) -> str:
    tasks = {t.workload: t for c in settled.solution.cells for t in c.tasks}
    for pool in settled.solution.pools:
        room = pool.bins.select("instance_type", "cpu_units", "memory_mib", "task_slots", "gpus").rows()
        full: dict[tuple[int, int], list[float]] = {}
        ports: dict[tuple[int, int], list[str]] = {}
        for pattern, index, size, count in pool.patterns.select(
            "pattern_id", "bin", "size", "count_per_bin"
        ).iter_rows():
            way = pool.ways[size]
            task = tasks[way.workload]
            use = full.setdefault((pattern, index), [0.0, 0.0, 0.0, 0.0])
            use[0] += count * way.task_vcpu * 1024
            use[1] += count * way.task_memory_mib
            use[2] += count * (task.network_mode == "awsvpc")
            use[3] += count * task.gpus
            ports.setdefault((pattern, index), []).extend(list(task.host_ports) * count)
        for (pattern, index), use in full.items():
            name, *limits = room[index]
            if any(u > limit * (1 + TOLERANCE) for u, limit in zip(use, limits, strict=True)):
                return f"a {name} of pool {pool.pool_id} is over capacity: {use} of {limits}"
            taken = ports[pattern, index]
            if len(taken) != len(set(taken)):
                return f"a {name} of pool {pool.pool_id} holds one host port twice"
    return OK


def _room(settled: Settled, catalog: Catalog) -> str:
    for pool in settled.solution.pools:
        shapes = catalog.ec2(pool.cell[1]).select(
            "instance_type", "vcpu", "registered_memory_mib", "awsvpc_tasks", "awsvpc_tasks_trunked", "gpus"
        )
        known = {name: rest for name, *rest in shapes.iter_rows()}
        for name, *room in pool.bins.select(
            "instance_type", "cpu_units", "memory_mib", "task_slots", "gpus"
        ).iter_rows():
            vcpu, memory, slots, trunked, gpus = known[name]
            most = (vcpu * 1024, memory, max(slots or 0, trunked or 0), gpus or 0)
            if any(has > limit for has, limit in zip(room, most, strict=True)):
                return f"{name} of pool {pool.pool_id} is given {room}, the catalog says {most}"
    return OK


def _metered(settled: Settled) -> str:
    """Count instance-hours of every pool and task-seconds of every Fargate workload again, from what runs."""
    use, solution = settled.metered, settled.solution
    counted: dict[tuple[str, str], Fraction] = {}
    scales = {m.meter_id: m.scale for m in use.meters}
    for (owner, meter_id), quanta in use.owners.items():
        counted[owner, meter_id.rpartition("/")[2]] = Fraction(quanta, scales[meter_id])
    for item in use.items:
        name = item.item.partition("/")
        if name[0] in ("EC2_SPOT", "FARGATE", "FARGATE_SPOT"):
            counted[item.owner, name[2]] = item.quantity
    for pool in solution.pools:
        running = pool.fleet.group_by("instance_type").agg(pl.col("count_milli").sum()).sort("instance_type")
        for instance_type, milli in running.iter_rows():
            if milli and counted.get((pool.pool_id, instance_type)) != Fraction(milli, 1000):
                return f"{milli / 1000} hours of {instance_type} in pool {pool.pool_id} are metered otherwise"
    summed = solution.window.demand.group_by("workload").agg(pl.col("billed_seconds").sum())
    billed: dict[int, int] = dict(summed.iter_rows())
    for workload, way in solution.assignment.items():
        if way.launch_type is not LaunchType.FARGATE or not billed.get(workload):
            continue
        hours = Fraction(str(way.task_vcpu)) * billed[workload] / 3600
        if counted.get((way.workload_id, "VCPU")) != hours:
            return f"{float(hours)} vCPU-hours of {way.workload_id} are metered otherwise"
    return OK


def _spread(settled: Settled, beside: pl.DataFrame) -> str:
    tasks = {t.workload: t for c in settled.solution.cells for t in c.tasks}
    ways = settled.solution.assignment
    spread = {w: tasks[w].spread_on(ways[w].launch_type) for w in beside["workload"].unique().to_list()}
    asked = pl.DataFrame(
        list(spread.items()), schema={"workload": pl.UInt32, "spread": pl.Int64}, orient="row"
    )
    short = pl.col("instances") < pl.min_horizontal("tasks_peak", "spread")
    near = beside.join(asked, on="workload").filter(short).sort("workload", "hour")
    if len(near):
        workload, hour, count = near.select("workload", "hour", "instances").row(0)
        return f"{tasks[workload].workload_id} runs on {count} instances in hour {hour}"
    return OK


def _lines(plan: Plan) -> str:
    total = sum((Decimal(str(x)) for x in plan.cost_lines["monthly_cost_usd"].to_list()), Decimal(0))
    return OK if _near(float(total), plan.monthly_cost_usd) else f"{total} against {plan.monthly_cost_usd}"


def _workloads(plan: Plan) -> str:
    total = sum(p.monthly_cost_usd for p in plan.placements) + plan.existing_commitments_monthly_usd
    return OK if _near(total, plan.monthly_cost_usd) else f"{total} against {plan.monthly_cost_usd}"


def _savings(plan: Plan) -> str:
    for place in plan.placements:
        if place.monthly_cost_usd < -TOLERANCE or place.baseline_monthly_cost_usd < -TOLERANCE:
            return f"{place.workload_id} has a negative cost"
    saved = plan.baseline_monthly_cost_usd - plan.monthly_cost_usd
    return OK if saved <= plan.baseline_monthly_cost_usd * (1 + TOLERANCE) else "savings above today's cost"


def _bound(plan: Plan) -> str:
    counted = plan.monthly_cost_usd + (plan.operations_monthly_usd or 0.0)
    if plan.lower_bound_monthly_usd <= counted * (1 + TOLERANCE):
        return OK
    return f"bound {plan.lower_bound_monthly_usd} above cost {counted}"


def _spot(settled: Settled) -> str:
    for cell in settled.solution.cells:
        for task in cell.tasks:
            way = settled.solution.assignment[task.workload]
            new = (
                way.capacity_option is CapacityOption.SPOT and task.capacity_option is not CapacityOption.SPOT
            )
            if new and not task.interruptible:
                return f"{task.workload_id} is not interruptible"
            if way.launch_type is LaunchType.FARGATE and floor(way.task_memory_mib) != way.task_memory_mib:
                return f"{task.workload_id} has no legal Fargate size"
    return OK


def _parts(settled: Settled) -> str:
    ways = settled.solution.assignment
    for cell in settled.solution.cells:
        for task in cell.tasks:
            if task.firm and ways[task.workload].capacity_option is CapacityOption.SPOT:
                return f"{task.workload_id} is on Spot with more than it may"
            other = ways.get(task.beside) if task.beside is not None else None
            mine = ways[task.workload]
            if other and (mine.launch_type, mine.cpu_architecture) != (
                other.launch_type,
                other.cpu_architecture,
            ):
                return f"{task.workload_id} runs as {mine.option}, its other part as {other.option}"
    return OK


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))
