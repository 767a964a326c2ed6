"""The same fleet through tables and through a simulated account gives the same plan."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from simulated import advise
from simulated_aws.estate import Estate
from simulated_aws.fleets import small
from simulated_aws.server import SimulatedAws
from simulated_aws.tables import write_tables

pytestmark = pytest.mark.e2e
DAYS = 8
LIVE = ("recommend", "--region", "eu-west-1", "--days", str(DAYS), "--no-cache", "--format", "json")
ONLY_THESE_DIFFER = {"name", "notes"}
"""What the source is called; and what only an account can tell: how far commitments are used, what was read."""


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.campaign)])
def test_tables_and_the_account_give_the_same_plan(tmp_path: Path, seed: int) -> None:
    estate = small(seed)
    with SimulatedAws(estate) as aws:
        live = advise(tmp_path / "live", aws, *LIVE)
        assert aws.journal.wrong == []
        assert live.code == 0, live.err
        asked = [e.params for e in aws.journal.entries("cloudwatch:GetMetricData")]
        start, end = min(p["StartTime"] for p in asked), max(p["EndTime"] for p in asked)
        folder = tmp_path / "tables"
        folder.mkdir()
        write_tables(estate, folder, start, end, _bill_days(aws))
        files = advise(tmp_path / "files", aws, "recommend", str(folder), "--format", "json")
    assert files.code == 0, files.err
    assert len(files.plan["placements"]) == len(_names(estate))
    assert differing(live.plan, files.plan) == ONLY_THESE_DIFFER


def _bill_days(aws: SimulatedAws) -> tuple[date, date]:
    period = aws.journal.entries("ce:GetCostAndUsage")[0].params["TimePeriod"]
    first, end = (datetime.fromisoformat(period[side]).date() for side in ("Start", "End"))
    return first, end


def _names(estate: Estate) -> list[str]:
    return [thing.name for c in estate.clusters for thing in (*c.services, *c.families)]


def differing(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """Return the keys of a run document whose values are not the same."""
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
