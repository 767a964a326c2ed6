"""How much a commitment may take off: the best allowed discount of each meter, and its value over uneven hours.

This is the planner's quick estimate while it compares placements; what is bought in the end is decided by
`plan.purchase` on the hours of the chosen plan, and billed by AWS's own order of application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from advisor.config import CommitmentPolicy
from advisor.plan.offers import Rates
from advisor.terms import CapacityOption, CpuArchitecture


@dataclass(frozen=True)
class Discounts:
    """Largest discount share that the policy can buy, by instance family and by Fargate architecture."""

    family: Mapping[str, float]
    fargate: Mapping[str, float]

    def of_family(self, family: str) -> float:
        """Return the discount share of an instance family, 0 when nothing is for sale."""
        return self.family.get(family, 0.0)

    def of_fargate(self, architecture: CpuArchitecture) -> float:
        """Return the discount share of Fargate on an architecture."""
        return self.fargate.get(architecture.value, 0.0)

    @property
    def largest(self) -> float:
        """The largest discount anywhere: no price can fall further by commitments."""
        return max((*self.family.values(), *self.fargate.values()), default=0.0)


NOTHING_FOR_SALE = Discounts({}, {})
"""Of Windows no rate is known, so no plan is bought for it."""


def best_discounts(rates: Rates, region: str, policy: CommitmentPolicy) -> Discounts:
    """Return what the policy's kinds, terms and payment options can take off in a region."""
    family: dict[str, float] = {}
    fargate: dict[str, float] = {}
    if policy.allowed:
        for (kind, scope, term, payment), (text, _) in rates.shares(region).items():
            if (
                kind not in policy.kinds
                or term not in policy.terms_years
                or payment not in policy.payment_options
            ):
                continue
            share = float(text)
            if scope.startswith("FARGATE_"):
                architecture = fargate_architecture(scope)
                fargate[architecture.value] = max(fargate.get(architecture.value, 0.0), share)
            else:
                family[scope] = max(family.get(scope, 0.0), share)
    return Discounts(family, fargate)


def kept_shares(bins: pl.DataFrame, discounts: Discounts) -> pl.Series:
    """Return what a plan leaves of each bin's instance price; Spot is never discounted."""
    keep = [
        1.0 if option == CapacityOption.SPOT else 1.0 - discounts.of_family(family)
        for family, option in bins.select("family", "capacity_option").iter_rows()
    ]
    return pl.Series(keep, dtype=pl.Float64)


def fargate_architecture(scope: str) -> CpuArchitecture:
    """Return the architecture of a Fargate scope of the catalog, `FARGATE_ARM64_VCPU`."""
    return CpuArchitecture.ARM64 if "ARM64" in scope else CpuArchitecture.X86_64


@dataclass(frozen=True)
class Levels:
    """Uneven hours of dollars, and what committing to the level of each of them costs.

    Attributes:
        on_demand_usd: all hours without a commitment.
        steps: (dollars left to on-demand, on-demand dollars committed to) by level, highest first.
    """

    on_demand_usd: float
    steps: tuple[tuple[float, float], ...]

    def committed_usd(self, discount: float) -> float:
        """Return the cost when the best level of one offer with this discount share is bought.

        The newsvendor rule (algorithms.md §6): commit to the level that is exceeded in a 1 − discount share of hours.
        """
        if discount <= 0:
            return self.on_demand_usd
        best = self.on_demand_usd
        for left, committed in self.steps:
            cost = left + (1.0 - discount) * committed
            best = min(best, cost)
        return best


def levels(hourly: Mapping[int, float], weights: Mapping[int, float]) -> Levels:
    """Return the levels of some hours.

    Args:
        hourly: on-demand dollars by representative hour; absent hours cost nothing.
        weights: how many hours each representative hour stands for.
    """
    total = sum(weights.values())
    steps = []
    above = uncovered = previous = 0.0
    for hour in sorted(hourly, key=lambda h: (-hourly[h], h)):
        level = hourly[hour]
        uncovered += above * (previous - level)
        steps.append((uncovered, level * total))
        above += weights[hour]
        previous = level
    return Levels(sum(weights[h] * usd for h, usd in hourly.items()), tuple(steps))


def committed_usd(hourly: Mapping[int, float], weights: Mapping[int, float], discount: float) -> float:
    """Return the cost of uneven hours when the best level of one discounted offer is bought."""
    return levels(hourly, weights).committed_usd(discount)
