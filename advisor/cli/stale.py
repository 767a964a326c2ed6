"""Warnings about prices that are old: the only place where planning meets the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from advisor.cli.failures import warn

if TYPE_CHECKING:
    from advisor.catalog import Catalog


def warn_of_old_prices(catalog: Catalog, regions: Iterable[str], stale_days: int) -> None:
    """Print a warning for each kind of price in these regions that is older than the policy takes for new."""
    from advisor.catalog.age import stale

    today = datetime.now(UTC).date()
    for old in sorted({str(w) for r in regions for w in stale(catalog, r, today, stale_days)}):
        warn(old)
