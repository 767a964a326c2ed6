"""Quick answers about other settings: nothing changes nothing, the way there does not matter, and a settled one is a full plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from plan_estates import estate

from advisor import advise, load_catalog, read_usage, what_if
from advisor.config import Config, Pin
from advisor.plan.what_if import WhatIf
from advisor.report.plan_json import to_json

SHOP = Path(__file__).parents[2] / "data" / "shop"
NOW = Config()


def with_(section: str, **settings: object) -> Config:
    return replace(NOW, **{section: replace(getattr(NOW, section), **settings)})


OTHERS = {
    "people": with_("operations", usd_per_hour=75.0),
    "no Spot": with_("spot", allowed=False),
    "x86": with_("plan", architectures=("X86_64",)),
    "three years": with_("commitments", terms_years=(1, 3)),
    "small instances": with_("fleet", max_vcpu=8),
    "three zones": with_("fleet", min_az_count=3),
    "discount": with_("prices", edp_share=0.1),
    "more room": with_("profile", memory_headroom_share=0.5),
    "a pin": with_("plan", pins=(Pin("checkout", launch_type="FARGATE"),)),
}


@pytest.fixture(scope="module")
def asked() -> WhatIf:
    return what_if(read_usage(SHOP), load_catalog(), NOW)


def test_the_same_settings_change_nothing(asked: WhatIf) -> None:
    for other in OTHERS.values():
        asked.ask(other)
    same = asked.ask(NOW)
    assert (same.monthly_cost_usd, same.change_usd) == (asked.plan.monthly_cost_usd, 0.0)
    assert not same.moved


def test_an_answer_does_not_depend_on_what_was_asked_before(asked: WhatIf) -> None:
    alone = what_if(read_usage(SHOP), load_catalog(), NOW).ask(OTHERS["no Spot"])
    assert asked.ask(OTHERS["no Spot"]) == alone


@pytest.mark.parametrize("name", OTHERS)
def test_a_quick_answer_is_near_the_settled_one_which_is_the_full_plan(asked: WhatIf, name: str) -> None:
    quick, settled = asked.ask(OTHERS[name]), asked.settle(OTHERS[name])
    whole = settled.monthly_cost_usd + (settled.operations_monthly_usd or 0.0)
    assert quick.monthly_cost_usd == pytest.approx(whole, rel=0.07)
    assert to_json(settled) == to_json(advise(read_usage(SHOP), load_catalog(), OTHERS[name]))


def test_what_moved_is_said_by_name(asked: WhatIf) -> None:
    before, now = asked.ask(OTHERS["a pin"]).moved["checkout"]
    assert before == "EC2 ON_DEMAND ARM64"
    assert now.startswith("FARGATE")


def test_pools_are_given_up_where_their_upkeep_is_dear_however_few_instances_they_have() -> None:
    usage, catalog = estate(3, launch_type="EC2"), load_catalog()
    upkeep = with_("operations", usd_per_hour=1000.0, hours_per_instance_month=0.0)
    assert advise(usage, catalog, NOW).pools
    assert not advise(usage, catalog, upkeep).pools
