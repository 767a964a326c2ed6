"""The placements as one flat table, for spreadsheets and programs: a row a workload, units last, numbers as numbers."""

from __future__ import annotations

import polars as pl

from advisor.model import Plan

COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "workload_id": pl.String,
    "account_id": pl.String,
    "region": pl.String,
    "cluster": pl.String,
    "workload_class": pl.String,
    "class_confidence": pl.Float64,
    "finding": pl.String,
    "current_launch_type": pl.String,
    "current_capacity_option": pl.String,
    "current_cpu_architecture": pl.String,
    "current_task_vcpu": pl.Float64,
    "current_task_memory_mib": pl.Float64,
    "launch_type": pl.String,
    "capacity_option": pl.String,
    "cpu_architecture": pl.String,
    "pool_id": pl.String,
    "task_vcpu": pl.Float64,
    "task_memory_mib": pl.Float64,
    "unchanged": pl.Boolean,
    "baseline_monthly_cost_usd": pl.Float64,
    "baseline_is_estimate": pl.Boolean,
    "baseline_doubt_usd": pl.Float64,
    "monthly_cost_usd": pl.Float64,
    "monthly_cost_low_usd": pl.Float64,
    "monthly_cost_high_usd": pl.Float64,
    "estimated_price": pl.Boolean,
    "monthly_savings_usd": pl.Float64,
    "not_advised_reason": pl.String,
    "catalog_as_of": pl.String,
}
"""One row per workload, in the order of the workloads table; without a placement the cost columns are null."""


def placements(plan: Plan) -> pl.DataFrame:
    """Return `COLUMNS` for every workload of the plan, the ones not advised included with their reason."""
    workloads = {w["workload_id"]: w for w in plan.workloads.iter_rows(named=True)}
    profiles = {p["workload_id"]: p for p in plan.profiles.iter_rows(named=True)}
    placed = {p.workload_id: p for p in plan.placements}
    refused = {r.workload_id: r.reason for r in plan.rejections if not r.option}
    rows = []
    for workload_id, workload in workloads.items():
        profile, place = profiles.get(workload_id, {}), placed.get(workload_id)
        row = {
            **{name: workload.get(name) for name in ("workload_id", "account_id", "region", "cluster")},
            **{name: profile.get(name) for name in ("workload_class", "class_confidence", "finding")},
            **{
                f"current_{name}": workload.get(name)
                for name in (
                    "launch_type",
                    "capacity_option",
                    "cpu_architecture",
                    "task_vcpu",
                    "task_memory_mib",
                )
            },
            "not_advised_reason": refused.get(workload_id),
            "catalog_as_of": plan.catalog_as_of,
        }
        if place is not None:
            row |= {name: value for name, value in vars(place).items() if name in COLUMNS}
            row["monthly_savings_usd"] = place.baseline_monthly_cost_usd - place.monthly_cost_usd
        rows.append([row.get(name) for name in COLUMNS])
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")
