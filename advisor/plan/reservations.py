"""Which reservation covers which meter, and in what order.

Rule (EC2 User Guide, concepts-reserved-instances-application and apply_ri): the owner's account first, then
the rest of the organization; zonal reservations cover their exact size in their zone; regional Linux ones any
size of the family, smallest first, by normalized units. A reservation is worth 3,600 instance-seconds per
clock-hour whatever the number of machines that use them at once, so an hour's sum of seconds is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from advisor.plan.draw import Draw
from advisor.plan.meters import RESERVATIONS, Meter, Owned


def reservation_draws(
    meters: Sequence[Meter], owned: Sequence[Owned], *, sharing: bool, quantum: int
) -> list[Draw]:
    """Return (reservation, meter) in the order in which AWS applies them.

    Args:
        quantum: capacity quanta per instance-hour or unit-hour: a multiple of every meter's scale and every
            denominator of normalized units.
    """
    found = []
    for o, reservation in enumerate(owned):
        if reservation.kind not in RESERVATIONS:
            continue
        for m, meter in enumerate(meters):
            own = meter.account_id == reservation.account_id
            if not _covers(reservation, meter) or not (own or sharing):
                continue
            units = _units(reservation, meter.normalization_units)
            order = (
                not own,
                reservation.availability_zone is None,
                units,
                meter.meter_id,
                reservation.owned_id,
            )
            found.append((order, Draw(o, m, int(units * (quantum // meter.scale)))))
    return [draw for _, draw in sorted(found, key=lambda pair: pair[0])]


def reservation_capacity(reservation: Owned, quantum: int) -> int:
    """Return what a reservation can cover in an hour, in capacity quanta."""
    return int(reservation.count * _units(reservation, reservation.normalization_units) * quantum)


def _units(reservation: Owned, units: Fraction | None) -> Fraction:
    if reservation.availability_zone is not None or reservation.normalization_units is None:
        return Fraction(1)
    return reservation.normalization_units if units is None else units


def _covers(reservation: Owned, meter: Meter) -> bool:
    if not meter.ri_eligible or meter.instance_type is None:
        return False
    if (meter.region, meter.operating_system) != (reservation.region, reservation.operating_system):
        return False
    if reservation.availability_zone is not None:
        return (meter.availability_zone, meter.instance_type) == (
            reservation.availability_zone,
            reservation.scope,
        )
    if reservation.normalization_units is None or meter.normalization_units is None:
        return meter.instance_type == reservation.scope
    return meter.instance_family == reservation.scope.partition(".")[0]
