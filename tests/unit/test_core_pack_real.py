"""The packing core on the shared instances: never below the reference bound, far better than what peers do."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from advisor.core import pack

SHARED = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[3] / "shared"))
FILE = SHARED / "data" / "packing" / "instances.jsonl"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FILE.exists(), reason="the shared instances are not here"),
]


def instances() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text().splitlines()] if FILE.exists() else []


def one(value: Any) -> float:
    return float(value[0] if isinstance(value, list) else value)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Gaps in per cent of the reference bound, one row per instance."""
    found = []
    for instance in instances():
        reference = instance["reference"]
        result = pack(
            pl.DataFrame(instance["tasks"], infer_schema_length=None),
            pl.DataFrame(instance["bins"], infer_schema_length=None),
        )
        bound = reference["lower_bound_usd_per_hour"]
        assert result.cost_usd_per_hour >= bound * (1 - 1e-6), instance["name"]
        # The reference is rounded to four decimals, and some of our bounds meet it.
        assert result.lower_bound_usd_per_hour <= reference["best_known_usd_per_hour"] + 5e-5
        assert result.lower_bound_usd_per_hour <= result.cost_usd_per_hour
        found.append(
            {
                "name": instance["name"],
                "cost": (result.cost_usd_per_hour / bound - 1) * 100,
                "proven": (result.cost_usd_per_hour / result.lower_bound_usd_per_hour - 1) * 100,
                "ffd": (one(reference["ffd_best_type"]) / bound - 1) * 100,
                "karpenter": (one(reference["karpenter_like"]) / bound - 1) * 100,
            }
        )
    return found


def test_all_instances_are_read(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == 24


def test_better_than_both_peers_everywhere(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert row["cost"] < min(row["ffd"], row["karpenter"]) / 2, row


def test_gaps(rows: list[dict[str, Any]], record_property: Any) -> None:
    mean = sum(row["cost"] for row in rows) / len(rows)
    proven = sum(row["proven"] for row in rows) / len(rows)
    record_property("mean_gap_percent", round(mean, 3))
    record_property("mean_proven_gap_percent", round(proven, 3))
    # Measured when written: 0.7 % above the reference bound, 0.4 % proven by our own; worst single 2.1 % and 1.7 %.
    assert mean < 1.0
    assert proven < 0.7
    assert max(row["cost"] for row in rows) < 2.5
