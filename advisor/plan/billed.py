"""The lines of a bill, a month's, exact: what a float prints as is what stands on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl

from advisor.plan.usage_types import meter
from advisor.units import HOURS_PER_MONTH, PICO_PER_USD, SECONDS_PER_DAY, SECONDS_PER_HOUR


@dataclass(frozen=True)
class Line:
    """One usage type of a region, service, record type and cluster; what the bill does not say is empty.

    Attributes:
        meter: as `usage_types.meter` returns it.
        pico: pico-dollars.
        quantity: in the usage type's unit.
    """

    region: str
    usage_type: str
    meter: str | None
    service: str
    record_type: str
    cluster: str
    pico: Fraction
    quantity: Fraction | None


def billed(bill: pl.DataFrame) -> tuple[datetime, datetime, list[Line]]:
    """Return what a bill covers, and its lines: intervals added up and stretched to a month of 730 hours.

    Args:
        bill: `schema.BILL`, not empty.
    """
    start, end = _covered(bill)
    to_month = Fraction(HOURS_PER_MONTH * SECONDS_PER_HOUR, (end - start) // timedelta(seconds=1))
    names = ("region", "usage_type", "service", "record_type", "cluster")
    found: dict[tuple[Any, ...], tuple[Fraction, Fraction | None]] = {}
    for *key, dollars, amount in bill.select(*names, "usd", "quantity").iter_rows():
        paid, used = found.get(tuple(key), (Fraction(0), None))
        more = None if amount is None else Fraction(str(amount))
        found[tuple(key)] = paid + Fraction(str(dollars)), plus(used, more)
    return (
        start,
        end,
        [
            Line(
                region or "",
                name,
                meter(name),
                service or "",
                record or "",
                cluster or "",
                paid * PICO_PER_USD * to_month,
                None if used is None else used * to_month,
            )
            for (region, name, service, record, cluster), (paid, used) in found.items()
        ],
    )


def plus(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    """Return the sum of what is known; null where nothing is."""
    return other if one is None else one if other is None else one + other


def _covered(bill: pl.DataFrame) -> tuple[datetime, datetime]:
    ends = pl.col("start") + pl.duration(seconds=pl.col("interval_s").fill_null(SECONDS_PER_DAY))
    start, end = bill.select(pl.col("start").min().alias("start"), ends.max().alias("end")).row(0)
    return start, end
