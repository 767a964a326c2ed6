"""What the company owns beside its tasks: the instances of one cluster and a Savings Plan."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from advisor import schema, units

_FLEET = (("us-east-1a", "m5.xlarge", 2), ("us-east-1b", "m5.xlarge", 2), ("us-east-1b", "m5.2xlarge", 1))


def instances(account_id: str, start: datetime, days: int) -> pl.DataFrame:
    """Return `schema.INSTANCES` of cluster `core`, hourly: five, one more during a deployment."""
    hours = days * units.SECONDS_PER_DAY // units.SECONDS_PER_HOUR
    rows = [
        (account_id, "us-east-1", "core", kind, "ON_DEMAND", zone, "LINUX", start + timedelta(hours=hour), 3600,
         float(count + (kind == "m5.2xlarge" and 200 <= hour < 248)))
        for zone, kind, count in _FLEET
        for hour in range(hours)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema.dtypes(schema.INSTANCES), orient="row")


def commitments(account_id: str, start: datetime) -> pl.DataFrame:
    """Return `schema.COMMITMENTS`: a small Compute Savings Plan with half a year to run."""
    bought = datetime(start.year, 2, 1, tzinfo=start.tzinfo)
    rows = [
        (
            "COMPUTE_SP",
            None,
            account_id,
            None,
            1,
            "NO_UPFRONT",
            0.6,
            None,
            bought,
            bought.replace(year=start.year + 1),
        )
    ]
    return pl.DataFrame(rows, schema=schema.dtypes(schema.COMMITMENTS), orient="row")
