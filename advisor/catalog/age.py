"""How old the prices of a region are, told to whoever knows what day it is: the catalog itself reads no clock."""

from __future__ import annotations

from datetime import date

import polars as pl

from advisor.catalog.book import Catalog
from advisor.errors import StalePriceWarning


def price_dates(catalog: Catalog, region: str) -> dict[str, date]:
    """Return the typical (median) date of each kind of price that is known in a region.

    Rows of one kind come from several readings; the median says how old a price picked blindly is likely to be.
    """
    ec2 = catalog.ec2(region)
    dated = {
        "EC2 on-demand": ec2["on_demand_as_of"],
        "EC2 Spot": ec2["spot_as_of"],
        "Fargate": catalog.fargate(region)["as_of"],
        "commitment": catalog.commitments(region)["as_of"],
    }
    return {kind: _median(days) for kind, days in dated.items() if days.drop_nulls().len()}


def stale(catalog: Catalog, region: str, today: date, stale_days: int) -> list[StalePriceWarning]:
    """Return one warning for each kind of price older than `stale_days`, the oldest first.

    Args:
        today: the day it is, in UTC.
        stale_days: age from which a price is old (`prices.stale_days` of the configuration).
    """
    ages = sorted((-(today - day).days, kind, day) for kind, day in price_dates(catalog, region).items())
    return [
        StalePriceWarning(f"{kind} prices in {region} are {-age} days old, as of {day}")
        for age, kind, day in ages
        if -age > stale_days
    ]


def _median(days: pl.Series) -> date:
    known = days.drop_nulls().sort()
    return date.fromisoformat(known[(known.len() - 1) // 2])
