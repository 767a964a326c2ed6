"""Instances for a set of workloads: the core's packer, asked in the words of planning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import polars as pl

from advisor import core
from advisor.plan.capacity import RESOURCES
from advisor.plan.tasks import Task
from advisor.plan.ways import Way
from advisor.terms import LaunchType, NetworkMode
from advisor.units import CPU_UNITS_PER_VCPU

Room = Mapping[str, Sequence[tuple[float, ...]]]
"""Group of bins → what its bins have of `RESOURCES`."""


@dataclass(frozen=True)
class Sizes:
    """The tasks of a cell as the packer takes them.

    Attributes:
        frame: one row per task, `size_id` = workload id, resources, `groups`, `max_per_bin`.
        tasks: the tasks in the frame's order.
        ports: names of the port columns, which every bin offers once.
        spreads: fewest instances that each task asks for.
    """

    frame: pl.DataFrame
    tasks: tuple[Task, ...]
    ports: tuple[str, ...]
    spreads: tuple[int, ...]

    @property
    def spread(self) -> int:
        """Fewest instances in an hour in which the tasks run."""
        return max(self.spreads, default=1)


def sizes(tasks: Sequence[Task], ways: dict[int, Sequence[Way]], peaks: dict[int, int]) -> Sizes:
    """Return the packer's view of the tasks that have a way on instances.

    Args:
        ways: the ways of each task that the packing may use.
        peaks: most tasks of each workload in any hour, for the spread over instances.
    """
    packed = tuple(t for t in tasks if any(w.launch_type is not LaunchType.FARGATE for w in ways[t.workload]))
    ports = tuple(sorted({f"port_{p}" for t in packed for p in _ports(t)}))
    rows, spreads = [], []
    for task in packed:
        on_instances = [w for w in ways[task.workload] if w.launch_type is not LaunchType.FARGATE]
        taken = {f"port_{p}" for p in _ports(task)}
        peak = max(peaks[task.workload], 1)
        spreads.append(min(task.spread_on(w.launch_type) for w in on_instances))
        rows.append(
            {
                "size_id": task.workload_id,
                "cpu_units": float(ceil(round(on_instances[0].task_vcpu * CPU_UNITS_PER_VCPU, 6))),
                "memory_mib": float(ceil(round(on_instances[0].task_memory_mib, 6))),
                "task_slots": float(task.network_mode is NetworkMode.AWSVPC),
                "gpus": float(task.gpus),
                **{port: float(port in taken) for port in ports},
                "groups": sorted({w.group for w in on_instances}),
                "max_per_bin": _max_per_bin(task, peak, spreads[-1]),
            }
        )
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "size_id": pl.String,
        **dict.fromkeys((*RESOURCES, *ports), pl.Float64),
        "groups": pl.List(pl.String),
        "max_per_bin": pl.Int64,
    }
    return Sizes(pl.DataFrame(rows, schema=schema), packed, ports, tuple(spreads))


def _ports(task: Task) -> tuple[str, ...]:
    return task.host_ports or (("any",) if task.network_mode is NetworkMode.HOST else ())


def _max_per_bin(task: Task, peak: int, spread: int) -> int | None:
    if "distinctinstance" in task.placement_constraints.lower():
        return 1
    return ceil(peak / spread) if spread > 1 else None


def with_ports(bins: pl.DataFrame, ports: Sequence[str]) -> pl.DataFrame:
    """Return the bins with one of each static host port."""
    return bins.select(
        (pl.col("group") + "|" + pl.col("instance_type")).alias("bin_id"),
        "group",
        "usd_per_hour",
        *RESOURCES,
        *(pl.lit(1.0).alias(port) for port in ports),
    )


def demand_of(sizes_: Sizes, demand: pl.DataFrame) -> pl.DataFrame:
    """Return the packer's demand (`hour`, `size`, `count`) of the tasks in `sizes_`, empty hours left out."""
    index = pl.LazyFrame(
        {
            "workload": pl.Series([t.workload for t in sizes_.tasks], dtype=pl.UInt32),
            "size": pl.Series(range(len(sizes_.tasks)), dtype=pl.UInt32),
        }
    )
    columns = ["hour", "size", pl.col("tasks_peak").alias("count")]
    if "alone_usd_per_hour" in demand.columns:
        columns.append("alone_usd_per_hour")
    wanted = demand.lazy().filter(pl.col("tasks_peak") > 0).join(index, on="workload")
    return wanted.select(columns).sort("hour", "size").collect()


def fitting(bins: pl.DataFrame, sizes_: Sizes) -> pl.DataFrame:
    """Return the bins that can hold at least one of the tasks, as far as each resource by itself tells."""
    least: dict[str, list[float]] = {}
    for groups, *needs in sizes_.frame.select("groups", *RESOURCES).iter_rows():
        for group in groups:
            least[group] = list(map(min, least[group], needs)) if group in least else needs
    enough = [
        (pl.col("group") == group)
        & pl.all_horizontal(pl.col(r) >= n for r, n in zip(RESOURCES, needs, strict=True))
        for group, needs in sorted(least.items())
    ]
    return bins.filter(pl.any_horizontal(enough)) if enough and len(bins) else bins.clear()


def estate(
    sizes_: Sizes, bins: pl.DataFrame, demand: pl.DataFrame, weights: Mapping[int, float]
) -> core.Estate:
    """Return the tables of many pools, handed to the core once.

    Args:
        demand: workload × hour with `tasks_peak`, the hours of `weights` only.
        weights: hour → how many hours it stands for; pools answer in this order.
    """
    place = {hour: i for i, hour in enumerate(weights)}
    wanted = demand_of(sizes_, demand).with_columns(
        pl.col("hour").replace_strict(place, return_dtype=pl.UInt32)
    )
    spread = pl.Series("spread", sizes_.spreads, dtype=pl.UInt64)
    return core.Estate(
        sizes_.frame.with_columns(spread), with_ports(bins, sizes_.ports), wanted, list(weights.values())
    )


def holdable(frame: pl.DataFrame, room: Room) -> list[bool]:
    """Return for each size whether any of the bins that it may use can hold one task.

    Args:
        frame: `Sizes.frame`.
        room: of the bins, as `room_by_group` returns it.
    """
    held = []
    for groups, *needs in frame.select("groups", *RESOURCES).iter_rows():
        fits = (
            all(n <= f for n, f in zip(needs, free, strict=True)) for g in groups for free in room.get(g, ())
        )
        held.append(any(fits))
    return held


def holds_together(view: Sizes, bins: pl.DataFrame, fleet: pl.DataFrame, demand: pl.DataFrame) -> bool:
    """Return whether instances have as much of every resource as all tasks together ask for, hour by hour.

    Args:
        fleet: `hour, instance_type, count_milli`.
        demand: as `demand_of` returns it.
    """
    there = (
        fleet.join(bins.select("instance_type", *RESOURCES), on="instance_type")
        .group_by("hour")
        .agg((pl.col(r) * pl.col("count_milli") / 1000).sum().alias(f"has_{r}") for r in RESOURCES)
    )
    sizes_ = view.frame.select(RESOURCES).with_row_index("size")
    short = (
        demand.join(sizes_, on="size")
        .group_by("hour")
        .agg((pl.col(r) * pl.col("count")).sum() for r in RESOURCES)
        .join(there, on="hour", how="left")
        .filter(
            # a billionth is rounding
            pl.any_horizontal(pl.col(r) > pl.col(f"has_{r}").fill_null(0.0) * (1 + 1e-9) for r in RESOURCES)
        )
    )
    return not len(short)


def room_by_group(bins: pl.DataFrame) -> Room:
    """Return group → what its bins have of `RESOURCES`, each different room once."""
    room: dict[str, list[tuple[float, ...]]] = {}
    if len(bins):
        for group, *free in bins.select("group", *RESOURCES).unique(maintain_order=True).iter_rows():
            room.setdefault(group, []).append(tuple(free))
    return room
