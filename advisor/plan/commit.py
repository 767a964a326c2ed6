"""Which commitments to buy for a given usage: a few sensible mixes, each billed exactly, the cheapest kept.

Mixes: nothing; Compute plans only; per family the best EC2 Instance plan or reservation; the same with
Compute plans on what they leave; and all levels chosen together. Nothing always competes, so that an answer
is never dearer than none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from advisor.config import CommitmentPolicy
from advisor.plan.bill import Bill, bill
from advisor.plan.commit_joint import joint_levels
from advisor.plan.commit_level import Level, best_level, common_quantum, ladder, plan_size
from advisor.plan.hourly import HourlyUsage
from advisor.plan.meters import RESERVATIONS, Amount, Meter, Offer, Owned
from advisor.plan.purchase import Purchase
from advisor.plan.regret import futures
from advisor.terms import CommitmentKind
from advisor.units import HOURS_PER_MONTH, PICO_PER_USD

Mix = tuple[tuple[Offer, int], ...]
"""Offers with the size bought of each."""


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
    mixes: dict[str, Mix] = {"NONE": ()}
    lawful = [o for o in offers if _allowed(o, policy)]
    families = [o for o in lawful if o.kind is not CommitmentKind.COMPUTE_SP]
    compute = [o for o in lawful if o.kind is CommitmentKind.COMPUTE_SP]
    market = _Market(tuple(meters), use, tuple(owned), sharing, policy)
    mixes["COMPUTE_SP"] = market.compute_mix(before, compute)
    by_family = market.family_mix(before, families)
    if by_family:
        mixes["FAMILY"] = by_family
        mixes["FAMILY_THEN_COMPUTE_SP"] = (*by_family, *market.compute_mix(market.billed(by_family), compute))
        mixes["JOINT"] = market.joint_mix(before, by_family, mixes["COMPUTE_SP"])
    considered = {name: market.billed(mix).total_pico_usd for name, mix in mixes.items() if mix}
    considered["NONE"] = before.total_pico_usd
    winner = min(considered, key=lambda name: (considered[name], name != "NONE"))
    mix, without = market.pruned(mixes[winner], considered[winner])
    final = market.billed(mix) if mix else before
    purchases = market.purchases(mix, final, without)
    name = winner if mix else "NONE"
    return Choice(name, purchases, final, before, considered)


@dataclass(frozen=True)
class _Market:
    """One estate and the policy: everything a mix is judged by."""

    meters: tuple[Meter, ...]
    usage: HourlyUsage
    owned: tuple[Owned, ...]
    sharing: bool
    policy: CommitmentPolicy
    _bills: dict[tuple[tuple[str, int], ...], Bill] = field(default_factory=dict)

    def billed(self, mix: Mix) -> Bill:
        key = tuple((offer.offer_id, size) for offer, size in mix)
        if key not in self._bills:
            bought = [offer.buy(size) for offer, size in mix]
            self._bills[key] = bill(self.meters, self.usage, [*self.owned, *bought], sharing=self.sharing)
        return self._bills[key]

    def compute_mix(self, rest: Bill, offers: Sequence[Offer]) -> Mix:
        """Return for each buying account the Compute plan that saves most on what `rest` leaves on demand."""
        accounts: dict[str, list[Offer]] = defaultdict(list)
        for offer in offers:
            accounts[offer.account_id].append(offer)
        found = (self._best_of(rest, accounts[a]) for a in sorted(accounts))
        return tuple((offer, level.size) for offer, level in found if level.size)

    def family_mix(self, rest: Bill, offers: Sequence[Offer]) -> Mix:
        """Return for each family and region its plan or its reservations, whichever saves more."""
        groups: dict[tuple[str, str, str], list[Offer]] = defaultdict(list)
        for offer in offers:
            # shared reservations of two accounts reach the same meters: one of them is enough
            account = "" if self.sharing else offer.account_id
            groups[account, offer.region, offer.scope.partition(".")[0]].append(offer)
        mix: list[tuple[Offer, int]] = []
        for key in sorted(groups):
            plans = [o for o in groups[key] if o.kind not in RESERVATIONS]
            plan = [self._best_of(rest, plans)] if plans else []
            reserved = [self._best_of(rest, pool) for pool in self._pools(groups[key])]
            better = max((plan, reserved), key=lambda side: sum(level.saving_pico_usd for _, level in side))
            mix.extend((offer, level.size) for offer, level in better if level.size)
        return tuple(mix)

    def joint_mix(self, rest: Bill, by_family: Mix, compute: Mix) -> Mix:
        """Return the same offers at levels that are best together, for each buying account."""
        offers = [offer for offer, _ in (*by_family, *compute)]
        quantum = common_quantum(self.meters, offers)
        prices = [float(m.od_pico_usd * (quantum // m.scale)) for m in self.meters]
        ladders = [ladder(self.meters, offer, quantum, sharing=self.sharing) for offer in offers]
        mix: list[tuple[Offer, int]] = []
        for c, (plan, _) in enumerate(compute, start=len(by_family)):
            chosen = [
                i for i, (o, _) in enumerate(by_family) if self.sharing or o.account_id == plan.account_id
            ]
            start = [float(by_family[i][1] * ladders[i].step) for i in chosen] + [0.0]
            levels = joint_levels(
                rest.uncovered_floor, prices, [ladders[i] for i in chosen], ladders[c], start
            )
            for i, level in zip((*chosen, c), levels, strict=True):
                units = Fraction(level) / ladders[i].step
                size = round(units) if offers[i].kind in RESERVATIONS else plan_size(int(units))
                if self._worth(offers[i], size):
                    mix.append((offers[i], size))
        return tuple(mix)

    def pruned(self, mix: Mix, cost: Fraction) -> tuple[Mix, list[Fraction]]:
        """Return the mix without purchases that save nothing, and what it costs without each."""
        without = []
        for pair in mix:
            fewer = tuple(p for p in mix if p is not pair)
            without.append(self.billed(fewer).total_pico_usd)
            if without[-1] <= cost:
                return self.pruned(fewer, without[-1])
        return mix, without

    def purchases(self, mix: Mix, final: Bill, without: Sequence[Fraction]) -> tuple[Purchase, ...]:
        """Judge each purchase against the same mix without it."""
        per_month = Fraction(HOURS_PER_MONTH, max(1, final.hours))
        shares = final.utilization_share
        total = final.total_pico_usd
        found = []
        for (offer, size), other in zip(mix, without, strict=True):
            one = offer.buy(size)
            saved = (other - total) * per_month
            used = shares[one.owned_id]
            regret = futures(final, one.owned_id, sharing=self.sharing).times(per_month)
            found.append(Purchase(offer, size, one.hourly_pico_usd, saved, used, regret))
        return tuple(found)

    def _pools(self, offers: Sequence[Offer]) -> list[list[Offer]]:
        """Group reservations that cover the same meters; a flexible family by its smallest type used."""
        used = {m.instance_type for i, m in enumerate(self.meters) if any(row[i] for row in self.usage.rows)}
        pools: dict[tuple[str, str], list[Offer]] = defaultdict(list)
        for offer in offers:
            if offer.kind in RESERVATIONS and offer.scope in used:
                flexible = offer.normalization_units is not None
                pools[offer.operating_system, "" if flexible else offer.scope].append(offer)
        smallest = {
            key: min(o.normalization_units or Fraction(0) for o in pool) for key, pool in pools.items()
        }
        return [
            [o for o in pools[key] if (o.normalization_units or Fraction(0)) == smallest[key]]
            for key in sorted(pools)
        ]

    def _best_of(self, rest: Bill, offers: Sequence[Offer]) -> tuple[Offer, Level]:
        found = [(o, self._level(rest, o)) for o in sorted(offers, key=lambda o: o.offer_id)]
        return max(found, key=lambda pair: pair[1].saving_pico_usd)

    def _level(self, rest: Bill, offer: Offer) -> Level:
        level = best_level(self.meters, rest.uncovered_floor, offer, sharing=self.sharing)
        return level if self._worth(offer, level.size) else Level(0, Fraction(0))

    def _worth(self, offer: Offer, size: int) -> bool:
        least = Fraction(str(self.policy.min_hourly_commitment_usd)) * PICO_PER_USD
        return size > 0 and offer.buy(size).hourly_pico_usd >= least


def _allowed(offer: Offer, policy: CommitmentPolicy) -> bool:
    return (
        policy.allowed
        and offer.kind.value in policy.kinds
        and offer.term_years in policy.terms_years
        and offer.payment_option.value in policy.payment_options
    )
