"""Volumes that Fargate does not mount keep a workload off it, with the reason."""

from __future__ import annotations

import pytest
from plan_estates import estate

from advisor import advise, load_catalog


@pytest.mark.parametrize(
    ("volumes", "reason"),
    [
        ("fsx", "uses FSx for Windows volumes, which Fargate does not mount"),
        ("host", "uses host or Docker volumes, which Fargate does not mount"),
        ("efs ebs", None),
    ],
)
def test_volumes_on_fargate(volumes: str, reason: str | None) -> None:
    plan = advise(estate(1, workloads=1, days=15, volumes=volumes), load_catalog())
    said = {r.reason for r in plan.rejections if r.option.startswith("FARGATE") and "mount" in r.reason}
    assert said == ({reason} if reason else set())
