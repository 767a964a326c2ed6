"""The history's tables."""

from __future__ import annotations

from advisor.database.database import Tables

HISTORY = Tables(
    "advisor_schema",
    (
        (
            """
        CREATE TABLE runs (
            run_id TEXT PRIMARY KEY,
            kept_at TEXT NOT NULL,
            name TEXT NOT NULL,
            window_start TEXT NOT NULL,
            window_end TEXT NOT NULL,
            monthly_cost_usd {real} NOT NULL,
            baseline_monthly_cost_usd {real} NOT NULL,
            lower_bound_monthly_usd {real} NOT NULL,
            advisor_version TEXT NOT NULL,
            document {blob} NOT NULL
        )
        """,
            "CREATE INDEX runs_by_name ON runs (name, kept_at)",
            """
        CREATE TABLE decisions (
            number {number},
            made_at TEXT NOT NULL,
            name TEXT NOT NULL,
            resource_id TEXT NOT NULL,
            verdict TEXT NOT NULL,
            until TEXT,
            reason TEXT NOT NULL,
            person TEXT NOT NULL
        )
        """,
            "CREATE INDEX decisions_by_name ON decisions (name, resource_id)",
        ),
    ),
)
