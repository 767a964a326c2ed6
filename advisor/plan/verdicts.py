"""Why a way lost, in dollars and in words, against the chosen one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor.plan.outcome_table import CENT, outcome_rows
from advisor.terms import BindingResource, Bottleneck
from advisor.units import format_memory, format_usd

AS_A_FLEET = "commitments are bought for the fleet as a whole: see the plan's commitments"
FIRST = {
    BindingResource.VCPU: "vCPU fills first",
    BindingResource.MEMORY: "memory fills first",
    BindingResource.TASK_SLOTS: "network interfaces run out first",
    BindingResource.GPUS: "GPUs run out first",
    BindingResource.HOST_PORTS: "its fixed port leaves room for one task on each",
    BindingResource.SPREAD: "it wants an instance for each task",
}
"""What runs out first on instances that are full, in words."""


@dataclass(frozen=True)
class Why:
    """What reasons may rest on besides the figures of the two ways."""

    min_savings_usd: float
    stays: bool


def verdicts(plain: pl.DataFrame, why: Why) -> pl.DataFrame:
    """Return `OUTCOMES` rows at on-demand rates; only the chosen way shows what it is billed."""
    by_room = pl.col("on_instances") & pl.col("chosen_packed") & (pl.col("floor_usd") <= pl.col("full_usd"))
    against = pl.when(by_room).then("chosen_room_usd").otherwise("chosen_full_usd")
    lost = pl.when("chosen").then(0.0).otherwise(pl.col("cost_usd") - against)
    rows = plain.with_columns(lost.alias("lost_by_usd")).with_columns(_binding(why).alias("binding_resource"))
    return outcome_rows(
        rows.with_columns(
            pl.when("chosen").then("chosen_usd").otherwise("cost_usd").alias("monthly_cost_usd"),
            pl.col("full_usd").alias("marginal_monthly_cost_usd"),
            pl.col("full_usd").alias("lower_bound_usd"),
            pl.lit(None, pl.String).alias("commitment"),
            pl.Series("reason", [_reason(r, why) for r in rows.iter_rows(named=True)], pl.String),
            pl.when("chosen").then(None).otherwise(pl.lit(Bottleneck.COST.value)).alias("bottleneck"),
        )
    )


def _binding(why: Why) -> pl.Expr:
    """Return what holds a way back: what its tasks use up first, unless instances of its own are the trouble."""
    of_its_own = pl.col("on_instances") & (pl.col("floor_usd") > pl.col("full_usd"))
    left_over = (pl.col("lost_by_usd") <= -CENT / 2) & (pl.col("on_instances") | pl.col("leaves"))
    return (
        pl.when("chosen")
        .then(None)
        .when(of_its_own & (pl.col("spread") > 1))
        .then(pl.lit(BindingResource.SPREAD.value))
        .when(of_its_own | (left_over & pl.lit(not why.stays)))
        .then(pl.lit(BindingResource.WHOLE_INSTANCES.value))
        .otherwise("fills")
    )


def _reason(row: Mapping[str, Any], why: Why) -> str:
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
        return f"{amount} dearer{before}{_what_makes_it_dear(row)}"
    if why.stays:
        return f"{amount} cheaper by itself, but all moves together cost more than they save: all stay"
    if on_instances and of_its_own:
        return f"{amount} cheaper at the least{before}, but not in whole instances on representative hours"
    if on_instances:
        return f"its room on full instances would be {amount} cheaper, but not whole ones on representative hours"
    if row["leaves"]:
        return f"{amount} cheaper by itself{before}, but the instances it would leave behind cost more than it saves"
    if covered and row["chosen_usd"] <= row["cost_usd"]:
        return f"{amount} cheaper before commitments, dearer than the chosen way with the fleet's"
    if -lost_by < why.min_savings_usd:
        return f"{amount} cheaper: a move for less than plan.min_savings_usd"
    return f"{amount} cheaper over all hours: ways are compared on representative ones"


def _what_makes_it_dear(row: Mapping[str, Any]) -> str:
    """Return the resource that a dearer way is short of, in words that follow the dollars."""
    binding = BindingResource(row["binding_resource"])
    if row["on_instances"]:
        if row["floor_usd"] <= row["full_usd"]:
            return f", even with every instance full: {FIRST[binding]}"
        return ": it would need instances of its own" + (
            ", spread over zones" if binding is BindingResource.SPREAD else " and not fill them"
        )
    if binding is BindingResource.VCPU_STEP:
        return f": rounded up to {row['task_vcpu']:g} vCPU"
    if binding is BindingResource.MEMORY_STEP:
        return f": rounded up to {format_memory(row['task_memory_mib'])}"
    return f": {'vCPU' if binding is BindingResource.VCPU else 'memory'} is most of its price"


def bought_verdicts(bought: pl.DataFrame) -> pl.DataFrame:
    """Return `OUTCOMES` rows with a commitment, against the chosen way as it is billed."""
    rows = bought.with_columns((pl.col("cost_usd") - pl.col("chosen_usd")).alias("lost_by_usd"))
    estimated = pl.any_horizontal(pl.col("method", "share_method") == "estimated")
    return outcome_rows(
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
            pl.col("fills").alias("binding_resource"),
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
