"""What `explain` says at the margin: for shares, for what is alone, for runs, and where room is left over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes_plan import placement, plan

from advisor.model import Placement, Pool
from advisor.report.explanation import explain
from advisor.report.margin import at_the_margin


def shared(**changes: object) -> Placement:
    return placement("web", 100.0, 46.54, pool_id="web", one_more_task_monthly_usd=7.661, **changes)


def pool(*workloads: str) -> Pool:
    return replace(plan().pools[0], workload_ids=workloads)


def said(place: Placement, host: Pool | None, kind: str = "SERVICE") -> list[str]:
    return list(at_the_margin(place, host, {"kind": kind}))


def test_a_share_is_named_beside_what_leaving_would_save() -> None:
    saves, more = said(shared(marginal_monthly_cost_usd=38.71), pool("web", "other"))
    assert saves == (
        "its share of the plan is $46.54 a month (AWS's split by vCPU and memory); moving it away would save up to "
        "about $39"
    )
    assert more == (
        "one more task costs about $7.66 a month on average: nothing while instances have room, a whole instance when "
        "they are full"
    )


def test_the_dearest_hour_is_named_where_there_is_one() -> None:
    dear = {"dearest_hour": "2026-07-14T20:00:00+00:00", "dearest_hour_usd": 0.02}
    _, more = said(shared(marginal_monthly_cost_usd=38.71, **dear), pool("web", "other"))
    assert "on average ($15 at the rate of 2026-07-14 20:00 UTC, when room is dearest):" in more


def test_more_than_its_share_is_explained_and_nothing_is_called_nothing() -> None:
    more, _ = said(shared(marginal_monthly_cost_usd=61.2), pool("web", "other"))
    assert more.endswith("about $61, more than its share: it takes up what is scarce there")
    idle = replace(shared(marginal_monthly_cost_usd=0.0), one_more_task_monthly_usd=0.0)
    assert [line.partition("next to nothing")[1] for line in said(idle, pool("web", "other"))] == [
        "next to nothing"
    ] * 2


@pytest.mark.parametrize("host", [None, pool("web")], ids=["Fargate", "a pool of its own"])
def test_what_shares_nothing_saves_its_whole_bill(host: Pool | None) -> None:
    saves, _ = said(shared(), host)
    assert saves.endswith("moving it away would save its whole $46.54 a month")


def test_nothing_is_said_of_instances_that_are_not_known() -> None:
    assert said(shared(launch_type="EC2"), None) == []


def test_runs_are_priced_by_the_hour() -> None:
    _, more = said(shared(), None, "STANDALONE")
    assert more == "one more hour of a task costs about $0.010"


def test_a_plan_of_before_says_nothing_of_it() -> None:
    old = replace(shared(marginal_monthly_cost_usd=None), one_more_task_monthly_usd=None)
    assert said(old, pool("web", "other")) == []


def test_explain_speaks_no_jargon() -> None:
    text = explain(plan(), "checkout")
    assert "moving it away would save" in text
    assert not {"dual", "shadow", "marginal"} & set(text.lower().split())
