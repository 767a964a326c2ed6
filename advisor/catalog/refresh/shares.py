"""Discounts as the catalog keeps them: one share a family, for sizes of a family are discounted alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from advisor.catalog.refresh.reading import Row

DIGITS = Decimal("1e-18")
"""Digits enough to get the published rate back to the pico-dollar."""
PAYMENT_OPTIONS = {
    "No Upfront": "NO_UPFRONT",
    "Partial Upfront": "PARTIAL_UPFRONT",
    "All Upfront": "ALL_UPFRONT",
}

Key = tuple[str, str, str, int, str]
"""Region, kind, scope, years, payment option."""


def discount_share(pico: Decimal, full_pico: int) -> Decimal:
    """Return how much of the full price is taken off."""
    return (1 - pico / full_pico).quantize(DIGITS)


def share_rows(found: Mapping[Key, Iterable[Decimal]], source: str, as_of: str) -> tuple[Row, ...]:
    """Return one row for each kind, scope, term and payment, with the middle one of its sizes' discounts."""
    return tuple(
        {
            "region": region,
            "kind": kind,
            "scope": scope,
            "term_years": years,
            "payment_option": payment,
            "discount_share": f"{_middle(shares).normalize():f}",
            "method": "observed",
            "source": source,
            "as_of": as_of,
        }
        for (region, kind, scope, years, payment), shares in sorted(found.items())
    )


def _middle(shares: Iterable[Decimal]) -> Decimal:
    ordered = sorted(shares)
    return ordered[(len(ordered) - 1) // 2]
