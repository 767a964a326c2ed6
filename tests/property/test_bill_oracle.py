"""The bill against a second reading of AWS's pages: slow, in decimal dollars and hours."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from bill_estates import Estate, estates
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.plan.bill import bill
from advisor.plan.meters import Meter, Owned

RESERVED = ("RI_STANDARD", "RI_CONVERTIBLE")
STAGES = [
    (kinds, mine) for kinds in (RESERVED, ("EC2_INSTANCE_SP",), ("COMPUTE_SP",)) for mine in (True, False)
]
NEGLIGIBLE = Decimal("1e-40")


def decimal(number: Fraction | int) -> Decimal:
    exact = Fraction(number)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def factor(owned: Owned, meter: Meter) -> Decimal | None:
    """Return what an hour of the meter takes of the commitment (units or dollars), None when it cannot."""
    if owned.kind.value in RESERVED:
        if meter.instance_type is None or meter.region != owned.region:
            return None
        if owned.availability_zone:
            same = meter.instance_type == owned.scope and meter.availability_zone == owned.availability_zone
            return Decimal(1) if same else None
        if owned.normalization_units is None:
            return Decimal(1) if meter.instance_type == owned.scope else None
        same = meter.instance_type.split(".")[0] == owned.scope.split(".")[0]
        return decimal(meter.normalization_units or 0) if same else None
    if meter.meter_id not in owned.rates:
        return None
    if owned.kind.value == "EC2_INSTANCE_SP" and (meter.instance_family or "") != owned.scope:
        return None
    return decimal(owned.rates[meter.meter_id]) / 10**12


def rank(owned: Owned, meter: Meter) -> tuple[object, ...]:
    if owned.kind.value in RESERVED:
        return (0 if owned.availability_zone else 1, factor(owned, meter), meter.meter_id, owned.owned_id)
    rate = owned.rates[meter.meter_id]
    return (-(1 - Fraction(rate, meter.od_pico_usd)), rate, meter.meter_id, owned.owned_id)


def slow_total(estate: Estate, sharing: bool) -> Decimal:
    total = Decimal(0)
    for hour, row in enumerate(estate.usage):
        hours = {m.meter_id: Decimal(q) / m.scale for m, q in zip(estate.meters, row, strict=True)}
        live = [o for o in estate.owned if o.first_hour <= hour and (o.end_hour is None or hour < o.end_hour)]
        left = {}
        for o in live:
            total += decimal(o.hourly_pico_usd) / 10**12
            units = decimal(o.normalization_units or 1)
            left[o.owned_id] = (
                o.count * units if o.kind.value in RESERVED else decimal(o.hourly_pico_usd) / 10**12
            )
        for kinds, mine in STAGES:
            while True:
                pairs = [
                    (o, m)
                    for o in live
                    for m in estate.meters
                    if o.kind.value in kinds
                    and (o.account_id == m.account_id) == mine
                    and (mine or sharing)
                    and factor(o, m) is not None
                    and left[o.owned_id] > NEGLIGIBLE
                    and hours[m.meter_id] > NEGLIGIBLE
                ]
                if not pairs:
                    break
                o, m = min(pairs, key=lambda pair: rank(*pair))
                weight = factor(o, m)
                assert weight is not None
                part = min(hours[m.meter_id], left[o.owned_id] / weight)
                hours[m.meter_id] -= part
                left[o.owned_id] -= part * weight
        total += sum(hours[m.meter_id] * decimal(m.od_pico_usd) / 10**12 for m in estate.meters)
    return total


@given(estates(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_equals_the_slow_bill(estate: Estate, sharing: bool) -> None:
    with localcontext() as context:
        context.prec = 80
        exact = (
            decimal(bill(estate.meters, estate.usage, estate.owned, sharing=sharing).total_pico_usd) / 10**12
        )
        assert abs(exact - slow_total(estate, sharing)) < Decimal("1e-30")
