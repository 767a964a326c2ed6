"""What would fall away with a workload, and what one more of its tasks costs: prices of room, month by month.

An allocated cost shares out a bill and adds up to it; it does not say what is saved when a workload leaves. The proof of
the bound does: at its prices of room no instance holds tasks worth more than it costs, and the least that all usage costs
is the sum of what each workload's tasks are worth, on instances or without them. Take a workload away and the same
prices still prove the rest, so the bound falls by that workload's part at the most: if it went away, the cheapest
possible plan would fall by about this, or by less where others need the instances all the same. This is the side of the
bound and no promise: instances come whole, and a real fleet moves in steps around it. People's time counts where the
policy counts it, but for what a pool and a cluster ask however few lie there.

What shares no instance with others, on Fargate or alone in its pool, takes its own bill with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from advisor.plan.bound import Bound, CellProof
from advisor.plan.room import NANO_PER_USD
from advisor.plan.settle import Settled
from advisor.units import HOURS_PER_MONTH, PICO_PER_USD, SECONDS_PER_HOUR

PICO_PER_NANO = PICO_PER_USD // NANO_PER_USD
MILLI = 1000
"""Hours are counted in whole thousandths, so that sums are exact."""
UNEVEN = 1.05
"""From how many times the mean on the dearest hour is worth naming."""


@dataclass(frozen=True)
class Marginal:
    """A workload at the margin, net of the private discount.

    Attributes:
        monthly_usd: by how much a month's cost would fall without it, at the most.
        one_more_task_usd: what one more task in every hour of a month adds; null where nothing prices it.
        dearest_hour: hour of the window in which room on instances costs most; null where it costs much the same always.
        dearest_hour_usd: one task's room in that hour.
    """

    monthly_usd: float
    one_more_task_usd: float | None
    dearest_hour: int | None = None
    dearest_hour_usd: float | None = None


def least_nano(bound: Bound) -> dict[int, int]:
    """Return each workload's part of the proven usage in nano-dollars over the window; the parts add up to the
    proofs' where nothing is counted for people's time."""
    return {
        workload: min(n for n in (packed, apart) if n is not None)
        for proof in bound.proofs
        for workload, packed, apart in proof.by_workload.iter_rows()
    }


def marginals(plan: Settled) -> dict[int, Marginal]:
    """Return every placed workload at the margin."""
    bound = plan.solution.bound
    least = least_nano(bound)
    # what is owned is paid either way: no more can fall away than it leaves to be paid
    beyond = bound.certificate["usage_usd"] - bound.certificate["owned_cover_usd"]
    most = max(0, int(beyond * NANO_PER_USD))
    shared = {w.workload for p in plan.solution.pools if len(p.ways) > 1 for w in p.ways}
    pooled = {w.workload for p in plan.solution.pools for w in p.ways}
    room = {w: r for proof in bound.proofs for w, r in _rooms(proof).items()}
    seconds = _billed_seconds(plan)
    found = {}
    for workload, bill in plan.workload_pico.items():
        part = min(least.get(workload, 0), most) * PICO_PER_NANO
        usd = plan.monthly_usd(part if workload in shared else bill)
        if workload not in pooled:
            ran = seconds.get(workload, 0)
            month = HOURS_PER_MONTH * SECONDS_PER_HOUR * float(plan.net_share) / PICO_PER_USD
            found[workload] = Marginal(usd, float(bill) / ran * month if ran else None)
        elif workload in room:
            found[workload] = _on_instances(usd, room[workload], float(plan.net_share) * bool(most))
        else:
            found[workload] = Marginal(usd, None)
    return found


@dataclass(frozen=True)
class _Room:
    """Nano-dollars of one task's room: mean of all hours, the dearest hour, and mean of the hours that count."""

    mean: float
    hour: int
    most: int
    usual: float


def _on_instances(monthly_usd: float, room: _Room, net: float) -> Marginal:
    one_more = room.mean / NANO_PER_USD * HOURS_PER_MONTH * net
    if not net or room.most <= UNEVEN * room.usual:
        return Marginal(monthly_usd, one_more)
    return Marginal(monthly_usd, one_more, room.hour, room.most / NANO_PER_USD * net)


def _rooms(proof: CellProof) -> dict[int, _Room]:
    """Return workload → what one task's room costs over the hours of its cell."""
    counted = proof.blocks.with_columns(pl.lit(1.0).alias("share"))
    if proof.share_of_hour is not None:
        counted = proof.blocks.join(proof.share_of_hour, on="hour")
    milli = (pl.col("share") * MILLI).round().cast(pl.Int64)
    weights = counted.group_by("block").agg(milli.sum().alias("milli"))
    rows = (
        proof.room.join(weights, on="block")
        .sort("workload", -pl.col("nano"), "block")
        .group_by("workload", maintain_order=True)
        .agg(
            (pl.col("nano") * pl.col("milli")).sum(),
            pl.col("milli").sum().alias("counted"),
            pl.col("block").first().alias("hour"),
            pl.col("nano").first().alias("most"),
        )
    )
    whole = len(proof.blocks) * MILLI
    return {
        workload: _Room(nano / whole, hour, most, nano / counted if counted else 0.0)
        for workload, nano, counted, hour, most in rows.iter_rows()
    }


def _billed_seconds(plan: Settled) -> dict[int, int]:
    rows = plan.solution.window.demand.group_by("workload").agg(pl.col("billed_seconds").sum())
    return dict(rows.iter_rows())
