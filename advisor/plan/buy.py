"""Commitments for a solution, and the last comparison: is the plan better than leaving everything where it is?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.plan.bill import Bill, bill
from advisor.plan.commit import best_commitments
from advisor.plan.metering import Metered, metered
from advisor.plan.meters import Offer, Owned
from advisor.plan.offers import largest_discount, offers
from advisor.plan.people import monthly_usd
from advisor.plan.purchase import Purchase
from advisor.plan.settle import Settled, settle
from advisor.plan.solution import Solution
from advisor.plan.solve import as_today
from advisor.plan.sunk import Sunk
from advisor.terms import PriceMethod
from advisor.units import HOURS_PER_MONTH, PICO_PER_USD


@dataclass(frozen=True)
class Bought:
    """The plan that won, billed, with what it buys.

    Attributes:
        nothing_pico: what the same plan costs over the window when nothing is bought.
        stayed: true when leaving every workload where it is (at its right size) was cheaper than moving.
    """

    settled: Settled
    purchases: tuple[Purchase, ...]
    nothing_pico: Fraction
    owned: Sunk
    stayed: bool


def buy(solution: Solution, owned: Sunk, catalog: Catalog, config: Config) -> Bought:
    """Buy commitments for the solution and for staying put, and return the cheaper of the two."""
    moved = _with_commitments(_Market.of(solution, owned, catalog, config))
    still = as_today(solution)
    if still is solution:
        return Bought(*moved, owned, stayed=False)
    market = _Market.of(still, owned, catalog, config)
    if _dearer_at_best(market, moved[0].total_pico + _people_pico(solution, config)):
        return Bought(*moved, owned, stayed=False)
    stayed = _with_commitments(market)
    if stayed[0].total_pico + _people_pico(still, config) < moved[0].total_pico + _people_pico(
        solution, config
    ):
        return Bought(*stayed, owned, stayed=True)
    return Bought(*moved, owned, stayed=False)


@dataclass(frozen=True)
class _Market:
    """A solution as metered, with what is owned and what is for sale."""

    solution: Solution
    use: Metered
    offers: tuple[Offer, ...]
    owned: Sunk
    catalog: Catalog
    config: Config

    @classmethod
    def of(cls, solution: Solution, owned: Sunk, catalog: Catalog, config: Config) -> _Market:
        use = metered(solution, catalog)
        return cls(solution, use, offers(use.meters, owned.rates, config.commitments), owned, catalog, config)

    def without_purchases(self) -> Bill:
        return bill(self.use.meters, self.use.usage, self.owned.owned(self.use.meters))


def _with_commitments(market: _Market) -> tuple[Settled, tuple[Purchase, ...], Fraction]:
    """Return the bill with what is best bought, the purchases, and the bill when nothing is bought."""
    solution, config = market.solution, market.config
    advised = _advised(solution)
    basis = market if advised is solution else _Market.of(advised, market.owned, market.catalog, config)
    choice = best_commitments(
        basis.use.meters, basis.use.usage, basis.offers, config.commitments,
        owned=market.owned.owned(basis.use.meters),
    )  # fmt: skip
    # sized by what is advised on, but AWS applies a plan to everything that it reaches
    whole = {o.offer_id: o for o in market.offers}
    bought = [whole[p.offer.offer_id].buy(p.size) for p in choice.purchases]
    estimated = frozenset(
        p.offer.offer_id for p in choice.purchases if p.offer.method == PriceMethod.ESTIMATED
    )
    bare = choice.before if basis is market else market.without_purchases()
    nothing = bare.total_pico_usd + sum((item.pico for item in market.use.items), Fraction(0))

    def settled_with(commitments: Sequence[Owned]) -> Settled:
        return settle(
            solution,
            market.owned,
            commitments,
            market.catalog,
            estimated=estimated,
            meters=market.use,
            edp_share=config.prices.edp_share,
        )

    settled = settled_with(bought)
    if settled.total_pico > nothing:
        # what saves on the advised part can only lose on the whole where owned plans reach both
        return settled_with(()), (), nothing
    return settled, choice.purchases, nothing


def _advised(solution: Solution) -> Solution:
    """Return the solution without what no advice is given on: nobody should commit for a year on its account."""
    fixed = {t.workload for c in solution.cells for t in c.tasks if t.fixed}
    if not fixed:
        return solution
    pools = tuple(p for p in solution.pools if not fixed.issuperset(w.workload for w in p.ways))
    # what shares instances with others stays on them
    gone = fixed - {w.workload for p in pools for w in p.ways}
    cells = tuple(
        replace(c, tasks=tuple(t for t in c.tasks if t.workload not in gone), _tasks={})
        for c in solution.cells
    )
    kept = {w: way for w, way in solution.assignment.items() if w not in gone}
    return replace(solution, cells=cells, assignment=kept, pools=pools)


def _people_pico(solution: Solution, config: Config) -> Fraction:
    """Return people's time over the window in dollars of the bill before a private discount, which takes no part of it."""
    monthly = monthly_usd(solution.hosts(), config.operations) / (1.0 - config.prices.edp_share)
    return Fraction(monthly) * PICO_PER_USD * Fraction(solution.window.hours, HOURS_PER_MONTH)


def _dearer_at_best(still: _Market, moved_pico: Fraction) -> bool:
    """Say whether staying costs more even with everything that a plan may discount at the best rate for sale."""
    use, owned = still.use, still.owned
    on_demand = sum(
        Fraction(sum(column) * meter.od_pico_usd, meter.scale)
        for meter, column in zip(use.meters, zip(*use.usage, strict=True), strict=True)
    )
    hours = still.solution.window.hours
    items = sum((item.pico for item in use.items), Fraction(0))
    paid, covered = owned.cost_usd(hours) * PICO_PER_USD, owned.cover_usd(hours) * PICO_PER_USD
    best = largest_discount(use.meters, still.offers)
    least = paid + max(0.0, float(on_demand) - covered) * (1.0 - best) + float(items)
    people = _people_pico(still.solution, still.config)
    return least + float(people) > float(moved_pico)
