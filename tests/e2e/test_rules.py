"""`advisor rules` as a person runs it: which rules it asks about, what it says of the others, how it ends."""

from __future__ import annotations

import json

import pytest
from small_usage import ASSUMED, write_usage


@pytest.fixture
def usage(tmp_path) -> str:
    """Return three workloads over nine days, one row of which makes no sense."""
    return write_usage(tmp_path / "usage.csv", "abc", bad="a,2026-10-09T23:30:00Z,-4,0.3,800")


def test_rules_and_settings(command, usage: str) -> None:
    names = ("no-commitments", "no-commitments", "spot-off", "fleet.max_vcpu=8", "spot.restart_hours=1")
    done = command("rules", usage, *ASSUMED, "--skip-bad-rows", "-f", "json", *(f"--rule={n}" for n in names))
    assert done.returncode == 3, done.stderr
    document = json.loads(done.stdout)
    assert [r["name"] for r in document["rules"]] == [
        "no-commitments",
        "fleet.max_vcpu=8",
        "spot.restart_hours=1",
    ]
    assert [r["effect"] for r in document["rules"]] == ["restricts", "restricts", "changes"]
    assert all(r["low_usd"] <= r["plans_differ_usd"] <= r["high_usd"] for r in document["rules"])
    assert document["rules"][0]["low_usd"] > 0, "commitments save something whatever the plan"
    assert sum(document["gap_usd"].values()) == pytest.approx(document["cost_usd"] - document["bound_usd"])
    assert len(document["assumptions"]) == 3
    assert "spot-off: asks nothing of this policy" in done.stderr


def test_settings_hold_for_all_plans_compared(command, usage: str) -> None:
    fixed = ("--set=commitments.allowed=false", "--set=fleet.min_az_count=2", "--skip-bad-rows")
    done = command(
        "rules", usage, *ASSUMED, *fixed, "--rule=commitments-off", "--rule=min-zones", "-f", "csv"
    )
    assert done.returncode == 3, done.stderr
    names = [line.split(",")[0] for line in done.stdout.splitlines()[1:]]
    assert names == ['"commitments-off"', '"min-zones"']
