"""How much of one offer to buy: the exact optimum over every breakpoint of its saving.

In each hour one more dollar of commitment saves od/rate on-demand dollars on the next meter in AWS's order,
nothing once usage is exhausted, and costs one dollar in all hours. The net saving is piecewise linear in the
commitment, its slope changes only where some hour passes from one meter to the next, so sorting those events
finds the best of all levels.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm

from advisor.plan.draw import Draw
from advisor.plan.meters import RESERVATIONS, Amount, Meter, Offer
from advisor.plan.reservations import reservation_capacity, reservation_draws
from advisor.plan.savings_plans import savings_plan_draws

PLAN_STEP_PICO_USD = 10**9
"""A plan's commitment is a multiple of $0.001 an hour (AWS)."""
PLAN_LIMIT_PICO_USD = 5000 * 10**12
"""The largest commitment of one plan, $5,000 an hour (AWS)."""


@dataclass(frozen=True)
class Level:
    """A size of an offer and what it saves over the hours looked at, before the bill is run.

    Attributes:
        size: pico-dollars an hour of a plan, instances of a reservation; 0 when nothing is worth buying.
    """

    size: int
    saving_pico_usd: Fraction


@dataclass(frozen=True)
class Curve:
    """Net saving of all hours as a function of hourly capacity: slope `slopes[i]` from `bounds[i]` on."""

    bounds: tuple[int, ...]
    values: tuple[int, ...]
    slopes: tuple[int, ...]
    unit: int

    def best_multiple(self, step: int) -> int:
        """Return the smallest multiple of a step with the greatest saving.

        Between two bounds the saving is a straight line: the best multiple is next to one of them.
        """
        top = self.bounds[max(range(len(self.bounds)), key=lambda i: (self.values[i], -i))]
        near = (top // step * step, -(-top // step) * step)
        least = max(self.at(c) for c in near) * self.unit
        # only bounds that are better than what is found can have a better multiple beside them
        better = [b for b, value in zip(self.bounds, self.values, strict=True) if value >= least]
        beside = {c for b in better for c in (b // step * step, -(-b // step) * step)}
        return max(sorted({0, *near, *beside}), key=lambda c: (self.at(c), -c))

    def at(self, capacity: int) -> Fraction:
        """Return the net saving of a capacity, in pico-dollars times the capacity's quantum."""
        i = bisect_right(self.bounds, capacity) - 1
        return Fraction(self.values[i] + self.slopes[i] * (capacity - self.bounds[i]), self.unit)


@dataclass(frozen=True)
class Ladder:
    """An offer's meters in AWS's order.

    Attributes:
        step: capacity quanta of one unit of its size (a pico-dollar an hour, an instance).
        cost: price of a capacity quantum for an hour, in pico-dollars times the quantum.
    """

    draws: tuple[Draw, ...]
    step: int
    cost: Fraction


def common_quantum(meters: Sequence[Meter], offers: Sequence[Offer]) -> int:
    """Return capacity quanta per pico-dollar and per unit-hour that make every weight a whole number."""
    units = [m.normalization_units for m in meters] + [o.normalization_units for o in offers]
    return lcm(*(m.scale for m in meters)) * lcm(*(u.denominator for u in units if u is not None))


def ladder(meters: Sequence[Meter], offer: Offer, quantum: int, *, sharing: bool) -> Ladder:
    """Return what an offer would cover, in which order."""
    one = offer.buy(1)
    if offer.kind in RESERVATIONS:
        draws = reservation_draws(meters, [one], sharing=sharing, quantum=quantum)
        step = reservation_capacity(one, quantum)
        return Ladder(tuple(draws), step, Fraction(offer.unit_pico_usd * quantum, step))
    draws = savings_plan_draws(meters, [one], sharing=sharing, quantum=quantum)
    return Ladder(tuple(draws), quantum, Fraction(1))


def plan_size(pico_usd: int) -> int:
    """Return a plan's commitment as it can be bought: rounded down to $0.001, at most $5,000 an hour."""
    return min(pico_usd // PLAN_STEP_PICO_USD * PLAN_STEP_PICO_USD, PLAN_LIMIT_PICO_USD)


def best_level(
    meters: Sequence[Meter], usage: Sequence[Sequence[Amount]], offer: Offer, *, sharing: bool = True
) -> Level:
    """Return the best size of one offer for usage that nothing else covers.

    Plans are the best multiple of $0.001 an hour, reservations the best whole number.
    """
    quantum = common_quantum(meters, [offer])
    own = ladder(meters, offer, quantum, sharing=sharing)
    if not own.draws or not usage:
        return Level(0, Fraction(0))
    curve = savings_curve(usage, own.draws, [m.od_pico_usd * (quantum // m.scale) for m in meters], own.cost)
    if offer.kind in RESERVATIONS:
        size = curve.best_multiple(own.step) // own.step
    else:
        size = plan_size(curve.best_multiple(own.step * PLAN_STEP_PICO_USD) // own.step)
    return Level(size, curve.at(size * own.step) / quantum)


def savings_curve(
    usage: Sequence[Sequence[Amount]], draws: Sequence[Draw], prices: Sequence[int], cost: Fraction
) -> Curve:
    """Return the net saving of one commitment at every capacity.

    Args:
        usage: hour × meter; a fraction of a quantum is left out.
        draws: the commitment's meters in AWS's order.
        prices: by meter, what one quantum costs on demand.
        cost: price of a unit of capacity for an hour, used or not.
    """
    ratios = [Fraction(prices[d.meter], d.weight) for d in draws]
    unit = lcm(cost.denominator, *(r.denominator for r in ratios))
    ladder = [(d.meter, d.weight, int(r * unit)) for d, r in zip(draws, ratios, strict=True)]
    changes: dict[int, int] = defaultdict(int)
    for row in usage:
        reach = last = 0
        for meter, weight, slope in ladder:
            quantity = int(row[meter])
            if quantity:
                changes[reach] += slope - last
                last = slope
                reach += quantity * weight
        changes[reach] -= last
    changes[0] -= int(cost * unit) * len(usage)
    bounds = sorted(changes)
    values, slopes = [0], [changes[0]]
    for left, right in pairwise(bounds):
        values.append(values[-1] + slopes[-1] * (right - left))
        slopes.append(slopes[-1] + changes[right])
    return Curve(tuple(bounds), tuple(values), tuple(slopes), unit)
