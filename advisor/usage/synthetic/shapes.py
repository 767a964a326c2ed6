"""The shapes of load over time as expressions: the day, the event, the noise, the peak minute."""

from __future__ import annotations

import polars as pl

from advisor import units
from advisor.usage.synthetic import calibration
from advisor.usage.synthetic.noise import bits, normal, piece


def day_shape(shape: pl.Expr, second: pl.Expr) -> pl.Expr:
    """Return the relative load at a second, straight lines between the middles of the hours."""
    table = pl.lit(pl.Series([v / (sum(s) / 24) for s in calibration.DAY_SHAPES for v in s]))
    shifted = second + 23 * units.SECONDS_PER_HOUR + units.SECONDS_PER_HOUR // 2
    hour = shifted // units.SECONDS_PER_HOUR % 24
    part = (shifted % units.SECONDS_PER_HOUR).cast(pl.Float64) / units.SECONDS_PER_HOUR
    return table.gather(shape * 24 + hour) * (1.0 - part) + table.gather(shape * 24 + (hour + 1) % 24) * part


def event() -> pl.Expr:
    """Return the height of the event going on, in means of the base; heavy-tailed, zero if none."""
    c = pl.col
    hashed = bits(c("seed"), c("slot"), 7)
    long_s = c("event_short_s") + (piece(hashed, 1) * c("event_more_s")).cast(pl.Int64)
    begins = ((c("event_at") + piece(hashed, 2) * c("event_spread")) * (c("event_s") - long_s).clip(1)).cast(
        pl.Int64
    )
    inside = c("second") % c("event_s")
    going_on = (piece(hashed, 0) < c("event_share")) & (inside >= begins) & (inside < begins + long_s)
    tail = 1.0 / piece(hashed, 3).sqrt().sqrt()  # Pareto with exponent 4
    return pl.when(going_on).then(c("event_height") * tail).otherwise(0.0)


def minute_peak(hashed: pl.Expr) -> pl.Expr:
    """Return the highest minute over the mean of a step, less one."""
    knots = calibration.MINUTE_PEAK
    place = piece(hashed, 0) * (len(knots) - 1)
    left = place.floor().cast(pl.Int64)
    table = pl.lit(pl.Series(knots))
    part = place - left.cast(pl.Float64)
    return table.gather(left) * (1.0 - part) + table.gather(left + 1) * part


def fine_noise(dice: pl.Expr) -> pl.Expr:
    """Return noise of mean 0 and variance about 1 between intervals: a bell, or mostly small peaks."""
    peaks = (1.0 / piece(dice, 1).sqrt().sqrt() - 4 / 3) / 0.4714  # Pareto with exponent 4, standardised
    return (1.0 - pl.col("skew")) * normal(dice) + pl.col("skew") * peaks
