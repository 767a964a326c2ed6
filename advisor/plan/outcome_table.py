"""The table of outcomes: its columns, and rows put into them."""

from __future__ import annotations

from typing import Any

import polars as pl

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
    "marginal_monthly_cost_usd": pl.Float64,  # of its room, before commitments but for those of the row
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
    "binding_resource": pl.String,  # `terms.BindingResource`; null where it won or could not be
}
"""One row per workload × way × commitment; rejected ways have no cost but a reason."""
CENT = 0.01
"""Monthly dollars that are no difference."""


def outcome_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return priced ways as `OUTCOMES`."""
    return rows.with_columns(pl.lit(True).alias("eligible")).select(list(OUTCOMES)).cast(pl.Schema(OUTCOMES))


def rejection_row(rejection: Any) -> dict[str, Any]:
    """Return the row of a way that cannot be."""
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
