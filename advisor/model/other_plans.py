"""Plans beside the plan: under other rules, and under other settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RulePrice:
    """What a rule of the policy costs a month, or would cost.

    Attributes:
        name: what it is asked for by.
        rule: the rule in words; the stricter of the two policies that are compared.
        effect: `terms.Effect`: whether the other policy is without the rule (relaxes) or with it (restricts).
        settings: dotted key → what the other policy has there.
        low_usd, high_usd: the true price lies between; null when the two cannot be compared.
        plans_differ_usd: how far the two plans that were found lie apart.
        other_cost_usd, other_bound_usd: of the plan under the other policy.
        reason: why there is no price.
    """

    name: str
    rule: str
    effect: str
    settings: dict[str, Any]
    low_usd: float | None = None
    high_usd: float | None = None
    plans_differ_usd: float | None = None
    other_cost_usd: float | None = None
    other_bound_usd: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class RulePrices:
    """A policy's plan, what each of its rules costs, and what its gap to the bound is made of.

    Attributes:
        cost_usd, bound_usd: a month of the plan and of the bound, people's time included where it is counted.
        gap_usd: words → dollars a month, indicatively; they add up to the gap.
    """

    name: str
    regions: tuple[str, ...]
    catalog_as_of: str
    cost_usd: float
    bound_usd: float
    rules: tuple[RulePrice, ...]
    gap_usd: dict[str, float]
    assumptions: tuple[str, ...]
    config_digest: str
    inputs_digest: str


@dataclass(frozen=True)
class Moved:
    """A workload that two plans treat differently; what is null, the plan does not have.

    Attributes:
        change: `terms.Change`.
        before, after: where each plan runs it and how big a task is, `EC2 ARM, 1 vCPU/2 GiB`.
        monthly_cost_before_usd, monthly_cost_after_usd: its share of each plan.
        reason: why one of the plans has no place for it.
    """

    workload_id: str
    change: str
    before: str | None
    after: str | None
    monthly_cost_before_usd: float | None
    monthly_cost_after_usd: float | None
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """What becomes of a plan under other settings: before is under the settings as they are, after under the others.

    Attributes:
        cost_before_usd, cost_after_usd: a month, people's time included where it is counted.
        people_before_usd, people_after_usd: people's time in these costs; null where it is not counted.
        bound_before_usd, bound_after_usd: what no plan under these settings costs less than, people's time included too.
        baseline_before_usd, baseline_after_usd: a month of today.
        low_usd, high_usd: what the cheapest plan costs more under the other settings lies between; null when the two plans
            are not of the same workloads.
        moved: workloads with another place or size, or in one plan only; most dollars first.
        unchanged_count: workloads with the same place and size in both plans.
        commitments_before, commitments_after: what is to be bought, in short words, and its dollars an hour.
        settings_changed: dotted key → (old value, new value), as text.
    """

    name: str
    regions: tuple[str, ...]
    catalog_as_of: str
    cost_before_usd: float
    cost_after_usd: float
    people_before_usd: float | None
    people_after_usd: float | None
    bound_before_usd: float
    bound_after_usd: float
    baseline_before_usd: float
    baseline_after_usd: float
    low_usd: float | None
    high_usd: float | None
    moved: tuple[Moved, ...]
    unchanged_count: int
    commitments_before: tuple[tuple[str, float], ...]
    commitments_after: tuple[tuple[str, float], ...]
    settings_changed: dict[str, tuple[str, str]]
    assumptions: tuple[str, ...]
    config_digest_before: str
    config_digest_after: str
    inputs_digest: str
