"""Offers bought together: their sizes chosen at once, as a mix that can be billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from advisor.plan.bill import Bill
from advisor.plan.commit_costs import Costs, Cover
from advisor.plan.commit_joint import best_together
from advisor.plan.commit_level import PLAN_STEP_PICO_USD, common_quantum, ladder, plan_size
from advisor.plan.commit_market import Market, Mix
from advisor.plan.commit_moves import Scale
from advisor.plan.meters import RESERVATIONS, Offer
from advisor.terms import CommitmentKind
from advisor.units import PICO_PER_USD

KINDS = (RESERVATIONS, {CommitmentKind.EC2_INSTANCE_SP}, {CommitmentKind.COMPUTE_SP})
"""The order in which kinds of commitments apply; what is owned is taken to come first of its kind."""


def mix_together(market: Market, rest: Bill, offers: Sequence[Offer], starts: Sequence[Mix]) -> Mix:
    """Return the sizes of some offers that are best together, and beside what is owned.

    Args:
        rest: a bill with what is owned.
        starts: sizes to begin with; offers that they do not name begin at zero.
    """
    accounts: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        accounts["" if market.sharing else offer.account_id].append(offer)
    return tuple(pair for a in sorted(accounts) for pair in _mix(market, rest, accounts[a], starts))


def _mix(market: Market, rest: Bill, unsorted: Sequence[Offer], starts: Sequence[Mix]) -> Mix:
    offers = [o for kinds in KINDS for o in unsorted if o.kind in kinds]
    quantum = common_quantum(market.meters, offers)
    dollar = quantum * PICO_PER_USD
    prices = [m.od_pico_usd * (quantum // m.scale) / dollar for m in market.meters]
    ladders = [ladder(market.meters, offer, quantum, sharing=market.sharing) for offer in offers]
    bought = [
        Cover(tuple((d.meter, float(d.weight * own.cost) / dollar) for d in own.draws)) for own in ladders
    ]
    owned = _owned(rest, prices)
    covers = [
        cover
        for kinds in KINDS
        for cover in (
            *(c for c, plan in zip(owned, rest.owned, strict=True) if plan.kind in kinds),
            *(c for c, offer in zip(bought, offers, strict=True) if offer.kind in kinds),
        )
    ]
    costs = Costs.of(market.usage.rows, prices, covers)
    scales = [
        Scale(_step_pico_usd(offer) / PICO_PER_USD, offer.kind in RESERVATIONS, costs.worth(o))
        for o, offer in enumerate(offers)
    ]
    found = []
    for start in starts:
        sizes = {offer.offer_id: offer.buy(size).hourly_pico_usd for offer, size in start}
        first = [sizes.get(offer.offer_id, 0) / PICO_PER_USD for offer in offers]
        found.append(best_together(costs, scales, first))
    costs_of = costs.at(found)
    best = found[min(range(len(found)), key=lambda i: (costs_of[i], i))]
    mix = []
    for offer, level, scale in zip(offers, best, scales, strict=True):
        size = round(level / scale.step)
        if not scale.whole:
            size = plan_size(size * PLAN_STEP_PICO_USD)
        if market.worth(offer, size):
            mix.append((offer, size))
    return tuple(mix)


def _owned(rest: Bill, prices: Sequence[float]) -> list[Cover]:
    """Return what is owned; its dollars are those of its first meter on demand, for what it costs is spent anyway."""
    found = []
    for number, capacity in enumerate(rest.capacity):
        draws = [d for d in rest.draws if d.owned == number and prices[d.meter] and d.weight]
        scale = prices[draws[0].meter] / draws[0].weight if draws else 0.0
        found.append(Cover(tuple((d.meter, d.weight * scale) for d in draws), capacity * scale))
    return found


def _step_pico_usd(offer: Offer) -> int:
    return offer.unit_pico_usd if offer.kind in RESERVATIONS else PLAN_STEP_PICO_USD
