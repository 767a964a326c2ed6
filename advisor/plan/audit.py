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
    checks: dict[str, Callable[[], str]] = {
        "every workload is placed once or rejected": lambda: _placed_once(plan),
        "demand is met every hour": lambda: _demand_met(settled),
        "no instance is over capacity": lambda: _capacity(settled),
        "instances have no more room than the catalog gives": lambda: _room(settled, catalog),
        "tasks of a service are spread as asked": lambda: _spread(settled),
        "prices are the catalog's": lambda: _prices(settled, catalog),
        "what runs is what is metered": lambda: _metered(settled),
        "lines add up to the total": lambda: _lines(plan),
        "workloads add up to the total": lambda: _workloads(plan),
        "savings do not exceed what is paid today": lambda: _savings(plan),
        "the bound is below the cost": lambda: _bound(plan),
        "nothing is on Spot that must not be": lambda: _spot(settled),
    }
    verdicts = {name: check() for name, check in checks.items()}
    wrong = [f"{name}: {verdict}" for name, verdict in verdicts.items() if verdict != OK]
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


def _demand_met(settled: Settled) -> str:
    wanted = _wanted(settled)
    for pool in settled.solution.pools:
        if pool.kept:
            continue
        holds: dict[int, list[tuple[int, int]]] = {}
        for pattern, size, count in pool.patterns.select("pattern_id", "size", "count_per_bin").iter_rows():
            holds.setdefault(pattern, []).append((size, count))
        there: dict[tuple[int, int], int] = {}
        for hour, pattern, bins in pool.hour_patterns.select("hour", "pattern_id", "bins").iter_rows():
            for size, count in holds.get(pattern, []):
                key = pool.ways[size].workload, hour
                there[key] = there.get(key, 0) + count * bins
        for way in pool.ways:
            for hour, tasks in wanted.get(way.workload, {}).items():
                if there.get((way.workload, hour), 0) < tasks:
                    return f"{way.workload_id} lacks room in hour {hour}"
        opened: dict[tuple[int, str], int] = {}
        types = pool.bins["instance_type"].to_list()
        kind = dict(pool.patterns.select("pattern_id", "bin").iter_rows())
        for hour, pattern, bins in pool.hour_patterns.select("hour", "pattern_id", "bins").iter_rows():
            opened[hour, types[kind[pattern]]] = opened.get((hour, types[kind[pattern]]), 0) + bins
        paid = {
            (h, t): n // 1000
            for h, t, n in pool.fleet.select("hour", "instance_type", "count_milli").iter_rows()
        }
        for key, bins in opened.items():
            if paid.get(key, 0) < bins:
                return f"pool {pool.pool_id} fills {bins} {key[1]} in hour {key[0]} but pays for {paid.get(key, 0)}"
    return OK


def _wanted(settled: Settled) -> dict[int, dict[int, int]]:
    wanted: dict[int, dict[int, int]] = {}
    rows = settled.solution.window.demand.filter(pl.col("tasks_peak") > 0)
    for workload, hour, tasks in rows.select("workload", "hour", "tasks_peak").iter_rows():
        wanted.setdefault(workload, {})[hour] = tasks
    return wanted


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
        running: dict[str, int] = {}
        for instance_type, milli in pool.fleet.select("instance_type", "count_milli").iter_rows():
            running[instance_type] = running.get(instance_type, 0) + milli
        for instance_type, milli in running.items():
            if milli and counted.get((pool.pool_id, instance_type)) != Fraction(milli, 1000):
                return f"{milli / 1000} hours of {instance_type} in pool {pool.pool_id} are metered otherwise"
    billed: dict[int, int] = {}
    for workload, seconds in solution.window.demand.select("workload", "billed_seconds").iter_rows():
        billed[workload] = billed.get(workload, 0) + seconds
    for workload, way in solution.assignment.items():
        if way.launch_type is not LaunchType.FARGATE or not billed.get(workload):
            continue
        hours = Fraction(str(way.task_vcpu)) * billed[workload] / 3600
        if counted.get((way.workload_id, "VCPU")) != hours:
            return f"{float(hours)} vCPU-hours of {way.workload_id} are metered otherwise"
    return OK


def _spread(settled: Settled) -> str:
    tasks = {t.workload: t for c in settled.solution.cells for t in c.tasks}
    wanted = _wanted(settled)
    for pool in settled.solution.pools:
        if pool.kept:
            continue
        of_size: dict[int, set[int]] = {}
        for pattern, size in pool.patterns.select("pattern_id", "size").iter_rows():
            of_size.setdefault(size, set()).add(pattern)
        opened: dict[int, dict[int, int]] = {}
        for hour, pattern, bins in pool.hour_patterns.select("hour", "pattern_id", "bins").iter_rows():
            opened.setdefault(hour, {})[pattern] = bins
        for size, way in enumerate(pool.ways):
            mine = of_size.get(size, set())
            for hour, running in wanted.get(way.workload, {}).items():
                count = sum(n for pattern, n in opened.get(hour, {}).items() if pattern in mine)
                if count < min(running, tasks[way.workload].spread_on(way.launch_type)):
                    return f"{way.workload_id} runs on {count} instances in hour {hour}"
    return OK


def _prices(settled: Settled, catalog: Catalog) -> str:
    for pool in settled.solution.pools:
        table = catalog.ec2(pool.cell[1])
        spot = pool.group.split("/")[1] == CapacityOption.SPOT
        column = "spot_pico_usd_per_hour" if spot else "on_demand_pico_usd_per_hour"
        column = "windows_pico_usd_per_hour" if pool.cell[3] == "WINDOWS" else column
        known = dict(table.select("instance_type", column).iter_rows())
        for instance_type, pico in pool.bins.select("instance_type", "instance_pico").iter_rows():
            if not known.get(instance_type) or pico != known[instance_type]:
                return f"{instance_type} in {pool.cell[1]} is priced at {pico}, the catalog says {known.get(instance_type)}"
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


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))
