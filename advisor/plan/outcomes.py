"""What every way would cost every workload, and why each one lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from advisor.config import CommitmentPolicy, Config
from advisor.plan.offers import Rates
from advisor.plan.outcome_table import OUTCOMES, rejection_row
from advisor.plan.settle import pool_shares
from advisor.plan.solution import Solution
from advisor.plan.verdicts import Why, bought_verdicts, verdicts
from advisor.plan.way_costs import KEY, WayCosts, way_costs
from advisor.plan.way_rows import WAYS, way_rows
from advisor.terms import CommitmentKind
from advisor.units import HOURS_PER_MONTH


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
    rows = [row for cell in solution.cells for row in way_rows(cell, solution, placed_usd, full)]
    ways = pl.DataFrame(rows, schema=WAYS, orient="row")
    costs = way_costs(solution.cells, solution.window.hours)
    plain = _plain(ways, costs, to_month)
    bought = _committed(plain, costs, to_month, _for_sale(ways, rates, config.commitments))
    why = Why(config.plan.min_savings_usd, stays)
    refused = [rejection_row(r) for r in rejected if r.option]
    parts = [
        verdicts(plain, why),
        bought_verdicts(bought),
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
