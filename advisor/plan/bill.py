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
from advisor.plan.draw import Cover, Draw
from advisor.plan.drawn import Drawn, draw_by_hour, drawn
from advisor.plan.hourly import HourlyUsage
from advisor.plan.meters import RESERVATIONS, Amount, Meter, Owned
from advisor.plan.reservations import reservation_capacity, reservation_draws
from advisor.plan.savings_plans import savings_plan_draws


@dataclass(frozen=True)
class Bill:
    """What an estate costs.

    Attributes:
        usage: hour × meter.
        draws: which commitment may cover which meter, in AWS's order.
        capacity: full hourly capacity of each commitment, in its own quanta.
        drawn: what was covered over all hours, and what is left.
        first_hour: number of the first hour, which `Owned.first_hour` counts from.
    """

    meters: tuple[Meter, ...]
    owned: tuple[Owned, ...]
    usage: HourlyUsage
    draws: tuple[Draw, ...]
    capacity: tuple[int, ...]
    drawn: Drawn
    first_hour: int = 0

    @property
    def hours(self) -> int:
        """Hours billed."""
        return len(self.usage.rows)

    @cached_property
    def total_pico_usd(self) -> Fraction:
        """Commitments, used or not, plus usage on demand."""
        on_demand = sum(self.on_demand_pico_usd.values(), Fraction(0))
        return on_demand + sum(self.commitment_pico_usd.values())

    @cached_property
    def on_demand_pico_usd(self) -> dict[str, Fraction]:
        """What each meter costs on demand after cover."""
        pairs = zip(self.meters, self.drawn.uncovered, strict=True)
        return {m.meter_id: quanta * m.od_pico_usd / m.scale for m, quanta in pairs}

    @cached_property
    def commitment_pico_usd(self) -> dict[str, int]:
        """What each commitment costs over the bill, used or not."""
        return {c.owned_id: c.hourly_pico_usd * self._active(c) for c in self.owned}

    @property
    def uncovered(self) -> tuple[tuple[Amount, ...], ...]:
        """Exact quanta left to on-demand, hour × meter; slow, unlike `uncovered_floor`."""
        return self._by_hour[0]

    @property
    def covers(self) -> tuple[tuple[Cover, ...], ...]:
        """What each commitment covered, by hour; slow, unlike `covered`."""
        return self._by_hour[1]

    @cached_property
    def uncovered_floor(self) -> tuple[tuple[int, ...], ...]:
        """Quanta left to on-demand, hour × meter, rounded down."""
        width, cells = len(self.meters), self.drawn.floors
        return tuple(tuple(cells[h * width : (h + 1) * width]) for h in range(self.hours))

    @cached_property
    def covered(self) -> dict[tuple[str, str], Fraction]:
        """Unit-hours that each commitment covered of each meter: (owned_id, meter_id) → unit-hours."""
        return {
            (self.owned[o].owned_id, self.meters[m].meter_id): q / self.meters[m].scale
            for (o, m), q in self.drawn.covered.items()
        }

    @cached_property
    def utilization_share(self) -> dict[str, Fraction]:
        """Part of each commitment's hours that was used, 0–1; 0 where it was never in force."""
        used: dict[int, Fraction] = defaultdict(Fraction)
        for (o, m), quantity in self.drawn.covered.items():
            used[o] += quantity * self._weights[o, m]
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
        for (o, m), quantity in self.drawn.covered.items():
            share = quantity * self._weights[o, m] / self.capacity[o]
            costs[self.meters[m].meter_id] += share * self.owned[o].hourly_pico_usd
        return costs

    def hour_pico_usd(self, hour: int) -> Fraction:
        """Return what one hour costs, commitments included."""
        rest = zip(self.meters, self.uncovered[hour], strict=True)
        on_demand = sum((Fraction(q * m.od_pico_usd, m.scale) for m, q in rest if q), Fraction(0))
        return on_demand + sum(c.hourly_pico_usd for c in self.owned if in_force(c, hour + self.first_hour))

    def _active(self, owned: Owned) -> int:
        return len(_rows_in_force(owned, self.first_hour, self.hours))

    @cached_property
    def _weights(self) -> dict[tuple[int, int], int]:
        return {(d.owned, d.meter): d.weight for d in self.draws}

    @cached_property
    def _by_hour(self) -> tuple[tuple[tuple[Amount, ...], ...], tuple[tuple[Cover, ...], ...]]:
        rows = [_rows_in_force(c, self.first_hour, self.hours) for c in self.owned]
        return draw_by_hour(self.usage, self.draws, self.capacity, rows)


def bill(
    meters: Sequence[Meter],
    usage: Sequence[Sequence[Amount]] | HourlyUsage,
    owned: Sequence[Owned] = (),
    *,
    sharing: bool = True,
    first_hour: int = 0,
) -> Bill:
    """Bill hourly usage.

    Args:
        meters: what is metered, ids unique.
        usage: hour × meter, in the meters' quanta; every clock-hour has a row, empty ones zeros, for
            commitments are paid in them too. What is billed many times is best made an `HourlyUsage` once.
        owned: commitments, ids unique. An owner account that no meter has stands for the payer's.
        sharing: whether commitments reach accounts other than their owner's.
        first_hour: number of the first row, for a bill in parts.

    Raises:
        InputError: ids twice, rows of the wrong length, or negative usage.
    """
    _check(meters, owned)
    use = usage if isinstance(usage, HourlyUsage) else HourlyUsage.of(usage, len(meters))
    quantum = _quantum(meters, owned)
    draws = (
        *reservation_draws(meters, owned, sharing=sharing, quantum=quantum),
        *savings_plan_draws(meters, owned, sharing=sharing, quantum=quantum),
    )
    capacity = tuple(
        reservation_capacity(c, quantum) if c.kind in RESERVATIONS else c.hourly_pico_usd * quantum
        for c in owned
    )
    rows = [_rows_in_force(c, first_hour, len(use.rows)) for c in owned]
    found = drawn(use, draws, capacity, rows)
    return Bill(tuple(meters), tuple(owned), use, draws, capacity, found, first_hour)


def in_force(owned: Owned, hour: int) -> bool:
    """Say whether a commitment is in force in an hour."""
    return owned.first_hour <= hour and (owned.end_hour is None or hour < owned.end_hour)


def _rows_in_force(owned: Owned, first_hour: int, hours: int) -> range:
    """Return the rows of a bill of `hours` rows in which a commitment is in force."""
    end = hours if owned.end_hour is None else min(hours, owned.end_hour - first_hour)
    return range(max(0, owned.first_hour - first_hour), max(0, end))


def _quantum(meters: Sequence[Meter], owned: Sequence[Owned]) -> int:
    units = [m.normalization_units for m in meters] + [c.normalization_units for c in owned]
    return lcm(*(m.scale for m in meters)) * lcm(*(u.denominator for u in units if u is not None))


def _check(meters: Sequence[Meter], owned: Sequence[Owned]) -> None:
    if len({m.meter_id for m in meters}) != len(meters):
        raise InputError(
            "a bill's meters are not unique", hint="add usage of the same meter up before billing"
        )
    if len({c.owned_id for c in owned}) != len(owned):
        raise InputError(
            "a bill's commitments are not unique", hint="give each plan and reservation its own id"
        )
