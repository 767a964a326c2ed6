"""Laws of what rules cost: the interval holds the truth, the gap adds up, and looser policies really are looser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_estates import estate

from advisor.catalog import Catalog, load_catalog
from advisor.config import Config, SpotPolicy
from advisor.pipeline import price_rules
from advisor.plan.capacity import bins, instance_prices, shapes
from advisor.plan.discounts import best_discounts
from advisor.plan.propose import Options, propose
from advisor.plan.proven import Proven, change_interval, gap_parts, price_interval
from advisor.plan.rules import RULES, Rule, effect
from advisor.plan.stand_ins import replaceable
from advisor.plan.sunk import sunk
from advisor.plan.tasks import tasks
from advisor.terms import Effect, OperatingSystem
from advisor.workload import profile

usd = st.floats(0.0, 1e6)
slack = st.floats(0.0, 1e4)
ROUNDING = 1e-6


@given(loose=usd, price=slack, slacks=st.tuples(slack, slack, slack, slack))
def test_the_interval_holds_the_true_price(
    loose: float, price: float, slacks: tuple[float, float, float, float]
) -> None:
    strict = loose + price
    a = Proven(strict + slacks[0], strict - slacks[1])
    b = Proven(loose + slacks[2], loose - slacks[3])
    low, high = price_interval(a, b)
    assert 0.0 <= low <= price + ROUNDING
    assert price - ROUNDING <= high
    assert high - low <= sum(slacks) + ROUNDING, "no wider than what the two plans leave open"


@given(one=usd, other=usd, slacks=st.tuples(slack, slack, slack, slack))
def test_the_interval_of_any_two_policies_holds_their_difference(
    one: float, other: float, slacks: tuple[float, float, float, float]
) -> None:
    before = Proven(one + slacks[0], one - slacks[1])
    after = Proven(other + slacks[2], other - slacks[3])
    low, high = change_interval(before, after)
    assert low - ROUNDING <= other - one <= high + ROUNDING


@given(loose=usd, price=slack, slacks=st.tuples(slack, slack, slack, slack), sharper=st.floats(0.0, 1.0))
def test_a_better_plan_or_bound_never_widens_the_interval(
    loose: float, price: float, slacks: tuple[float, float, float, float], sharper: float
) -> None:
    def interval(s: list[float]) -> tuple[float, float]:
        strict = loose + price
        return price_interval(
            Proven(strict + s[0], strict - s[1]),
            Proven(loose + s[2], loose - s[3]),
        )

    low, high = interval(list(slacks))
    for i in range(4):
        better = [x * sharper if i == j else x for j, x in enumerate(slacks)]
        nearer = interval(better)
        assert nearer[0] >= low - ROUNDING
        assert nearer[1] <= high + ROUNDING


@given(plans=st.tuples(*[st.tuples(usd, slack, slack)] * 3))
def test_parts_of_the_gap_are_never_negative_and_add_up(
    plans: tuple[tuple[float, float, float], ...],
) -> None:
    now, many, apart = (Proven(cost, cost - gap, whole) for cost, gap, whole in plans)
    parts = gap_parts(now, many, apart)
    assert min(parts) >= 0.0
    assert sum(parts) == pytest.approx(now.gap_usd, rel=1e-9, abs=ROUNDING)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def options(seed: int, catalog: Catalog, config: Config) -> Options:
    usage = estate(seed)
    return propose(
        tasks(usage.workloads, profile(usage, config.profile, config.prices), config), catalog, config
    )


@pytest.mark.parametrize(
    "policy", [Config(), Config(spot=SpotPolicy(allowed=False))], ids=["default", "no spot"]
)
@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_the_looser_policy_allows_all_that_the_stricter_does(
    rule: Rule, policy: Config, catalog: Catalog
) -> None:
    other = rule.instead(policy)
    does = effect(policy, other)
    if does is Effect.NOTHING:
        return
    if does is Effect.CHANGES:
        assert rule.name == "half-spot", (
            "a part of a service on Spot is no plan of a policy that takes it whole"
        )
        return
    strict, loose = (policy, other) if does is Effect.RELAXES else (other, policy)
    narrow, wide = options(1, catalog, strict), options(1, catalog, loose)
    for few, many in zip(narrow.tasks, wide.tasks, strict=True):
        assert set(narrow.ways[few.workload]) <= set(wide.ways[many.workload])
        assert few.spread >= many.spread
    assert types(catalog, strict) <= types(catalog, loose)
    rates = sunk(estate(1).commitments, catalog, None).rates
    small, large = (best_discounts(rates, "us-east-1", c.commitments) for c in (strict, loose))
    assert all(share <= large.of_family(family) for family, share in small.family.items())
    assert strict.fleet.max_instance_types_per_pool <= loose.fleet.max_instance_types_per_pool
    assert strict.fleet.max_pools_per_architecture <= loose.fleet.max_pools_per_architecture


def types(catalog: Catalog, config: Config) -> set[tuple[object, ...]]:
    """Return group, type, price and room of all that a policy allows."""
    prices = instance_prices(
        shapes(catalog, "us-east-1", OperatingSystem.LINUX),
        catalog,
        "us-east-1",
        OperatingSystem.LINUX,
        config,
    )
    found = replaceable(bins(prices, config.fleet), config.spot)
    return set(found.select("group", "instance_type", "usd_per_hour", "cpu_units", "memory_mib").iter_rows())


@pytest.mark.parametrize("seed", [1, 2])
def test_bounds_and_plans_of_related_policies_never_contradict_each_other(
    seed: int, catalog: Catalog
) -> None:
    names = {"spread", "types", "three-zones", "x86-only", "no-spot", "no-commitments"}
    found = price_rules(estate(seed), catalog, None, [r for r in RULES if r.name in names])
    assert {r.name for r in found.rules} == names
    for row in found.rules:
        assert row.reason == ""
        assert row.low_usd is not None
        assert row.high_usd is not None
        assert 0.0 <= row.low_usd <= row.high_usd
        mine, other = (found.cost_usd, found.bound_usd), (row.other_cost_usd, row.other_bound_usd)
        strict, loose = (mine, other) if row.effect == Effect.RELAXES else (other, mine)
        assert loose[1] <= strict[0] * (1 + 1e-9), "what no looser plan undercuts, no stricter one does"
    assert sum(found.gap_usd.values()) == pytest.approx(found.cost_usd - found.bound_usd)
