"""Plans under two settings: usage is profiled once, and anew only where the settings say how it is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_usage import write_usage

from advisor import Config, load_catalog, pipeline, read_usage
from advisor.config import FleetPolicy, PlanPolicy, PricePolicy, ProfilePolicy
from advisor.errors import InputError
from advisor.model import Profiles, Usage

ASSUMED = {"region": "eu-west-1", "task_vcpu": "1", "task_memory_mib": "2048"}
NOBODY = replace(Config(), plan=PlanPolicy(launch_types=()))


@pytest.fixture
def usage(tmp_path: Path) -> Usage:
    return read_usage(write_usage(tmp_path / "usage.csv", "ab"), assume=ASSUMED)


@pytest.mark.parametrize(
    ("other", "times"),
    [
        (Config(fleet=FleetPolicy(max_vcpu=8)), 1),
        (Config(prices=PricePolicy(edp_share=0.1)), 2),
        (Config(profile=ProfilePolicy(preset="vpa")), 2),
    ],
)
def test_profiles_are_made_anew_only_where_they_differ(
    usage: Usage, monkeypatch: pytest.MonkeyPatch, other: Config, times: int
) -> None:
    policies = []

    def counted(usage: Usage, policy: ProfilePolicy, prices: PricePolicy) -> Profiles:
        policies.append((policy, prices))
        return profile(usage, policy, prices)

    profile = pipeline.profile
    monkeypatch.setattr(pipeline, "profile", counted)
    found = pipeline.compare_settings(usage, load_catalog(), Config(), other)
    assert policies == [(c.profile, c.prices) for c in (Config(), other)][:times]
    assert (found.config_digest_before, found.config_digest_after) == (Config().digest(), other.digest())


def test_other_settings_without_a_plan_are_told_apart_from_the_settings_as_they_are(usage: Usage) -> None:
    with pytest.raises(InputError, match=r"^under the other settings: none of") as fault:
        pipeline.compare_settings(usage, load_catalog(), Config(), NOBODY)
    assert fault.value.problems
    with pytest.raises(InputError, match=r"^none of"):
        pipeline.compare_settings(usage, load_catalog(), NOBODY, Config())
