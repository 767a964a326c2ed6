"""Commitments for a solution, and the last comparison: is the plan better than leaving everything where it is?"""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.plan.commit import best_commitments
from advisor.plan.metering import metered
from advisor.plan.offers import offers
from advisor.plan.purchase import Purchase
from advisor.plan.settle import Settled, settle
from advisor.plan.solution import Solution
from advisor.plan.solve import as_today
from advisor.plan.sunk import Sunk
from advisor.terms import PriceMethod


@dataclass(frozen=True)
class Bought:
    """The plan that won, billed, with what it buys.

    Attributes:
        stayed: true when leaving every workload where it is (at its right size) was cheaper than moving.
    """

    settled: Settled
    purchases: tuple[Purchase, ...]
    owned: Sunk
    stayed: bool


def buy(solution: Solution, owned: Sunk, catalog: Catalog, config: Config) -> Bought:
    """Buy commitments for the solution and for staying put, and return the cheaper of the two."""
    moved = _with_commitments(solution, owned, catalog, config)
    still = as_today(solution)
    if still is solution:
        return Bought(*moved, owned, stayed=False)
    stayed = _with_commitments(still, owned, catalog, config)
    if stayed[0].total_pico < moved[0].total_pico:
        return Bought(*stayed, owned, stayed=True)
    return Bought(*moved, owned, stayed=False)


def _with_commitments(
    solution: Solution, owned: Sunk, catalog: Catalog, config: Config
) -> tuple[Settled, tuple[Purchase, ...]]:
    use = metered(solution, catalog)
    choice = best_commitments(
        use.meters, use.usage, offers(use.meters, catalog, config.commitments), config.commitments,
        owned=owned.owned(use.meters),
    )  # fmt: skip
    bought = [p.offer.buy(p.size) for p in choice.purchases]
    estimated = frozenset(
        p.offer.offer_id for p in choice.purchases if p.offer.method == PriceMethod.ESTIMATED
    )
    return settle(solution, owned, bought, catalog, estimated=estimated, meters=use), choice.purchases
