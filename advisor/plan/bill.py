"""The exact bill of metered usage under owned commitments, hour by hour, as AWS applies them.

Per hour: reservations, then EC2 Instance plans, then Compute plans; what a commitment does not use in its
hour is lost; the rest is on-demand. Everything is a whole number or a fraction, nothing is rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from advisor.errors import InputError
from advisor.plan.draw import Cover, draw_down
from advisor.plan.meters import RESERVATIONS, Amount, Meter, Owned
from advisor.plan.reservations import reservation_capacity, reservation_draws
from advisor.plan.savings_plans import savings_plan_draws


@dataclass(frozen=True)
class Bill:
    """What an estate costs.

    Attributes:
        uncovered: quanta left to on-demand, hour × meter.
        covers: what each commitment covered, by hour.
        capacity: full hourly capacity of each commitment, in its own quanta.
        weights: capacity quanta that one quantum of a meter takes: (commitment, meter) → weight.
        first_hour: number of the first hour, which `Owned.first_hour` counts from.
    """

    meters: tuple[Meter, ...]
    owned: tuple[Owned, ...]
    uncovered: tuple[tuple[Amount, ...], ...]
    covers: tuple[tuple[Cover, ...], ...]
    capacity: tuple[int, ...]
    weights: dict[tuple[int, int], int]
    first_hour: int = 0

    @property
    def hours(self) -> int:
        """Hours billed."""
        return len(self.uncovered)

    @cached_property
    def total_pico_usd(self) -> Fraction:
        """Commitments, used or not, plus usage on demand."""
        on_demand = sum(self.on_demand_pico_usd.values(), Fraction(0))
        return on_demand + sum(self.commitment_pico_usd.values())

    @cached_property
    def on_demand_pico_usd(self) -> dict[str, Fraction]:
        """What each meter costs on demand after cover."""
        columns = zip(*self.uncovered, strict=True) if self.uncovered else ((),) * len(self.meters)
        pairs = zip(self.meters, columns, strict=True)
        return {m.meter_id: _total(c) * m.od_pico_usd / m.scale for m, c in pairs}

    @cached_property
    def commitment_pico_usd(self) -> dict[str, int]:
        """What each commitment costs over the bill, used or not."""
        return {c.owned_id: c.hourly_pico_usd * self._active(c) for c in self.owned}

    @cached_property
    def covered(self) -> dict[tuple[str, str], Fraction]:
        """Unit-hours that each commitment covered of each meter: (owned_id, meter_id) → unit-hours."""
        return {
            (self.owned[o].owned_id, self.meters[m].meter_id): q / self.meters[m].scale
            for (o, m), q in self._covered_quanta.items()
        }

    @cached_property
    def utilization_share(self) -> dict[str, Fraction]:
        """Part of each commitment's hours that was used, 0–1; 0 where it was never in force."""
        used: dict[int, Fraction] = defaultdict(Fraction)
        for (o, m), quantity in self._covered_quanta.items():
            used[o] += quantity * self.weights[o, m]
        full = [self.capacity[o] * self._active(c) for o, c in enumerate(self.owned)]
        return {c.owned_id: used[o] / full[o] if full[o] else Fraction(0) for o, c in enumerate(self.owned)}

    @cached_property
    def unused_pico_usd(self) -> dict[str, Fraction]:
        """What was paid for commitment that covered nothing."""
        shares = self.utilization_share
        return {name: cost * (1 - shares[name]) for name, cost in self.commitment_pico_usd.items()}

    @property
    def effective_pico_usd(self) -> dict[str, Fraction]:
        """Each meter with its part of the commitments; with `unused_pico_usd` it adds up to the total."""
        costs = dict(self.on_demand_pico_usd)
        for (o, m), quantity in self._covered_quanta.items():
            share = quantity * self.weights[o, m] / self.capacity[o]
            costs[self.meters[m].meter_id] += share * self.owned[o].hourly_pico_usd
        return costs

    def hour_pico_usd(self, hour: int) -> Fraction:
        """Return what one hour costs, commitments included."""
        rest = zip(self.meters, self.uncovered[hour], strict=True)
        on_demand = sum((Fraction(q * m.od_pico_usd, m.scale) for m, q in rest if q), Fraction(0))
        return on_demand + sum(c.hourly_pico_usd for c in self.owned if in_force(c, hour + self.first_hour))

    def _active(self, owned: Owned) -> int:
        start = max(owned.first_hour, self.first_hour)
        end = self.first_hour + self.hours
        return max(0, (end if owned.end_hour is None else min(end, owned.end_hour)) - start)

    @cached_property
    def _covered_quanta(self) -> dict[tuple[int, int], Fraction]:
        columns: dict[tuple[int, int], list[Amount]] = defaultdict(list)
        for hour in self.covers:
            for owned, meter, quantity in hour:
                columns[owned, meter].append(quantity)
        return {key: _total(columns[key]) for key in sorted(columns)}


def bill(
    meters: Sequence[Meter],
    usage: Sequence[Sequence[Amount]],
    owned: Sequence[Owned] = (),
    *,
    sharing: bool = True,
    first_hour: int = 0,
) -> Bill:
    """Bill hourly usage.

    Args:
        meters: what is metered, ids unique.
        usage: hour × meter, in the meters' quanta; every clock-hour has a row, empty ones zeros, for
            commitments are paid in them too.
        owned: commitments, ids unique. An owner account that no meter has stands for the payer's.
        sharing: whether commitments reach accounts other than their owner's.
        first_hour: number of the first row, for a bill in parts.

    Raises:
        InputError: ids twice, rows of the wrong length, or negative usage.
    """
    _check(meters, usage, owned)
    quantum = _quantum(meters, owned)
    draws = [
        *reservation_draws(meters, owned, sharing=sharing, quantum=quantum),
        *savings_plan_draws(meters, owned, sharing=sharing, quantum=quantum),
    ]
    capacity = [
        reservation_capacity(c, quantum) if c.kind in RESERVATIONS else c.hourly_pico_usd * quantum
        for c in owned
    ]
    uncovered, covers = [], []
    for hour, row in enumerate(usage, start=first_hour):
        rest = list(row)
        left = [full if in_force(c, hour) else 0 for c, full in zip(owned, capacity, strict=True)]
        covers.append(draw_down(draws, left, rest))
        uncovered.append(tuple(rest))
    weights = {(d.owned, d.meter): d.weight for d in draws}
    return Bill(
        tuple(meters), tuple(owned), tuple(uncovered), tuple(covers), tuple(capacity), weights, first_hour
    )


def in_force(owned: Owned, hour: int) -> bool:
    """Say whether a commitment is in force in an hour."""
    return owned.first_hour <= hour and (owned.end_hour is None or hour < owned.end_hour)


def _quantum(meters: Sequence[Meter], owned: Sequence[Owned]) -> int:
    units = [m.normalization_units for m in meters] + [c.normalization_units for c in owned]
    return lcm(*(m.scale for m in meters)) * lcm(*(u.denominator for u in units if u is not None))


def _check(meters: Sequence[Meter], usage: Sequence[Sequence[Amount]], owned: Sequence[Owned]) -> None:
    if len({m.meter_id for m in meters}) != len(meters):
        raise InputError(
            "a bill's meters are not unique", hint="add usage of the same meter up before billing"
        )
    if len({c.owned_id for c in owned}) != len(owned):
        raise InputError(
            "a bill's commitments are not unique", hint="give each plan and reservation its own id"
        )
    for hour, row in enumerate(usage):
        if len(row) != len(meters):
            raise InputError(f"hour {hour} of a bill has {len(row)} quantities for {len(meters)} meters")
        if any(q < 0 for q in row):
            raise InputError(f"hour {hour} of a bill has negative usage")


def _total(amounts: Sequence[Amount]) -> Fraction:
    """Add up exactly; whole numbers first, because adding fractions is slow."""
    whole = sum(a for a in amounts if isinstance(a, int))
    return sum((a for a in amounts if not isinstance(a, int)), Fraction(whole))
