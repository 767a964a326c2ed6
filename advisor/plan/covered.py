"""Which commitment pays for what, hour by hour: what a load-duration curve is drawn from."""

from __future__ import annotations

from math import lcm

import polars as pl

from advisor.plan.bill import in_force
from advisor.plan.meters import Amount
from advisor.plan.settle import Settled
from advisor.schema import COVERED_HOURS
from advisor.units import PICO_PER_USD


def covered_hours(settled: Settled) -> pl.DataFrame:
    """Return `COVERED_HOURS`, sorted by hour, then commitment, what is left to on-demand last.

    Over the window the rows add up to the meters of the bill; a private discount is taken off as in the plan.
    """
    paid, net = settled.bill, float(settled.net_share)
    weights = {(d.owned, d.meter): d.weight for d in paid.draws}
    # whole numbers of one small unit are added, and divided once: fractions are many times slower
    unit = lcm(*(m.scale for m in paid.meters))
    prices = [m.od_pico_usd * (unit // m.scale) for m in paid.meters]
    to_usd = net / (unit * PICO_PER_USD)
    rows: list[tuple[int, str | None, float, float]] = []
    for hour in range(paid.hours):
        worth: list[Amount] = [0] * len(paid.owned)
        used: list[Amount] = [0] * len(paid.owned)
        for owned, meter, quanta in paid.covers[hour]:
            worth[owned] += quanta * prices[meter]
            used[owned] += quanta * weights[owned, meter]
        for number, commitment in enumerate(paid.owned):
            if in_force(commitment, hour + paid.first_hour):
                full = paid.capacity[number]
                idle = float(full - used[number]) / full if full else 0.0
                unused = commitment.hourly_pico_usd / PICO_PER_USD * idle * net
                rows.append((hour, commitment.owned_id, float(worth[number]) * to_usd, unused))
        rest = sum(q * price for q, price in zip(paid.uncovered[hour], prices, strict=True))
        if rest:
            rows.append((hour, None, float(rest) * to_usd, 0.0))
    table = pl.DataFrame(rows, schema=COVERED_HOURS, orient="row")
    return table.sort("hour", "commitment", nulls_last=True)
