"""What a rule costs: which questions a policy gives rise to, and how two plans answer one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes_plan import placement, plan

from advisor.config import CommitmentPolicy, Config, FleetPolicy, PlanPolicy, SpotPolicy
from advisor.errors import SolverError
from advisor.model import Plan, RulePrice
from advisor.plan.proven import Proven, proven
from advisor.plan.rule_prices import UNEXPLAINED, WHOLE, rule_prices
from advisor.plan.rules import HELD, RULES, Rule, asked, effect
from advisor.terms import Effect

BY_NAME = {r.name: r for r in RULES}
NO_SPOT = Config(spot=SpotPolicy(allowed=False))


def names(config: Config) -> set[str]:
    return {r.name for r in asked(RULES, config)}


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(RULES)


def test_a_rule_that_is_so_already_is_not_asked() -> None:
    assert {"no-spot", "spread", "types"} <= names(Config())
    assert not {"spot-off", "spread-on", "fewest", "most", "architectures"} & names(Config())
    assert "spot-off" in names(NO_SPOT)
    assert not {"no-spot", "half-spot", "spot-stand-ins", "interruptible-said"} & names(NO_SPOT)
    assert "size-16" not in names(Config(fleet=FleetPolicy(max_vcpu=8))), "8 vCPU is the stricter one"


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_the_words_name_the_stricter_policy(rule: Rule) -> None:
    strict = Config(
        plan=PlanPolicy(launch_types=("EC2",), architectures=("ARM64",)),
        fleet=FleetPolicy(
            spread_over_azs=rule.name != "spread-on",
            min_az_count=2,
            min_instances_per_pool=1,
            max_instances_per_pool=9,
            headroom_share=0.1,
        ),
        spot=SpotPolicy(allowed=rule.name != "spot-off", only_interchangeable=True),
        commitments=CommitmentPolicy(allowed=False),
    )
    config = strict if rule in HELD or rule.name == "spread-on" else Config()
    asks = Effect.RELAXES if rule in HELD else Effect.RESTRICTS
    if rule.name == "half-spot":
        asks = Effect.CHANGES  # the parts of a service are plans that the whole has not
    assert effect(config, rule.instead(config)) is rule.asks is asks
    assert "{" not in rule.said(config)


def test_words_say_what_is_in_force() -> None:
    assert BY_NAME["types"].said(Config()) == "types of instance in a pool: at most 2"
    assert BY_NAME["launch-types"].said(Config(plan=PlanPolicy(launch_types=("EC2",)))) == "only EC2"


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ({}, Effect.NOTHING),
        ({"fleet.max_vcpu": 8}, Effect.RESTRICTS),
        ({"fleet.max_vcpu": 96}, Effect.RELAXES),
        ({"fleet.max_instances_per_pool": 3}, Effect.RESTRICTS),
        ({"fleet.families": ("m*",)}, Effect.RESTRICTS),
        ({"fleet.families": ("m*", "x*")}, Effect.CHANGES),
        ({"fleet.exclude_families": ("*-flex", "p*")}, Effect.RESTRICTS),
        ({"fleet.max_vcpu": 8, "spot.allowed": False}, Effect.RESTRICTS),
        ({"fleet.max_vcpu": 8, "fleet.allow_burstable": True}, Effect.CHANGES),
        ({"spot.restart_hours": 1.0}, Effect.CHANGES),
    ],
)
def test_effects(settings: dict[str, object], verdict: Effect) -> None:
    assert effect(Config(), Rule("r", "", settings).instead(Config())) is verdict


def with_money(cost: float, bound: float, **changes: object) -> Plan:
    made = replace(plan(), monthly_cost_usd=cost, lower_bound_monthly_usd=bound, operations_monthly_usd=None)
    return replace(made, **changes)  # type: ignore[arg-type]


def priced(rule: Rule, now: Plan, other: Plan | Exception, config: Config | None = None) -> RulePrice:
    config = config or Config()

    def solve(policy: Config) -> Plan:
        if policy == rule.instead(config) and isinstance(other, Exception):
            raise other
        return other if policy == rule.instead(config) and isinstance(other, Plan) else now

    return rule_prices([rule], config, solve).rules[0]


def test_a_rule_of_the_policy_costs_what_leaving_it_away_saves() -> None:
    row = priced(BY_NAME["spread"], with_money(1000.0, 980.0), with_money(560.0, 545.0))
    assert (row.low_usd, row.high_usd, row.plans_differ_usd) == (420.0, 455.0, 440.0)


def test_a_rule_that_is_added_costs_what_it_makes_dearer() -> None:
    row = priced(BY_NAME["no-spot"], with_money(560.0, 545.0), with_money(1000.0, 980.0))
    assert (row.low_usd, row.high_usd, row.plans_differ_usd) == (420.0, 455.0, 440.0)


def test_the_plan_with_the_rule_is_lawful_without_it() -> None:
    row = priced(BY_NAME["types"], with_money(100.0, 90.0), with_money(104.0, 90.0))
    assert (row.low_usd, row.high_usd, row.plans_differ_usd) == (0.0, 10.0, 0.0)


def test_a_setting_of_unknown_effect_moves_the_bill_either_way() -> None:
    rule = Rule("x", "x", {"spot.restart_hours": 2.0}, asks=None)
    row = priced(rule, with_money(100.0, 90.0), with_money(104.0, 93.0))
    assert (row.low_usd, row.high_usd, row.plans_differ_usd) == (-7.0, 14.0, 4.0)


def test_plans_of_different_workloads_are_not_compared() -> None:
    other = with_money(50.0, 40.0, placements=(*plan().placements[1:], placement("new", 1.0, 1.0)))
    row = priced(BY_NAME["no-spot"], with_money(100.0, 90.0), other)
    assert row.low_usd is None
    assert row.reason == "not the same workloads have a place under both policies: checkout, new"


def test_a_policy_without_a_plan_is_told() -> None:
    row = priced(BY_NAME["no-spot"], with_money(100.0, 90.0), SolverError("no way"))
    assert (row.high_usd, row.reason) == (None, "no plan was found for the other policy: no way")


def test_peoples_time_counts_where_the_policy_counts_it() -> None:
    made = plan()
    assert made.operations_monthly_usd is not None
    assert proven(made).cost_usd == made.monthly_cost_usd + made.operations_monthly_usd


def test_the_gap_is_split_and_each_policy_planned_once() -> None:
    asked_for: list[str] = []

    def solve(policy: Config) -> Plan:
        asked_for.append(policy.digest())
        if not policy.fleet.spread_over_azs:
            pool = replace(plan().pools[0], monthly_cost_usd=50.0, fluid_monthly_cost_usd=44.0)
            return with_money(80.0, 70.0, pools=(pool,))
        return (
            with_money(96.0, 83.0)
            if policy.fleet.max_instance_types_per_pool == 10
            else with_money(100.0, 83.0)
        )

    found = rule_prices([BY_NAME["types"]], Config(), solve)
    few, spread = (
        "types of instance in a pool: at most 2; pools of an architecture: at most 2",
        BY_NAME["spread"].words,
    )
    assert found.gap_usd == {few: 4.0, spread: 3.0, WHOLE: 6.0, UNEXPLAINED: 4.0}
    assert sum(found.gap_usd.values()) == found.cost_usd - found.bound_usd
    assert len(asked_for) == len(set(asked_for)) == 4


def test_a_plan_below_its_bound_has_no_gap() -> None:
    assert Proven(1.0, 1.0 + 1e-12).gap_usd == 0.0
