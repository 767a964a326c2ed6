"""Which Savings Plan covers which meter, and in what order.

Rule (Savings Plans User Guide, sp-applying): after reservations, EC2 Instance plans before Compute plans;
within a type all plans together whatever their term and payment; the owner's account first, then the
organization; each time the highest saving against on-demand first, ties to the lower rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from advisor.plan.draw import Draw
from advisor.plan.meters import Meter, Owned
from advisor.terms import CommitmentKind

PLAN_ORDER = (CommitmentKind.EC2_INSTANCE_SP, CommitmentKind.COMPUTE_SP)


def savings_plan_draws(
    meters: Sequence[Meter], owned: Sequence[Owned], *, sharing: bool, quantum: int
) -> list[Draw]:
    """Return (plan, meter) in the order in which AWS applies them.

    Args:
        quantum: capacity quanta per pico-dollar: a multiple of every meter's scale.
    """
    found = []
    for o, plan in enumerate(owned):
        if plan.kind not in PLAN_ORDER:
            continue
        for m, meter in enumerate(meters):
            rate = plan.rates.get(meter.meter_id)
            own = meter.account_id == plan.account_id
            if rate is None or not _covers(plan, meter) or not (own or sharing):
                continue
            share = Fraction(rate, meter.od_pico_usd) if meter.od_pico_usd else Fraction(rate)
            order = (PLAN_ORDER.index(plan.kind), not own, share, rate, meter.meter_id, plan.owned_id)
            found.append((order, Draw(o, m, rate * (quantum // meter.scale))))
    return [draw for _, draw in sorted(found, key=lambda pair: pair[0])]


def _covers(plan: Owned, meter: Meter) -> bool:
    """Say whether the plan's kind reaches the meter; that a rate exists is asked before."""
    if plan.kind is CommitmentKind.COMPUTE_SP:
        return True
    return (meter.instance_family, meter.region) == (plan.scope, plan.region)
