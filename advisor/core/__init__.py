"""The typed door to the compiled core: frames in, frames out. The only importer of `advisor._core`.

Strings stay on this side: sizes, bins and groups go in as row numbers and bits, and come back as the caller's names.
Frames may be anything that speaks Arrow (`__arrow_c_stream__`): polars, pyarrow, DuckDB, pandas.
"""

from __future__ import annotations

from advisor.core.bill import HoursBill, bill_hours
from advisor.core.door import ArrowFrame
from advisor.core.hour import PackResult, pack, verify_certificate
from advisor.core.hours import Estate, HoursResult, pack_hours
from advisor.core.joint import Offer, SolveResult, solve
from advisor.core.prices import PriceSet, room_prices, verify_prices
from advisor.core.series import usage_features, usage_sizes

__all__ = [
    "ArrowFrame",
    "Estate",
    "HoursBill",
    "HoursResult",
    "Offer",
    "PackResult",
    "PriceSet",
    "SolveResult",
    "bill_hours",
    "pack",
    "pack_hours",
    "room_prices",
    "solve",
    "usage_features",
    "usage_sizes",
    "verify_certificate",
    "verify_prices",
]
