"""What a policy's plan and bound prove, alone and against another policy's.

The cheapest plan under a policy costs no less than the policy's bound and no more than the plan that was found. So
the price of a rule, the difference of two such optima, lies between differences of bounds and costs.
"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model import Plan
from advisor.terms import SPOT_PART


@dataclass(frozen=True)
class Proven:
    """What is known of a policy: its cheapest plan costs from `bound_usd` to `cost_usd` a month.

    Attributes:
        whole_usd: the part of the cost that goes when instances come in parts.
        workload_ids: what is planned.
    """

    cost_usd: float
    bound_usd: float
    whole_usd: float = 0.0
    workload_ids: frozenset[str] = frozenset()

    @property
    def gap_usd(self) -> float:
        """How far the plan may be above the cheapest one."""
        return max(0.0, self.cost_usd - self.bound_usd)


def price_interval(strict: Proven, loose: Proven) -> tuple[float, float]:
    """Return between what a rule's price lies, when every plan with the rule is lawful without it too.

    The price is opt(strict) − opt(loose), which is never negative: strict.bound ≤ opt(strict) ≤ strict.cost, and the same
    without the rule. A plan of one policy cannot sharpen it: the bounds already imply what that would add.
    """
    low, high = change_interval(loose, strict)
    return max(0.0, low), max(0.0, high)


def change_interval(before: Proven, after: Proven) -> tuple[float, float]:
    """Return between what opt(after) − opt(before) lies, when nothing is known of how the two policies relate."""
    return after.bound_usd - before.cost_usd, after.cost_usd - before.bound_usd


def gap_parts(plan: Proven, many: Proven, apart: Proven) -> tuple[float, float, float, float]:
    """Split a plan's gap, in this order: few types and pools, spread, whole instances, not explained.

    Indicative: each part is how far the gap shrinks when one more rule is left away, so the order matters; no part is
    negative, and they add up to the gap.

    Args:
        many: the same with many types and pools allowed.
        apart: that without spread too.
    """
    left = plan.gap_usd
    parts = []
    for part in (plan.gap_usd - many.gap_usd, many.gap_usd - apart.gap_usd, apart.whole_usd):
        parts.append(min(left, max(0.0, part)))
        left -= parts[-1]
    return parts[0], parts[1], parts[2], max(0.0, left)


def proven(plan: Plan) -> Proven:
    """Return what a plan says about its policy; people's time counts where the policy counts it."""
    parts = [
        p.monthly_cost_usd - p.fluid_monthly_cost_usd
        for p in plan.pools
        if p.fluid_monthly_cost_usd is not None
    ]
    return Proven(
        plan.monthly_cost_usd + (plan.operations_monthly_usd or 0.0),
        plan.lower_bound_monthly_usd,
        sum(parts),
        frozenset(p.workload_id.removesuffix(SPOT_PART) for p in plan.placements),
    )
