"""China and GovCloud: their ARNs begin otherwise, and nothing hangs on how they begin."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from simulated import advise
from simulated_aws.fleets import small
from simulated_aws.server import SimulatedAws

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("region", "name"),
    [("cn-north-1", "aws-cn"), pytest.param("us-gov-west-1", "aws-us-gov", marks=pytest.mark.campaign)],
)
def test_usage_is_pulled_there(tmp_path: Path, region: str, name: str) -> None:
    estate = small()
    clusters = tuple(replace(c, region=region) for c in estate.clusters)
    there = replace(estate, regions=(region,), clusters=clusters, partition=name, owned=())
    with SimulatedAws(there) as aws:
        done = advise(tmp_path, aws, "pull", "--region", region, "--days", "2")
        doctor = advise(tmp_path, aws, "doctor", "--region", region)
        assert aws.journal.wrong == []
        images = aws.journal.entries("ecr:DescribeImages")
        asked = aws.journal.entries("ecs:DescribeServices")
    assert done.code == 0, done.err
    # until six in the morning yesterday is not final
    assert re.search(r"12 workloads, [12] final days: (12|24) days of workloads read", done.err)
    assert all(
        f"arn:{name}:ecs:{region}" in e.params["cluster"] for e in asked if "arn" in e.params["cluster"]
    )
    assert len([e for e in images if "advisor" not in e.params["repositoryName"]]) > 1
    assert "basic tier: all" in doctor.out
