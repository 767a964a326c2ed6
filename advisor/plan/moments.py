"""A few hours of each pool, instance by instance: which holds which tasks, and how full it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heapreplace

import polars as pl

from advisor.plan.capacity import RESOURCES
from advisor.plan.fleet import Sizes
from advisor.plan.solution import MILLI, PoolPlan, Solution
from advisor.schema import HOSTS
from advisor.terms import Moment

ROUNDING = 1e-9


def hosts(solution: Solution) -> pl.DataFrame:
    """Return `HOSTS`: for every pool its typical and its busiest hour.

    What the plan packed is shown as it was packed. On today's instances, which are kept and which ECS fills as it likes,
    tasks are put one by one, the largest first, on the instance with most room left: one lawful way of many.
    """
    cells = {c.key: c for c in solution.cells}
    peaks = solution.window.demand.select("workload", "hour", "tasks_peak")
    rows: list[dict[str, object]] = []
    for pool in solution.pools:
        view = cells[pool.cell].sizes((w.workload for w in pool.ways), {w.workload: [w] for w in pool.ways})
        for moment, hour in _moments(pool):
            wanted = dict(peaks.filter(pl.col("hour") == hour).select("workload", "tasks_peak").iter_rows())
            found = _one_by_one(pool, view, hour, wanted) if pool.kept else _packed(pool, hour, wanted)
            rows += ({"moment": moment.value, "hour": hour, **row} for row in _rows(pool, found))
    return pl.DataFrame(rows, schema=HOSTS, orient="row")


@dataclass
class _Host:
    """An instance and what it holds: position of a way → tasks."""

    instance_type: str | None
    room: list[float] = field(default_factory=list)
    tasks: dict[int, int] = field(default_factory=dict)


def _moments(pool: PoolPlan) -> Iterator[tuple[Moment, int]]:
    """Yield the typical and the busiest hour by what the instances cost; the earliest of several, none without any."""
    costs = (
        pool.fleet.join(pool.bins.select("instance_type", "usd_per_hour"), on="instance_type")
        .group_by("hour")
        .agg((pl.col("count_milli") * pl.col("usd_per_hour")).sum().round(6).alias("usd"))
        .sort("usd", "hour")
    )
    if len(costs):
        middle = costs["usd"][(len(costs) - 1) // 2]
        yield Moment.TYPICAL, costs.filter(pl.col("usd") == middle)["hour"][0]
        yield Moment.BUSIEST, costs.filter(pl.col("usd") == pl.col("usd").max())["hour"][0]


def _packed(pool: PoolPlan, hour: int, wanted: dict[int, int]) -> list[_Host]:
    """Return the instances of an hour as they were packed, those that hold nothing last.

    Patterns may hold more tasks than the hour asks for: what is too many is left out.
    """
    names = pool.bins["instance_type"].to_list()
    holds: dict[int, list[tuple[int, int, int]]] = {}
    for pattern, *rest in pool.patterns.select("pattern_id", "bin", "size", "count_per_bin").iter_rows():
        holds.setdefault(pattern, []).append((rest[0], rest[1], rest[2]))
    left = [wanted.get(way.workload, 0) for way in pool.ways]
    found: list[_Host] = []
    here = pool.hour_patterns.filter(pl.col("hour") == hour).sort("pattern_id")
    for pattern, bins in here.select("pattern_id", "bins").iter_rows():
        for _ in range(bins):
            host = _Host(names[holds[pattern][0][0]])
            for _, size, count in sorted(holds[pattern], key=lambda held: held[1]):
                taken = min(count, left[size])
                left[size] -= taken
                if taken:
                    host.tasks[size] = taken
            found.append(host)
    there = _instances(pool, hour)
    for name, count in there.items():
        found += [_Host(name) for _ in range(count - sum(h.instance_type == name for h in found))]
    return sorted(found, key=lambda h: (not h.tasks, h.instance_type or "", -sum(h.tasks.values())))


def _one_by_one(pool: PoolPlan, view: Sizes, hour: int, wanted: dict[int, int]) -> list[_Host]:
    """Return the instances of an hour with tasks put on them one by one; what found no room is on none."""
    ports = view.ports
    rooms = {name: [*map(float, room), *[1.0] * len(ports)] for name, *room in _room(pool).iter_rows()}
    found = [_Host(name, list(rooms[name])) for name, n in _instances(pool, hour).items() for _ in range(n)]
    place = {way.workload: i for i, way in enumerate(pool.ways)}
    most = view.frame["max_per_bin"].to_list()
    needs = view.frame.select(*RESOURCES, *ports).rows()
    order = sorted(range(len(view.tasks)), key=lambda i: (-needs[i][0], -needs[i][1], i))
    nowhere = _Host(None)
    for i in order:
        size = place[view.tasks[i].workload]
        most_here = most[i]
        # only the instance that takes a task changes: whoever is passed over once stays so
        queue = [(0, -host.room[0], n) for n, host in enumerate(found)]
        heapify(queue)
        for _ in range(wanted.get(view.tasks[i].workload, 0)):
            while queue and not _fits(needs[i], found[queue[0][2]], queue[0][0], most_here):
                heappop(queue)
            if not queue:
                nowhere.tasks[size] = nowhere.tasks.get(size, 0) + 1
                continue
            held, _, n = queue[0]
            found[n].tasks[size] = held + 1
            found[n].room = [r - need for r, need in zip(found[n].room, needs[i], strict=True)]
            heapreplace(queue, (held + 1, -found[n].room[0], n))
    return [*found, nowhere] if nowhere.tasks else found


def _fits(need: Sequence[float], host: _Host, held: int, most: int | None) -> bool:
    return (most is None or held < most) and all(
        n <= r + ROUNDING for n, r in zip(need, host.room, strict=True)
    )


def _room(pool: PoolPlan) -> pl.DataFrame:
    return pool.bins.select("instance_type", *RESOURCES)


def _instances(pool: PoolPlan, hour: int) -> dict[str, int]:
    """Return instance type → whole instances of an hour; a mean of 1.5 was two at times."""
    there = pool.fleet.filter(pl.col("hour") == hour).sort("instance_type")
    return {name: -(-milli // MILLI) for name, milli in there.select("instance_type", "count_milli").rows()}


def _rows(pool: PoolPlan, found: list[_Host]) -> Iterator[dict[str, object]]:
    shapes = {
        name: (vcpu, memory)
        for name, vcpu, memory in pool.bins.select(
            "instance_type", "vcpu", "registered_memory_mib"
        ).iter_rows()
    }
    for number, host in enumerate(found):
        vcpu, memory = shapes.get(host.instance_type or "", (None, None))
        of_host = {
            "pool_id": pool.pool_id,
            "host": None if host.instance_type is None else number,
            "instance_type": host.instance_type,
            "host_vcpu": vcpu,
            "host_memory_mib": memory,
            "packed": not pool.kept,
        }
        if not host.tasks:
            yield of_host
        for size, tasks in sorted(host.tasks.items()):
            way = pool.ways[size]
            yield {
                **of_host,
                "workload_id": way.workload_id,
                "tasks": tasks,
                "task_vcpu": way.task_vcpu,
                "task_memory_mib": way.task_memory_mib,
            }
