"""An estate that commitments are bought for: what a mix costs, and the best size of each offer alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from advisor.config import CommitmentPolicy
from advisor.plan.bill import Bill, bill
from advisor.plan.commit_level import Level, best_level
from advisor.plan.hourly import HourlyUsage
from advisor.plan.meters import RESERVATIONS, Meter, Offer, Owned
from advisor.units import PICO_PER_USD

Mix = tuple[tuple[Offer, int], ...]
"""Offers with the size bought of each."""
Found = tuple[Offer, Level]
"""An offer with its best size, zero when none is worth buying."""


@dataclass(frozen=True)
class Market:
    """One estate and the policy: everything a mix is judged by."""

    meters: tuple[Meter, ...]
    usage: HourlyUsage
    owned: tuple[Owned, ...]
    sharing: bool
    policy: CommitmentPolicy
    _bills: dict[tuple[tuple[str, int], ...], Bill] = field(default_factory=dict)

    def billed(self, mix: Mix) -> Bill:
        """Return the exact bill with a mix; asked again, the same one."""
        key = tuple((offer.offer_id, size) for offer, size in mix)
        if key not in self._bills:
            bought = [offer.buy(size) for offer, size in mix]
            self._bills[key] = bill(self.meters, self.usage, [*self.owned, *bought], sharing=self.sharing)
        return self._bills[key]

    def best_plans(self, rest: Bill, offers: Sequence[Offer]) -> list[Found]:
        """Return for each buying account the Compute plan that saves most on what `rest` leaves on demand."""
        accounts: dict[str, list[Offer]] = defaultdict(list)
        for offer in offers:
            accounts[offer.account_id].append(offer)
        return [self._best_of(rest, accounts[a]) for a in sorted(accounts)]

    def best_of_families(self, rest: Bill, offers: Sequence[Offer]) -> list[tuple[list[Found], list[Found]]]:
        """Return for each family and region its best plan, and the best of each pool of its reservations."""
        groups: dict[tuple[str, str, str], list[Offer]] = defaultdict(list)
        for offer in offers:
            # shared reservations of two accounts reach the same meters: one of them is enough
            account = "" if self.sharing else offer.account_id
            groups[account, offer.region, offer.scope.partition(".")[0]].append(offer)
        found = []
        for key in sorted(groups):
            plans = [o for o in groups[key] if o.kind not in RESERVATIONS]
            plan = [self._best_of(rest, plans)] if plans else []
            found.append((plan, [self._best_of(rest, pool) for pool in self._pools(groups[key])]))
        return found

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

    def _best_of(self, rest: Bill, offers: Sequence[Offer]) -> Found:
        found = [(o, self._level(rest, o)) for o in sorted(offers, key=lambda o: o.offer_id)]
        return max(found, key=lambda pair: pair[1].saving_pico_usd)

    def _level(self, rest: Bill, offer: Offer) -> Level:
        level = best_level(self.meters, rest.uncovered_floor, offer, sharing=self.sharing)
        return level if self.worth(offer, level.size) else Level(0, Fraction(0))

    def worth(self, offer: Offer, size: int) -> bool:
        """Say whether a size is worth the attention that a purchase costs."""
        least = Fraction(str(self.policy.min_hourly_commitment_usd)) * PICO_PER_USD
        return size > 0 and offer.buy(size).hourly_pico_usd >= least
