"""What is for sale: Price List, Savings Plan rates, instance types, Spot prices, reservations; from the bundled catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from fakes_prices import NOW, World, small_catalog

from simulated_aws.place import Place

FIELDS = {
    "pricing:GetProducts": ("PriceList", "Filters"),
    "savingsplans:DescribeSavingsPlansOfferingRates": ("searchResults", "products"),
    "ec2:DescribeInstanceTypes": ("InstanceTypes", ""),
    "ec2:DescribeSpotPriceHistory": ("SpotPriceHistory", "EndTime"),
    "ec2:DescribeReservedInstancesOfferings": ("ReservedInstancesOfferings", "Filters"),
}
"""Operation → field of its answer, and what a question has that wants more than to know whether it may ask."""
PAGE = 100


@cache
def _world() -> World:
    return World(small_catalog(), PAGE)


def _sold(name: str) -> Callable[[Place, Mapping[str, Any]], Mapping[str, Any]]:
    field, needed = FIELDS[name]

    def answer(place: Place, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if needed and needed not in params:
            return {field: []}
        given = _world().caller(place.region).answers[name]
        if name != "ec2:DescribeSpotPriceHistory":
            return dict(given(**params))
        # that world stands still at a moment of its own
        later = params["EndTime"] - NOW
        told = dict(given(**{**params, "StartTime": params["StartTime"] - later, "EndTime": NOW}))
        return {**told, field: [{**s, "Timestamp": s["Timestamp"] + later} for s in told[field]]}

    return answer


PLAYED = {name: _sold(name) for name in FIELDS}
