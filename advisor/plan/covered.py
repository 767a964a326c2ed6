"""Which commitment pays for what, hour by hour: what a load-duration curve is drawn from."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import polars as pl

from advisor.plan.bill import in_force
from advisor.plan.settle import Settled
from advisor.schema import COVERED_HOURS
from advisor.units import usd


def covered_hours(settled: Settled) -> pl.DataFrame:
    """Return `COVERED_HOURS`, sorted by hour, then commitment, what is left to on-demand last.

    Over the window the rows add up to the meters of the bill; a private discount is taken off as in the plan.
    """
    paid, net = settled.bill, settled.net_share
    weights = {(d.owned, d.meter): d.weight for d in paid.draws}
    rows: list[tuple[int, str | None, float, float]] = []
    for hour in range(paid.hours):
        worth: dict[int, Fraction] = defaultdict(Fraction)
        used: dict[int, Fraction] = defaultdict(Fraction)
        for owned, meter, quanta in paid.covers[hour]:
            price = paid.meters[meter]
            worth[owned] += Fraction(quanta) * price.od_pico_usd / price.scale
            used[owned] += Fraction(quanta) * weights[owned, meter]
        for number, commitment in enumerate(paid.owned):
            if in_force(commitment, hour + paid.first_hour):
                idle = 1 - used[number] / paid.capacity[number] if paid.capacity[number] else Fraction(0)
                unused = commitment.hourly_pico_usd * idle
                rows.append((hour, commitment.owned_id, usd(worth[number] * net), usd(unused * net)))
        left = zip(paid.meters, paid.uncovered[hour], strict=True)
        rest = sum((Fraction(q) * m.od_pico_usd / m.scale for m, q in left if q), Fraction(0))
        if rest:
            rows.append((hour, None, usd(rest * net), 0.0))
    table = pl.DataFrame(rows, schema=COVERED_HOURS, orient="row")
    return table.sort("hour", "commitment", nulls_last=True)
