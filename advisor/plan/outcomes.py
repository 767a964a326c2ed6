"""What every way would cost every workload, and why each one lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor.config import CommitmentPolicy, Config
from advisor.plan.cell import Cell
from advisor.plan.offers import Rates
from advisor.plan.settle import pool_shares
from advisor.plan.solution import Solution
from advisor.plan.tasks import Task
from advisor.plan.way_costs import ALONE, KEY, WayCosts, way_costs
from advisor.plan.ways import Way
from advisor.terms import Bottleneck, CapacityOption, CommitmentKind, LaunchType, OperatingSystem
from advisor.units import (
    CPU_UNITS_PER_VCPU,
    HOURS_PER_MONTH,
    MIB_PER_GIB,
    PICO_PER_USD,
    SECONDS_PER_HOUR,
    format_usd,
)

OUTCOMES: dict[str, pl.DataType | type[pl.DataType]] = {
    "workload_id": pl.String,
    "option": pl.String,
    "launch_type": pl.String,
    "capacity_option": pl.String,
    "cpu_architecture": pl.String,
    "commitment": pl.String,
    "task_vcpu": pl.Float64,
    "task_memory_mib": pl.Float64,
    "monthly_cost_usd": pl.Float64,
    "marginal_monthly_cost_usd": pl.Float64,
    "lower_bound_usd": pl.Float64,
    "method": pl.String,
    "price_as_of": pl.String,
    "lattice_waste_monthly_usd": pl.Float64,
    "interruptions_per_month": pl.Float64,
    "chosen": pl.Boolean,
    "current": pl.Boolean,
    "eligible": pl.Boolean,
    "lost_by_usd": pl.Float64,
    "reason": pl.String,
    "bottleneck": pl.String,
}
"""One row per workload × way × commitment; rejected ways have no cost but a reason."""


CENT = 0.01
"""Monthly dollars that are no difference."""
AS_A_FLEET = "commitments are bought for the fleet as a whole: see the plan's commitments"

_WAY = {
    "workload": pl.UInt32,
    "room": pl.String,
    "rate_usd": pl.Float64,  # dollars of one unit of `WayCosts`
    "waste_usd": pl.Float64,  # of it for the size lattice
    "least_usd": pl.Float64,  # an hour of the cheapest instance that holds a task
    "own": pl.Boolean,  # the plan has no such pool: it would need instances of its own
    "spread": pl.Int64,
    "region": pl.String,
    "scope": pl.String,  # what commitments are sold for; null where none is
    "chosen_usd": pl.Float64,  # the chosen way as billed, dollars a month
    "chosen_full_usd": pl.Float64,  # the same before commitments
    "on_instances": pl.Boolean,
    "leaves": pl.Boolean,  # moving away would leave instances to others
    **{
        name: OUTCOMES[name]
        for name in (
            *("workload_id", "option", "launch_type", "capacity_option", "cpu_architecture", "task_vcpu"),
            *("task_memory_mib", "method", "price_as_of", "interruptions_per_month", "chosen", "current"),
        )
    },
}
"""One row per workload × way while it is being priced."""


def outcomes(
    solution: Solution, rates: Rates, placed_usd: Mapping[int, float], rejected: Any, config: Config
) -> pl.DataFrame:
    """Return `OUTCOMES`, sorted by workload and cost.

    Every hour of the window counts. Fargate costs its billed seconds; what a way on instances costs is what its tasks'
    room is worth at the packing's shadow prices, and where the plan has no such pool, at least the instances that the
    spread over zones asks for. All of it is at on-demand rates but for rows with a commitment and for what the chosen
    way is billed; `lost_by_usd` compares like with like: both at on-demand rates, room with room where both are on
    instances that others fill.

    Args:
        placed_usd: monthly dollars allocated to each workload by the plan, net of the private discount.
        rejected: `Rejection`s of single options, appended as rows without a cost.
    """
    # cells hold list prices, the private discount comes off last
    keep = 1.0 - config.prices.edp_share
    to_month = HOURS_PER_MONTH / solution.window.hours * keep
    full = _before_commitments(solution, placed_usd, to_month)
    stays = all(
        c.today.get(t.workload) == solution.assignment[t.workload] for c in solution.cells for t in c.tasks
    )
    rows = [row for cell in solution.cells for row in _ways(cell, solution, placed_usd, full)]
    ways = pl.DataFrame(rows, schema=_WAY, orient="row")
    costs = way_costs(solution.cells, solution.window.hours)
    plain = _plain(ways, costs, to_month)
    bought = _committed(plain, costs, to_month, _for_sale(ways, rates, config.commitments))
    why = _Why(config.plan.min_savings_usd, stays)
    refused = [_rejection_row(r) for r in rejected if r.option]
    parts = [
        _verdicts(plain, why),
        _bought_verdicts(bought),
        pl.DataFrame(refused, schema=OUTCOMES, orient="row"),
    ]
    order = ["workload_id", "monthly_cost_usd", "option", "commitment"]
    return pl.concat(parts).sort(order, nulls_last=[False, True, False, False])


def _before_commitments(solution: Solution, billed: Mapping[int, float], to_month: float) -> dict[int, float]:
    """Return what chosen ways on instances cost a month at on-demand rates, shared out as `settle` does."""
    seconds = solution.window.task_seconds
    found: dict[int, float] = {}
    for pool in solution.pools:
        # people's time is no part of a bill
        usd = pl.col("usd_per_hour") - pl.col("operations_usd_per_hour")
        price: dict[str, float] = dict(pool.bins.select("instance_type", usd).iter_rows())
        counts = pool.fleet.group_by("instance_type").agg(pl.col("count_milli").sum()).sort("instance_type")
        spent = sum(price[name] * count / 1000 for name, count in counts.iter_rows()) * to_month
        for workload, share in pool_shares(pool, seconds).items():
            found[workload] = max(billed[workload], spent * float(share))
    return found


def _ways(
    cell: Cell, solution: Solution, billed: Mapping[int, float], full: Mapping[int, float]
) -> Iterator[dict[str, Any]]:
    """Yield `_WAY` rows."""
    groups = {p.group for p in solution.pools if p.cell == cell.key}
    shared = {w.workload for p in solution.pools if len(p.ways) > 1 for w in p.ways}
    hosts = _Hosts(cell)
    for task in cell.tasks:
        chosen = solution.assignment[task.workload]
        for way in cell.ways[task.workload]:
            plans_reach = (
                way.capacity_option is not CapacityOption.SPOT
                and task.operating_system is not OperatingSystem.WINDOWS
            )
            row = {
                "workload": task.workload,
                "region": cell.key[1],
                "workload_id": task.workload_id,
                "option": way.option,
                "launch_type": way.launch_type.value,
                "capacity_option": way.capacity_option.value,
                "cpu_architecture": way.cpu_architecture.value,
                "task_vcpu": way.task_vcpu,
                "task_memory_mib": way.task_memory_mib,
                "chosen": way == chosen,
                "current": cell.today.get(task.workload) == way,
                "chosen_usd": billed[task.workload],
                "chosen_full_usd": full.get(task.workload),
                "leaves": task.workload in shared,
                "spread": task.spread_on(way.launch_type),
            }
            if way.launch_type is LaunchType.FARGATE:
                price = cell.alone[way]
                row |= {
                    "room": ALONE,
                    "rate_usd": price.pico_per_task_hour / PICO_PER_USD / SECONDS_PER_HOUR,
                    "waste_usd": _lattice_waste(way, task, cell) / SECONDS_PER_HOUR,
                    "own": False,
                    "least_usd": 0.0,
                    "scope": f"FARGATE_{way.cpu_architecture}_VCPU" if plans_reach else None,
                    "on_instances": False,
                    "method": price.method,
                    "price_as_of": price.charges[0].as_of,
                    "interruptions_per_month": 0.0,
                }
            else:
                family, method, as_of, interruptions, least = hosts.cheapest(way)
                row |= {
                    "room": way.group,
                    "rate_usd": 1.0,
                    "waste_usd": 0.0,
                    "own": way.group not in groups,
                    "least_usd": least,
                    "scope": family if plans_reach else None,
                    "on_instances": True,
                    "method": method,
                    "price_as_of": as_of,
                    "interruptions_per_month": interruptions,
                }
            yield row


class _Hosts:
    """The cheapest instance of a group that holds one task of a way: family, method, date, interruptions, price."""

    def __init__(self, cell: Cell) -> None:
        self._groups: dict[str, list[tuple[Any, ...]]] = {}
        if len(cell.bins):
            facts = ("family", "method", "as_of", "interruptions_per_month", "usd_per_hour")
            kept = cell.bins.sort("usd_per_hour", "instance_type")
            for row in kept.select("group", "cpu_units", "memory_mib", *facts).rows():
                self._groups.setdefault(row[0], []).append(row)

    def cheapest(self, way: Way) -> tuple[str, str, str, float, float]:
        """Return its facts; those of the group's cheapest when none holds the task."""
        rows = self._groups[way.group]
        cpu, memory = way.task_vcpu * CPU_UNITS_PER_VCPU, way.task_memory_mib
        family, method, as_of, interruptions, usd = next(
            (r for r in rows if r[1] >= cpu and r[2] >= memory), rows[0]
        )[3:]
        return family, method, as_of, interruptions, usd


def _lattice_waste(way: Way, task: Task, cell: Cell) -> float:
    """Return dollars a task-hour that the Fargate size lattice costs over the right size."""
    by_dimension = {c.dimension: c.pico_per_unit_hour for c in cell.alone[way].charges}
    vcpu = way.task_vcpu - task.right_vcpu
    gib = (way.task_memory_mib - task.right_memory_mib) / MIB_PER_GIB
    return (vcpu * by_dimension.get("VCPU", 0) + gib * by_dimension.get("GIB", 0)) / PICO_PER_USD


def _plain(ways: pl.DataFrame, costs: WayCosts, to_month: float) -> pl.DataFrame:
    """Return the ways with their costs a month at on-demand rates.

    Adds `full_usd` (by use), `floor_usd` (the instances that the spread asks for), `cost_usd` (the larger) and
    `chosen_room_usd` (`full_usd` of the workload's chosen way).
    """
    least = pl.min_horizontal("tasks_peak", "spread")
    instances = (
        costs.running.join(ways.select("workload", "spread").unique(), on="workload")
        .group_by("workload", "spread")
        .agg(
            (pl.col("n") * least).sum().alias("spread_hours"),
            (pl.col("n") * pl.col("tasks_peak")).sum().alias("task_hours"),
        )
    )
    unpriced = pl.when("on_instances").then(pl.col("task_hours") * pl.col("least_usd"))
    priced = (
        ways.join(costs.totals(), on=KEY, how="left")
        .join(instances, on=["workload", "spread"], how="left")
        .with_columns(
            (pl.coalesce(pl.col("total") * pl.col("rate_usd"), unpriced, 0.0) * to_month).alias("full_usd"),
            (
                pl.when("own").then(pl.col("spread_hours") * pl.col("least_usd")).fill_null(0.0) * to_month
            ).alias("floor_usd"),
            (pl.col("total").fill_null(0.0) * pl.col("waste_usd") * to_month).alias(
                "lattice_waste_monthly_usd"
            ),
        )
        .with_columns(pl.max_horizontal("full_usd", "floor_usd").alias("cost_usd"))
    )
    chosen = priced.filter("chosen").select(
        "workload", pl.col("full_usd").alias("chosen_room_usd"), pl.col("on_instances").alias("chosen_packed")
    )
    return (
        priced.drop("total", "spread_hours", "task_hours")
        .join(chosen, on="workload", how="left")
        .with_columns(pl.coalesce("chosen_full_usd", "chosen_room_usd").alias("chosen_full_usd"))
        .sort("workload", "option")
    )


def _for_sale(ways: pl.DataFrame, rates: Rates, policy: CommitmentPolicy) -> pl.DataFrame:
    """Return `region, scope, commitment, share, share_method, allowed` of what is sold for any of the ways."""
    schema = {
        **{"region": pl.String, "scope": pl.String, "commitment": pl.String, "share": pl.Float64},
        **{"share_method": pl.String, "allowed": pl.Boolean},
    }
    rows = [
        (
            region,
            scope,
            f"{kind} {term}yr {payment}",
            float(share),
            method,
            policy.allowed
            and kind in policy.kinds
            and term in policy.terms_years
            and payment in policy.payment_options,
        )
        for region, scope in ways.select("region", "scope")
        .drop_nulls()
        .unique()
        .sort("region", "scope")
        .rows()
        for (kind, _, term, payment), (share, method) in rates.of_scope(region, scope)
        if kind != CommitmentKind.RI_CONVERTIBLE
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _committed(plain: pl.DataFrame, costs: WayCosts, to_month: float, for_sale: pl.DataFrame) -> pl.DataFrame:
    """Return way × commitment with `cost_usd` a month when the best level of that commitment is bought for it alone."""
    floor = pl.col("floor_usd") * (1.0 - pl.col("share"))
    use = pl.col("committed") * pl.col("rate_usd") * to_month
    return (
        costs.committed(plain.join(for_sale, on=["region", "scope"]))
        .with_columns(pl.max_horizontal(use, floor).alias("cost_usd"))
        .sort("workload", "option", "commitment")
    )


@dataclass(frozen=True)
class _Why:
    """What reasons may rest on besides the figures of the two ways."""

    min_savings_usd: float
    stays: bool


def _verdicts(plain: pl.DataFrame, why: _Why) -> pl.DataFrame:
    """Return `OUTCOMES` rows at on-demand rates; only the chosen way shows what it is billed."""
    by_room = pl.col("on_instances") & pl.col("chosen_packed") & (pl.col("floor_usd") <= pl.col("full_usd"))
    against = pl.when(by_room).then("chosen_room_usd").otherwise("chosen_full_usd")
    lost = pl.when("chosen").then(0.0).otherwise(pl.col("cost_usd") - against)
    rows = plain.with_columns(lost.alias("lost_by_usd"))
    return _outcomes(
        rows.with_columns(
            pl.when("chosen").then("chosen_usd").otherwise("cost_usd").alias("monthly_cost_usd"),
            pl.col("full_usd").alias("marginal_monthly_cost_usd"),
            pl.col("full_usd").alias("lower_bound_usd"),
            pl.lit(None, pl.String).alias("commitment"),
            pl.Series("reason", [_reason(r, why) for r in rows.iter_rows(named=True)], pl.String),
            pl.when("chosen").then(None).otherwise(pl.lit(Bottleneck.COST.value)).alias("bottleneck"),
        )
    )


def _reason(row: Mapping[str, Any], why: _Why) -> str:
    """Return why a way lost, true of the figures that its row and the chosen way's row show."""
    covered = row["chosen_usd"] < row["chosen_full_usd"] - CENT / 2
    if row["chosen"]:
        return f"chosen; {format_usd(row['chosen_full_usd'], 2)} before commitments" if covered else "chosen"
    lost_by, on_instances = row["lost_by_usd"], row["on_instances"]
    before = " before commitments" if covered else ""
    amount = f"{format_usd(abs(lost_by), 2)} a month"
    of_its_own = row["floor_usd"] > row["full_usd"]
    if abs(lost_by) < CENT / 2:
        return "within the rounding of the comparison"
    if lost_by > 0:
        if on_instances and of_its_own:
            zones = ", spread over zones" if row["spread"] > 1 else ""
            return f"{amount} dearer{before}: it would need instances of its own{zones}"
        return f"{amount} dearer{before}" + (", even with every instance full" if on_instances else "")
    if why.stays:
        return f"{amount} cheaper by itself, but all moves together cost more than they save: all stay"
    if on_instances and of_its_own:
        return f"{amount} cheaper at the least{before}, but not in whole instances on representative hours"
    if on_instances:
        return "its room on full instances would be cheaper, but not whole ones on representative hours"
    if row["leaves"]:
        return f"cheaper by itself{before}, but the instances it would leave behind cost more than it saves"
    if covered and row["chosen_usd"] <= row["cost_usd"]:
        return f"{amount} cheaper before commitments, dearer than the chosen way with the fleet's"
    if -lost_by < why.min_savings_usd:
        return f"{amount} cheaper: a move for less than plan.min_savings_usd"
    return f"{amount} cheaper over all hours: ways are compared on representative ones"


def _bought_verdicts(bought: pl.DataFrame) -> pl.DataFrame:
    """Return `OUTCOMES` rows with a commitment, against the chosen way as it is billed."""
    rows = bought.with_columns((pl.col("cost_usd") - pl.col("chosen_usd")).alias("lost_by_usd"))
    estimated = pl.any_horizontal(pl.col("method", "share_method") == "estimated")
    return _outcomes(
        rows.with_columns(
            pl.col("cost_usd").alias("monthly_cost_usd"),
            pl.col("cost_usd").alias("marginal_monthly_cost_usd"),
            pl.col("cost_usd").alias("lower_bound_usd"),
            pl.when(estimated).then(pl.lit("estimated")).otherwise("method").alias("method"),
            pl.Series("reason", list(_bought_reasons(rows)), pl.String),
            pl.when("allowed")
            .then(pl.lit(Bottleneck.COST.value))
            .otherwise(pl.lit(Bottleneck.POLICY.value))
            .alias("bottleneck"),
            pl.lit(False).alias("chosen"),
        )
    )


def _bought_reasons(rows: pl.DataFrame) -> Iterator[str]:
    for lost_by, allowed, chosen in rows.select("lost_by_usd", "allowed", "chosen").iter_rows():
        if not allowed:
            yield "not allowed by [commitments]"
        elif chosen or lost_by < CENT / 2:
            yield AS_A_FLEET
        else:
            yield f"{format_usd(lost_by, 2)} a month dearer, the commitment included"


def _outcomes(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(True).alias("eligible")).select(list(OUTCOMES)).cast(pl.Schema(OUTCOMES))


def _rejection_row(rejection: Any) -> dict[str, Any]:
    launch_type, option, architecture = rejection.option.split(" ")
    return {
        **dict.fromkeys(OUTCOMES),
        "workload_id": rejection.workload_id,
        "option": rejection.option,
        "launch_type": launch_type,
        "capacity_option": option,
        "cpu_architecture": architecture,
        "chosen": False,
        "current": False,
        "eligible": False,
        "reason": rejection.reason,
        "bottleneck": rejection.bottleneck,
    }
