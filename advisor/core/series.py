"""Features and sizes of usage series."""

from __future__ import annotations

import polars as pl

from advisor.core import door
from advisor.core.door import ArrowFrame


def usage_features(points: ArrowFrame, *, threads: int = 0) -> pl.DataFrame:
    """Describe the shape of usage series: one row each, sorted by `series`; absent figures are null.

    Args:
        points: `series` (int), `start_s` (epoch seconds), `interval_s`, `value`, sorted by series and start, no nulls.
        threads: 0 for all cores; the result does not depend on it.

    Raises:
        InputError: a value is not finite, or rows are out of order.
    """
    frame = door.points(points)
    found = door.call(
        lambda: door.core.usage_features(frame, threads=door.threads(threads)), [], door.NO_NAMES
    )
    return pl.DataFrame(found).fill_nan(None)


def usage_sizes(
    points: ArrowFrame,
    quantiles: list[float],
    *,
    decay: tuple[float, float, float, bool] | None = None,
    threads: int = 0,
) -> pl.DataFrame:
    """Take from usage series what sizing asks for: `series, n, mean, max, max_hourly_p99, decayed, q0, q1, …`.

    Args:
        points: as in `usage_features`.
        quantiles: shares (0-1); column `q<k>` answers the k-th, linear between order statistics.
        decay: (share, first bucket, half-life in s, of daily peaks?) of a decaying histogram, as VPA keeps it.
        threads: 0 for all cores; the result does not depend on it.

    Raises:
        InputError: a value is not finite, rows are out of order, or a quantile is out of range.
    """
    frame = door.points(points)
    found = door.call(
        lambda: door.core.usage_sizes(frame, quantiles=quantiles, decay=decay, threads=door.threads(threads)),
        [],
        door.NO_NAMES,
    )
    return pl.DataFrame(found).fill_nan(None)
