"""Commitments for a solution, and the last comparison: is the plan better than leaving everything where it is?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.plan.commit import best_commitments
from advisor.plan.metering import metered
from advisor.plan.offers import largest_discount, offers
from advisor.plan.purchase import Purchase
from advisor.plan.settle import Settled, settle
from advisor.plan.solution import Solution
from advisor.plan.solve import as_today
from advisor.plan.sunk import Sunk
from advisor.terms import PriceMethod
from advisor.units import PICO_PER_USD


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
    if _dearer_at_best(still, moved[0], owned, catalog, config):
        return Bought(*moved, owned, stayed=False)
    stayed = _with_commitments(still, owned, catalog, config)
    if stayed[0].total_pico < moved[0].total_pico:
        return Bought(*stayed, owned, stayed=True)
    return Bought(*moved, owned, stayed=False)


def _with_commitments(
    solution: Solution, owned: Sunk, catalog: Catalog, config: Config
) -> tuple[Settled, tuple[Purchase, ...]]:
    use = metered(solution, catalog)
    advised = _advised(solution)
    basis = use if advised is solution else metered(advised, catalog)
    choice = best_commitments(
        basis.meters, basis.usage, offers(basis.meters, catalog, config.commitments), config.commitments,
        owned=owned.owned(basis.meters),
    )  # fmt: skip
    # sized by what is advised on, but AWS applies a plan to everything that it reaches
    whole = {o.offer_id: o for o in offers(use.meters, catalog, config.commitments)}
    bought = [whole[p.offer.offer_id].buy(p.size) for p in choice.purchases]
    estimated = frozenset(
        p.offer.offer_id for p in choice.purchases if p.offer.method == PriceMethod.ESTIMATED
    )
    settled = settle(
        solution,
        owned,
        bought,
        catalog,
        estimated=estimated,
        meters=use,
        edp_share=config.prices.edp_share,
    )
    return settled, choice.purchases


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


def _dearer_at_best(still: Solution, moved: Settled, owned: Sunk, catalog: Catalog, config: Config) -> bool:
    """Say whether staying costs more even with everything that a plan may discount at the best rate for sale."""
    use = metered(still, catalog)
    on_demand = sum(
        Fraction(sum(column) * meter.od_pico_usd, meter.scale)
        for meter, column in zip(use.meters, zip(*use.usage, strict=True), strict=True)
    )
    hours = still.window.hours
    items = sum((item.pico for item in use.items), Fraction(0))
    paid, covered = owned.cost_usd(hours) * PICO_PER_USD, owned.cover_usd(hours) * PICO_PER_USD
    best = largest_discount(use.meters, offers(use.meters, catalog, config.commitments))
    least = paid + max(0.0, float(on_demand) - covered) * (1.0 - best) + float(items)
    return least > float(moved.total_pico)
