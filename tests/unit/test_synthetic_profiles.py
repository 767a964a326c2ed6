"""The demo company as the profile sees it: every class, and nothing withheld but what is meant to be."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from advisor.config import Config
from advisor.usage import read_usage
from advisor.workload import profile

SHOP = Path(__file__).parents[2] / "data" / "shop"
BATCH = {
    "db-backup", "etl-orders-nightly", "features-train", "invoice-pdf", "price-scraper", "report-weekly",
    "search-reindex", "video-transcode",
}  # fmt: skip


@pytest.fixture(scope="module")
def profiles() -> pl.DataFrame:
    usage = read_usage(SHOP)
    assert usage.rows_rejected == 0
    config = Config()
    return profile(usage, config.profile, config.prices).table


def named(profiles: pl.DataFrame, workload_class: str) -> set[str]:
    return set(profiles.filter(pl.col("workload_class") == workload_class)["workload_id"])


def test_every_class_is_found(profiles: pl.DataFrame) -> None:
    assert named(profiles, "BATCH") == BATCH
    assert named(profiles, "IDLE") == {"reviews"}
    assert {"search", "catalog-api", "image-resize", "thumbnails", "notifications"} <= named(
        profiles, "BURST"
    )
    assert {"checkout", "payments", "pricing", "session-cache"} <= named(profiles, "STEADY_STATE")


def test_only_the_newcomer_has_too_little_history(profiles: pl.DataFrame) -> None:
    withheld = profiles.filter(pl.col("withheld").is_not_null())
    assert withheld["workload_id"].to_list() == ["coupon-service"]


def test_findings(profiles: pl.DataFrame) -> None:
    findings = dict(profiles.select("workload_id", "finding").iter_rows())
    assert findings["graphql-gateway"] == findings["shipping"] == "UNDER_PROVISIONED"
    assert findings["fraud-scoring"] == findings["payments"] == findings["checkout"] == "OVER_PROVISIONED"
