"""Comparisons of plans built by hand, hostile names included, so that their report can be tested without planning."""

from __future__ import annotations

from dataclasses import replace

from fakes_plan import HOSTILE, placement, plan

from advisor.model import Comparison, Rejection
from advisor.plan.compare import compare

CHANGED = {"operations.usd_per_hour": ("0", "150"), "plan.exclude": ("none", "<b>\x1b[2J*, =1+1")}


def comparison(
    names: tuple[str, ...] = ("checkout", "thumbnails", "search", "nightly", "extra"),
) -> Comparison:
    """Return a comparison with every kind of move: another place, another pool, added, removed, as before."""
    before = plan(names)
    a, b, c, *more = before.placements
    c = replace(c, pool_id="web")
    before = replace(before, placements=(a, b, c, *more))
    gone, *kept = more
    after = replace(
        before,
        placements=(
            replace(a, launch_type="FARGATE", pool_id=None, monthly_cost_usd=680.4, task_vcpu=1.0),
            b,
            replace(c, pool_id=f"today-{names[0]}", monthly_cost_usd=530.75),
            placement(names[3], 12.0, 11.2, launch_type="EC2", pool_id="web"),
            *kept,
        ),
        rejections=(Rejection(gone.workload_id, "", f"no price for {names[0]}", "price"),),
        commitments=(replace(before.commitments[0], scope=names[0], hourly_commitment_usd=0.125),),
        monthly_cost_usd=1302.45,
        lower_bound_monthly_usd=1710.2,
    )
    return compare(replace(before, operations_monthly_usd=None), after, CHANGED)


def hostile_comparison() -> Comparison:
    """Return the comparison with every name an attack."""
    return comparison(HOSTILE)
