"""Which commitments to buy for a given usage: a few sensible mixes, each billed exactly, the cheapest kept.

Mixes: nothing; Compute plans only; per family the best EC2 Instance plan or reservation; the same with
Compute plans on what they leave; and all sizes chosen together. Nothing always competes, so that an answer
is never dearer than none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from advisor.config import CommitmentPolicy
from advisor.plan.bill import Bill, bill
from advisor.plan.commit_market import Found, Market, Mix
from advisor.plan.commit_together import mix_together
from advisor.plan.hourly import HourlyUsage
from advisor.plan.meters import RESERVATIONS, Amount, Meter, Offer, Owned
from advisor.plan.purchase import Purchase
from advisor.plan.regret import futures
from advisor.terms import CommitmentKind
from advisor.units import HOURS_PER_MONTH


@dataclass(frozen=True)
class Choice:
    """What to buy.

    Attributes:
        mix: name of the mix that won.
        bill: with what is owned and bought; commitments bought are named by `Offer.offer_id`.
        before: with what is owned only.
        considered: exact cost of every mix over the hours.
    """

    mix: str
    purchases: tuple[Purchase, ...]
    bill: Bill
    before: Bill
    considered: dict[str, Fraction]


def best_commitments(
    meters: Sequence[Meter],
    usage: Sequence[Sequence[Amount]],
    offers: Sequence[Offer],
    policy: CommitmentPolicy,
    *,
    owned: Sequence[Owned] = (),
    sharing: bool = True,
) -> Choice:
    """Choose what to buy for hourly usage, after what is owned.

    Args:
        meters, usage, owned, sharing: as for `bill`.
        offers: everything on sale; those outside the policy are left out. Of reservations that differ in type
            only, within a size-flexible family, the smallest is bought. Without sharing, one offer per
            account.
    """
    use = HourlyUsage.of(usage, len(meters))
    before = bill(meters, use, owned, sharing=sharing)
    market = Market(tuple(meters), use, tuple(owned), sharing, policy)
    mixes = _mixes(market, before, [o for o in offers if _allowed(o, policy)])
    considered = {name: market.billed(mix).total_pico_usd for name, mix in mixes.items() if mix}
    considered["NONE"] = before.total_pico_usd
    winner = min(considered, key=lambda name: (considered[name], name != "NONE"))
    mix, without = _pruned(market, mixes[winner], considered[winner])
    final = market.billed(mix) if mix else before
    purchases = _purchases(market, mix, final, without)
    return Choice(winner if mix else "NONE", purchases, final, before, considered)


def _mixes(market: Market, before: Bill, offers: Sequence[Offer]) -> dict[str, Mix]:
    """Return mixes by name; all but nothing may be empty."""
    compute = [o for o in offers if o.kind is CommitmentKind.COMPUTE_SP]
    others = [o for o in offers if o.kind is not CommitmentKind.COMPUTE_SP]
    families = market.best_of_families(before, others)
    by_family = _sized([found for sides in families for found in max(sides, key=_saving)])
    mixes: dict[str, Mix] = {"NONE": (), "COMPUTE_SP": _sized(market.best_plans(before, compute))}
    if by_family:
        after = market.best_plans(market.billed(by_family), compute)
        mixes |= {"FAMILY": by_family, "FAMILY_THEN_COMPUTE_SP": (*by_family, *_sized(after))}
    # what saves nothing alone saves nothing beside others, but may free what is owned for others
    alone = bill(market.meters, market.usage, sharing=market.sharing) if market.owned else before
    useful = families if alone is before else market.best_of_families(alone, others)
    together = [offer for offer, _ in _sized([f for sides in useful for side in sides for f in side])]
    if together and all(c.first_hour == 0 and c.end_hour is None for c in market.owned):
        together += [offer for offer, _ in _sized(market.best_plans(alone, compute))]
        starts = [mixes.get("FAMILY_THEN_COMPUTE_SP", mixes["COMPUTE_SP"])]
        if any(o.kind in RESERVATIONS for o in together):
            # whole instances make more than one lowest point: look from the other side too
            starts.append(mixes["COMPUTE_SP"])
        mixes["TOGETHER"] = mix_together(market, before, together, starts)
    return mixes


def _sized(found: Sequence[Found]) -> Mix:
    return tuple((offer, level.size) for offer, level in found if level.size)


def _saving(side: Sequence[Found]) -> Fraction:
    return sum((level.saving_pico_usd for _, level in side), Fraction(0))


def _pruned(market: Market, mix: Mix, cost: Fraction) -> tuple[Mix, list[Fraction]]:
    """Return the mix without purchases that save nothing, and what it costs without each."""
    without = []
    for pair in mix:
        fewer = tuple(p for p in mix if p is not pair)
        without.append(market.billed(fewer).total_pico_usd)
        if without[-1] <= cost:
            return _pruned(market, fewer, without[-1])
    return mix, without


def _purchases(market: Market, mix: Mix, final: Bill, without: Sequence[Fraction]) -> tuple[Purchase, ...]:
    """Judge each purchase against the same mix without it."""
    per_month = Fraction(HOURS_PER_MONTH, max(1, final.hours))
    shares = final.utilization_share
    total = final.total_pico_usd
    found = []
    for (offer, size), other in zip(mix, without, strict=True):
        one = offer.buy(size)
        saved = (other - total) * per_month
        regret = futures(final, one.owned_id, sharing=market.sharing).times(per_month)
        found.append(Purchase(offer, size, one.hourly_pico_usd, saved, shares[one.owned_id], regret))
    return tuple(found)


def _allowed(offer: Offer, policy: CommitmentPolicy) -> bool:
    return (
        policy.allowed
        and offer.kind.value in policy.kinds
        and offer.term_years in policy.terms_years
        and offer.payment_option.value in policy.payment_options
    )
