"""Classic bin packing through `core.pack`: one kind of bin that costs 1, so that the bound is a whole number of bins too.

`pytest -m bench -s tests/bench/test_packing_bins.py` prints a table; without the shared instances it says so and does nothing.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl
import pytest

from advisor.core import pack, verify_certificate

SHARED = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[3] / "shared"))
FILE = SHARED / "data" / "binpack" / "instances.jsonl"
SHORT_S, LONG_S = 1.0, 10.0
BIN_PRICE = 1.0
NEAR = 1e-6
"""Bounds are rounded down by less than that: no bin."""

pytestmark = [
    pytest.mark.bench,
    pytest.mark.real_data,
    pytest.mark.skipif(not FILE.exists(), reason="the shared instances are not here"),
]


def packed(items: list[int], capacity: int, limit_s: float) -> tuple[int, int, bool]:
    """Return how many bins are used, how many every packing needs at least, and whether the prices were checked anew."""
    counts = sorted(Counter(items).items())
    tasks = pl.DataFrame(
        {
            "size_id": [str(size) for size, _ in counts],
            "count": [count for _, count in counts],
            "room": [float(size) for size, _ in counts],
        }
    )
    bins = pl.DataFrame({"bin_id": ["bin"], "usd_per_hour": [BIN_PRICE], "room": [float(capacity)]})
    result = pack(tasks, bins, time_limit_s=limit_s, threads=2)
    wrong = verify_certificate(tasks, bins, result)
    # deciding a bin of 100,000 units to the last one can be too hard for the check; wrong it must never be
    assert wrong is None or wrong.startswith("too hard"), wrong
    least = math.ceil(result.lower_bound_usd_per_hour - NEAR)
    return round(result.cost_usd_per_hour), least, wrong is None


def test_bins() -> None:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in FILE.read_text().splitlines():
        instance = json.loads(line)
        items, capacity, best = instance["items"], instance["capacity"], instance["optimal"]
        quick, quick_bound, _ = packed(items, capacity, SHORT_S)
        used, bound, checked = packed(items, capacity, LONG_S)
        assert bound <= best and quick_bound <= best, f"{instance['name']}: a bound above the optimum"
        family = found[instance["name"].rstrip("0123456789").rstrip("_")]
        family["instances"] += 1
        family["within"] += quick <= best + 1
        family["best in 1 s"] += quick <= best
        family["found"] += used <= best
        family["proven"] += used <= bound
        family["checked"] += checked
    print(
        f"\n{'family':8}{'number':>8}{'within +1, 1 s':>16}{'optimum, 1 s':>14}{'optimum, 10 s':>15}{'proven':>8}"
    )
    total = sum(found.values(), Counter())
    for name, n in [*found.items(), ("all", total)]:
        print(
            f"{name:8}{n['instances']:8}{n['within']:16}{n['best in 1 s']:14}{n['found']:15}{n['proven']:8}{n['checked']:9}"
        )
