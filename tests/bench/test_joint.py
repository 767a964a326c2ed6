"""A month of hours with commitments in one `core.solve`: how far from the bound, how long, and what doing it in turn costs.

`pytest -m bench -s tests/bench/test_joint.py` prints a table. Sizes, shapes and prices are those of the shared instances;
hours and discounts are made up here (24–30 % for a Compute plan, 34–40 % for an EC2 Instance plan, 20 % on Fargate).
"""

from __future__ import annotations

import json
import math
import os
import random
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from advisor.core import Offer, solve

SHARED = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[3] / "shared"))
FILE = SHARED / "data" / "packing" / "instances.jsonl"
HOURS = 720
FAMILIES = ("c7g", "c8g", "m8g", "r8g", "c7a", "m7g", "c6g", "m6g")
"""Families with an EC2 Instance plan of their own, where there are eight."""

pytestmark = [
    pytest.mark.bench,
    pytest.mark.real_data,
    pytest.mark.skipif(not FILE.exists(), reason="the shared instances are not here"),
]


def month(instance: dict[str, Any], seed: int = 1) -> pl.DataFrame:
    """Tasks of every hour: steady, by day, by office hours and by night, with a wandering level and some noise."""
    chance = random.Random(seed)
    kinds = [
        (chance.choices(["steady", "day", "office", "night"], [40, 35, 15, 10])[0], chance.uniform(-2, 2))
        for _ in instance["tasks"]
    ]
    rows, level = [], 0.0
    for hour in range(HOURS):
        level = 0.95 * level + chance.gauss(0, 0.01)
        weekday, clock = (hour // 24) % 7 < 5, hour % 24
        for size, (task, (kind, shift)) in enumerate(zip(instance["tasks"], kinds, strict=True)):
            day = 0.5 - 0.5 * math.cos(2 * math.pi * (clock - 4 + shift) / 24)
            share = {
                "steady": 1.0,
                "day": 0.45 + 0.55 * day * (1.0 if weekday else 0.8),
                "office": 0.15 + (0.85 * day**2 if weekday else 0.05),
                "night": 1.0 if clock in (1, 2, 3) else 0.0,
            }[kind]
            count = round(task["count"] * share * (1 + level) * (1 + chance.gauss(0, 0.02)))
            if count > 0:
                rows.append((hour, size, count, task["alone_usd_per_hour"]))
    schema = {"hour": pl.Int64, "size": pl.UInt32, "count": pl.Int64, "alone_usd_per_hour": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def for_sale(bins: list[str], families: tuple[str, ...]) -> list[Offer]:
    """An EC2 Instance plan for each family, then a Compute plan for everything."""
    chance = random.Random(7)
    of = {name: name.split(".")[0] for name in bins}
    everyone = sorted(set(of.values()))
    compute = {family: 1 - chance.uniform(0.24, 0.30) for family in everyone}
    instance = {family: 1 - chance.uniform(0.34, 0.40) for family in everyone}
    plans = [Offer(f, {b: instance[f] for b in bins if of[b] == f}) for f in families if f in everyone]
    return [*plans, Offer("compute", {b: compute[of[b]] for b in bins}, alone_share=0.8)]


def test_joint_solve() -> None:
    """Prints one row per fleet and set of offers; the plan is never dearer than doing it in turn."""
    instances = {row["name"]: row for row in map(json.loads, FILE.read_text().splitlines())}
    print(f"\n{'fleet':22} sizes hours offers   cost/bound   fractional   in turn   seconds")
    for name in ("S-grid-cmr64", "M-grid-cmr64", "L-grid-cmr64"):
        instance = next(row for key, row in instances.items() if key.startswith(name))
        bins = pl.DataFrame(instance["bins"], infer_schema_length=None)
        sizes = pl.DataFrame(instance["tasks"], infer_schema_length=None).drop("count", "alone_usd_per_hour")
        demand, names = month(instance), bins["bin_id"].to_list()
        for offers in ([], for_sale(names, ()), for_sale(names, FAMILIES)):
            began = time.perf_counter()
            found = solve(sizes, bins, demand, offers)
            took_s = time.perf_counter() - began
            bound = found.lower_bound_usd
            print(
                f"{name:22} {len(sizes):5} {HOURS:5} {len(offers):6}   {found.cost_usd / bound - 1:10.2%}"
                f"   {found.relaxed_usd / bound - 1:10.2%}   {found.sequential_usd / found.cost_usd - 1:7.2%}"
                f"   {took_s:7.1f}",
                flush=True,
            )
            assert bound <= found.cost_usd <= found.sequential_usd
