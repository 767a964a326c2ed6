"""The plan's bill without its commitments: what each workload would cost at on-demand prices."""

from __future__ import annotations

import polars as pl

from advisor.model import Plan

NO_WORKLOADS = ("commitments", "private discount")
"""Owners of lines that no single workload or pool has used."""


def net_share(plan: Plan) -> float:
    """Return what a private discount leaves of a dollar: lines of the bill are before it."""
    off = pl.col("owner") == "private discount"
    billed = float(plan.cost_lines.filter(~off)["monthly_cost_usd"].sum())
    discount = float(plan.cost_lines.filter(off)["monthly_cost_usd"].sum())
    return 1.0 + discount / billed if billed else 1.0


def on_demand_usd(plan: Plan) -> dict[str, float]:
    """Return workload → dollars a month; a pool is split as its bill is, so that all add up to the bill's lines."""
    lines = plan.cost_lines.filter(~pl.col("owner").is_in(NO_WORKLOADS))
    worth = lines.select("owner", (pl.col("quantity") * pl.col("usd_per_unit")).alias("usd"))
    owners: dict[str, float] = dict(worth.group_by("owner").agg(pl.col("usd").sum()).iter_rows())
    net = net_share(plan)
    found = {p.workload_id: owners.get(p.workload_id, 0.0) * net for p in plan.placements}
    billed = {p.workload_id: p.monthly_cost_usd for p in plan.placements}
    for pool in plan.pools:
        members = [w for w in pool.workload_ids if w in found]
        whole = owners.get(pool.pool_id, 0.0) * net + sum(found[w] for w in members)
        spent = sum(billed[w] for w in members)
        for w in members:
            found[w] = whole * (billed[w] / spent if spent else 1 / len(members))
    return found
