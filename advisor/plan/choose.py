"""Which way each workload of a cell takes: candidates from the joint packing, improved move by move.

First version: candidates are compared on representative hours with the best allowed commitment. It promises no
optimum; what it leaves on the table stands in the plan's gap to the lower bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from advisor import core
from advisor.plan.cell import Assignment, Cell, by_group
from advisor.plan.discounts import kept_shares
from advisor.plan.fleet import demand_of, fitting, holdable, with_ports
from advisor.plan.pairs import together
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import CapacityOption, LaunchType
from advisor.units import PICO_PER_USD, SECONDS_PER_HOUR

ROUNDS = 3
"""Passes of single moves; measured to gain nothing further on fleets of 40 and 1,000 workloads."""
FEWEST_MOVED = 12
MOVED_TASK_TRIALS = 2400
"""Workloads × tasks of a cell whose single moves are tried, heaviest workloads first: all of up to 49."""
HOPELESS = 3.0
"""Leaving a pool is not tried for a workload that costs three times its share of the pool alone."""
WORTH_MOVING = 0.999
"""A move must save a thousandth of the cell, so that rounding never swings the advice."""


def choose(cell: Cell, today: Assignment) -> dict[int, Way]:
    """Return the cheapest assignment found for a cell.

    Args:
        today: the way each workload runs now where that is still lawful; one of the candidates.
    """
    best: dict[int, Way] | None = None
    best_cost = float("inf")
    tried: set[tuple[Way, ...]] = set()
    for found in _candidates(cell, today):
        candidate = together(cell, cell.pairs, found)
        key = tuple(candidate[w] for w in sorted(candidate))
        if key in tried:
            continue
        tried.add(key)
        cost = cell.cost_usd(candidate)
        if cost < best_cost * WORTH_MOVING or best is None:
            best, best_cost = dict(candidate), cost
    if best is None:
        return {}
    for _ in range(ROUNDS):
        better, cost = improved(cell, best, best_cost)
        if cost >= best_cost * WORTH_MOVING:
            break
        best, best_cost = better, cost
    return best


def _candidates(cell: Cell, today: Assignment) -> Iterator[dict[int, Way]]:
    apart = {w: way for w in cell.ways if (way := cell.best_alone(w)) is not None}
    first = {w: apart.get(w, ways[0]) for w, ways in cell.ways.items()}
    yield {**first, **today}
    for launch_type in _hosts(cell):
        for joint in _joint(cell, launch_type):
            if joint:
                mixed = {**first, **joint}
                yield mixed
                yield {**mixed, **apart}
                yield {**mixed, **_everything_on(cell, launch_type, mixed)}


def _hosts(cell: Cell) -> tuple[LaunchType, ...]:
    """Return the kinds of instances worth packing: managed ones cost the fee on top, so they win only by less labour,
    or where a workload is on them or may go nowhere else."""
    labour = len(cell.bins) and cell.bins["operations_usd_per_hour"].max() != 0.0
    managed = [
        w for ways in cell.ways.values() for w in ways if w.launch_type is LaunchType.MANAGED_INSTANCES
    ]
    own = [w for ways in cell.ways.values() for w in ways if w.launch_type is LaunchType.EC2]
    needed = {w.workload for w in managed} - {w.workload for w in own}
    there = any(w.launch_type is LaunchType.MANAGED_INSTANCES for w in cell.today.values())
    if labour or needed or there:
        return (LaunchType.EC2, LaunchType.MANAGED_INSTANCES)
    return (LaunchType.EC2,)


def _joint(cell: Cell, launch_type: LaunchType) -> Iterator[dict[int, Way]]:
    """Pack every task wherever it is cheapest, instance or Fargate, and let each workload follow its majority.

    Twice: at on-demand rates and at the best discounted ones.
    """
    ways = {
        w: [way for way in options if way.launch_type in (launch_type, LaunchType.FARGATE)]
        for w, options in cell.ways.items()
    }
    eligible = [w for w, options in ways.items() if any(o.launch_type is launch_type for o in options)]
    if not eligible:
        return
    view = cell.sizes(eligible, ways)
    bins = fitting(cell.bins, view)
    if not len(bins):
        return
    held = holdable(view.frame, cell.room)
    if not all(held):
        view = cell.sizes([t.workload for t, ok in zip(view.tasks, held, strict=True) if ok], ways)
        if not view.tasks:
            return
    discounted = bins.with_columns(pl.col("usd_per_hour") * kept_shares(bins, cell.discounts))
    for priced, committed in ((bins, False), (discounted, True)):
        demand = demand_of(view, _with_alone(cell, committed))
        packed = core.pack_hours(view.frame, with_ports(priced, view.ports), demand, rough=True)
        yield _followed(cell, ways, _votes(cell, view.tasks, bins, packed))


def _followed(
    cell: Cell, ways: Mapping[int, Sequence[Way]], votes: Mapping[int, Mapping[str, float]]
) -> dict[int, Way]:
    chosen: dict[int, Way] = {}
    for workload in sorted(votes):
        for choice in sorted(votes[workload], key=lambda c: (-votes[workload][c], c)):
            way = (
                cell.best_alone(workload)
                if choice == "alone"
                else next((o for o in ways[workload] if o.group == choice), None)
            )
            if way is not None:
                chosen[workload] = way
                break
    return chosen


def _with_alone(cell: Cell, committed: bool) -> pl.DataFrame:
    """Return the sample demand with what one task of the hour costs on the best Fargate way."""
    rates = []
    for workload in cell.ways:
        way = cell.best_alone(workload)
        if way is None:
            continue
        pico = cell.alone[way].pico_per_task_hour
        if committed and way.capacity_option is CapacityOption.ON_DEMAND:
            pico = round(pico * (1.0 - cell.discounts.of_fargate(way.cpu_architecture)))
        rates.append((workload, pico / PICO_PER_USD / SECONDS_PER_HOUR))
    table = pl.DataFrame(rates, schema={"workload": pl.UInt32, "usd_per_s": pl.Float64}, orient="row")
    cost = pl.col("billed_seconds") * pl.col("usd_per_s") / pl.col("tasks_peak")
    return (
        cell.sample.filter(pl.col("tasks_peak") > 0)
        .join(table, on="workload", how="left")
        .with_columns(cost.alias("alone_usd_per_hour"))
    )


def _votes(
    cell: Cell, tasks: Sequence[Task], bins: pl.DataFrame, packed: core.HoursResult
) -> dict[int, dict[str, float]]:
    """Return workload → where its tasks lay in the joint packing, in weighted task-hours."""
    weights = pl.LazyFrame(
        {"hour": pl.Series(list(cell.weights), dtype=pl.Int64), "weight": list(cell.weights.values())}
    )
    groups = bins.lazy().select("group").with_row_index("bin").cast({"bin": pl.Int64})
    patterns = packed.patterns.lazy().cast({"pattern_id": pl.Int64, "bin": pl.Int64})
    placed = (
        packed.hour_patterns.lazy()
        .cast({"hour": pl.Int64, "pattern_id": pl.Int64})
        .join(patterns, on="pattern_id")
        .join(groups, on="bin")
        .join(weights, on="hour")
        .select(
            pl.col("size").cast(pl.Int64),
            "group",
            (pl.col("bins") * pl.col("count_per_bin") * pl.col("weight")).alias("n"),
        )
    )
    apart = (
        packed.alone.lazy()
        .cast({"hour": pl.Int64})
        .join(weights, on="hour")
        .select(
            pl.col("size").cast(pl.Int64),
            pl.lit("alone").alias("group"),
            (pl.col("count") * pl.col("weight")).alias("n"),
        )
    )
    votes: dict[int, dict[str, float]] = {}
    for size, group, n in pl.concat([placed, apart]).sort("size", "group", "n").collect().iter_rows():
        workload = tasks[size].workload
        tally = votes.setdefault(workload, {})
        tally[group] = tally.get(group, 0.0) + n
    return votes


def _everything_on(cell: Cell, launch_type: LaunchType, start: Assignment) -> dict[int, Way]:
    """Move what is alone in `start` onto the cheapest lawful instances of a launch type, Spot first."""
    moved = {}
    for workload, way in start.items():
        if way.launch_type is LaunchType.FARGATE:
            ways = [o for o in cell.ways[workload] if o.launch_type is launch_type]
            ways.sort(key=lambda o: (o.capacity_option is not CapacityOption.SPOT, o.cpu_architecture))
            if ways:
                moved[workload] = ways[0]
    return moved


def improved(
    cell: Cell, start: Assignment, start_cost: float, most_moved: int | None = None
) -> tuple[dict[int, Way], float]:
    """Return the best of: a pool given up, or single workloads moved, biggest first.

    Single moves are judged with the pools' types as they are; what comes out is costed anew with types of its own.

    Args:
        most_moved: workloads whose single moves are tried; as many as the size of the cell lets when null.
    """
    best, best_cost = dict(start), start_cost
    for _, ways in sorted(by_group(start.values()).items()):
        trial = dict(best)
        for way in ways:
            apart = cell.best_alone(way.workload)
            if apart is not None:
                trial[way.workload] = apart
        best, best_cost = _keep_better(cell, best, best_cost, trial, {})
    keep = {
        group: frozenset(pool.instance_types)
        for group, ways in by_group(best.values()).items()
        if (pool := cell.pool(group, ways)) is not None
    }
    moved, moved_cost = best, best_cost
    most = max(FEWEST_MOVED, MOVED_TASK_TRIALS // len(start)) if most_moved is None else most_moved
    for workload in sorted(start, key=lambda w: (-_weight(cell, w), w))[:most]:
        for way in _moves(cell, moved, workload):
            trial = {**moved, workload: way}
            moved, moved_cost = _keep_better(cell, moved, moved_cost, trial, keep, workload)
    return _keep_better(cell, best, best_cost, moved, {})


def _keep_better(
    cell: Cell,
    best: dict[int, Way],
    cost: float,
    trial: dict[int, Way],
    keep: Mapping[str, frozenset[str]],
    leader: int | None = None,
) -> tuple[dict[int, Way], float]:
    trial = together(cell, cell.pairs, trial, leader)
    if trial == best:
        return best, cost
    trial_cost = cell.cost_usd(trial, keep)
    return (trial, trial_cost) if trial_cost < cost else (best, cost)


def _moves(cell: Cell, current: Assignment, workload: int) -> list[Way]:
    """Return where one workload may go: out to Fargate, or into a pool that exists; hopeless moves are left out."""
    groups = by_group(current.values())
    way = current[workload]
    apart = cell.best_alone(workload)
    options = [
        o for o in cell.ways[workload] if o.group in groups and o.launch_type is not LaunchType.FARGATE
    ]
    if apart is not None and (
        way.launch_type is LaunchType.FARGATE or _promising(cell, groups[way.group], apart)
    ):
        options.append(apart)
    return [o for o in options if o != way]


def _promising(cell: Cell, pool: Sequence[Way], apart: Way) -> bool:
    """Return whether leaving may pay: its price alone against its share of the pool by weight."""
    estimate = cell.pool(pool[0].group, pool)
    if estimate is None:
        return True
    weights = {w.workload: _weight(cell, w.workload) for w in pool}
    share = weights[apart.workload] / (sum(weights.values()) or 1.0)
    return cell.alone_usd(apart) < HOPELESS * max(share, 1.0 / (4 * len(pool))) * estimate.committed_usd


def _weight(cell: Cell, workload: int) -> float:
    task = cell.task(workload)
    return (9 * task.right_vcpu + task.right_memory_mib / 1024) * task.tasks_mean
