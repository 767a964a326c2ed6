"""Re-checks the proof of the bound: its prices by another method in whole numbers, its sums hour by hour."""

from __future__ import annotations

from math import floor, inf

from advisor.plan.bound import Bound, CellProof
from advisor.plan.room import NANO_PER_USD
from advisor.terms import CapacityOption
from advisor.units import PICO_PER_USD, SECONDS_PER_HOUR

OK = "ok"


def bound_is_proven(bound: Bound) -> str:
    """Return "ok", with what could not be checked, or what is wrong with the proof."""
    hard = 0
    for proof in bound.proofs:
        wrong, undecided = proof.rooms.unlawful(proof.room, proof.discounts)
        hard += undecided
        if wrong:
            return f"{'/'.join(proof.cell.key)}: {wrong[0]}"
        alone = _dear_alone(proof)
        if alone:
            return f"{'/'.join(proof.cell.key)}: {alone}"
        if proof.nano > _usage(proof):
            return f"{'/'.join(proof.cell.key)}: its workloads do not add up to {proof.nano}"
    usage = sum(p.nano for p in bound.proofs) / NANO_PER_USD
    owned = bound.certificate["owned_usd"]
    stated = owned + max(0.0, usage - bound.certificate["owned_cover_usd"])
    if bound.usd > stated * (1 + 1e-12):
        return f"{bound.usd} is more than the {stated} that is proven"
    return OK if not hard else f"{OK}, but {hard} lists of prices were too hard to check anew"


def _dear_alone(proof: CellProof) -> str:
    """Return what is wrong when a workload can do without instances for less than the proof says."""
    for workload, ways in proof.cell.ways.items():
        for way in ways:
            if way not in proof.cell.alone:
                continue
            spot = way.capacity_option is CapacityOption.SPOT
            kept = 1.0 if spot else 1.0 - proof.discounts.of_fargate(way.cpu_architecture)
            usd_per_s = proof.cell.alone[way].pico_per_task_hour * kept / PICO_PER_USD / SECONDS_PER_HOUR
            if proof.usd_per_s.get(workload, inf) > usd_per_s * (1 + 1e-12):
                return f"{way.workload_id} costs less as {way.option}"
    return ""


def _usage(proof: CellProof) -> int:
    """Return what the cell costs at the least in nano-dollars, one row of demand after the other."""
    share = None if proof.share_of_hour is None else dict(proof.share_of_hour.iter_rows())
    block = dict(proof.blocks.select("hour", "block").iter_rows())
    price = {(b, w): nano for b, w, nano in proof.room.select("block", "workload", "nano").iter_rows()}
    held = {w for _, w in price}
    on: dict[int, int] = {}
    off: dict[int, float] = {}
    rows = proof.cell.demand.select("hour", "workload", "tasks_peak", "billed_seconds")
    for hour, workload, tasks, seconds in rows.iter_rows():
        part = 1.0 if share is None else share.get(hour, 0.0)
        if not part or hour not in block:
            continue
        usd_per_s = proof.usd_per_s.get(workload, 0.0)
        on[workload] = on.get(workload, 0) + floor(part * tasks * price.get((block[hour], workload), 0))
        off[workload] = off.get(workload, 0.0) + part * seconds * usd_per_s * NANO_PER_USD
    total, apart = 0, 0.0
    for workload, packed in on.items():
        ways = [float(packed)] if workload in held else []
        ways += [off[workload]] if workload in proof.usd_per_s else []
        # the proof rounds every hour down
        total += floor(min(ways, default=0.0) * (1 + 1e-12)) + 1
        apart += off[workload] if workload in proof.usd_per_s else inf
    people = proof.cell.least_standing_usd() * NANO_PER_USD
    with_people = total + floor(people * (1 + 1e-12)) + 1
    return with_people if apart == inf else min(with_people, floor(apart * (1 + 1e-12)) + 1)
