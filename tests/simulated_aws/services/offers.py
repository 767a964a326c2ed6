"""What is for sale: Price List, Savings Plan rates, instance types, Spot prices, reservations; from the bundled catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from fakes_prices import World, small_catalog

from simulated_aws.place import Place

NAMES = (
    *("pricing:GetProducts", "savingsplans:DescribeSavingsPlansOfferingRates", "ec2:DescribeInstanceTypes"),
    *("ec2:DescribeSpotPriceHistory", "ec2:DescribeReservedInstancesOfferings"),
)


@cache
def _world() -> World:
    return World(small_catalog())


def _sold(name: str) -> Callable[[Place, Mapping[str, Any]], Mapping[str, Any]]:
    def answer(place: Place, params: Mapping[str, Any]) -> Mapping[str, Any]:
        known = _world().caller(place.region)
        given = known.answers[name]
        return dict(given(**params))

    return answer


PLAYED = {name: _sold(name) for name in NAMES}
