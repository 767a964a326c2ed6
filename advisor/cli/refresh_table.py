"""What a refresh came to, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from advisor.units import format_share

if TYPE_CHECKING:
    from advisor.catalog.refresh.summary import Change, Summary

SHARES = ("compute_sp", "ec2_instance_sp", "ri_standard", "ri_convertible", "managed_instances_fee")
"""Kinds whose figure is a share of the on-demand price."""
PICO_DIGITS = -12


def refresh_table(told: Summary, as_of: str) -> str:
    """Return rows by table, how many prices changed, the biggest changes, and what keeps its old date."""
    return "\n".join(line.rstrip() for line in _lines(told, as_of)) + "\n"


def _lines(told: Summary, as_of: str) -> Iterator[str]:
    yield f"prices read on {as_of}"
    yield ""
    yield from _aligned(
        [
            ("Table", "rows before", "now", "read"),
            *((t.table, f"{t.old:,}", f"{t.new:,}", f"{t.read:,}") for t in told.tables),
        ]
    )
    yield ""
    yield f"Prices changed: {told.changed:,}; new: {told.added:,}"
    if told.biggest:
        yield ""
        yield "The biggest changes:"
        yield from _aligned(
            [
                ("  " + f"{c.kind} {c.region} {c.name}", _figure(c, c.old_pico), "→", _figure(c, c.pico))
                for c in told.biggest
            ]
        )
    if told.kept:
        yield ""
        yield "Not read, and kept with their dates:"
        yield from _aligned(
            [("  " + k.kind, f"{k.prices:,}", _between(k.oldest, k.newest)) for k in told.kept]
        )


def _between(oldest: str, newest: str) -> str:
    return oldest if oldest == newest else f"{oldest} to {newest}"


def _figure(change: Change, pico: int) -> str:
    amount = Decimal(pico).scaleb(PICO_DIGITS)
    if change.kind in SHARES:
        return f"{format_share(float(amount), 2)} of on-demand"
    return f"${amount.normalize():f}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows with the first column to the left and figures to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for first, *figures in rows:
        yield "  ".join(
            [first.ljust(widths[0]), *(f.rjust(w) for f, w in zip(figures, widths[1:], strict=True))]
        )
