"""What each rule costs, by planning with it and without it; and what a plan's own gap is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from advisor.config import Config
from advisor.errors import InputError, SolverError
from advisor.model import Plan, RulePrice, RulePrices
from advisor.plan.proven import Proven, change_interval, gap_parts, price_interval, proven
from advisor.plan.rules import HELD, Rule, asked, effect
from advisor.terms import Effect

TYPES, POOLS, SPREAD = (next(r for r in HELD if r.name == name) for name in ("types", "pools", "spread"))
WHOLE = "instances are whole, and tasks do not fill them to the brim"
UNEXPLAINED = "not explained: a better plan was not found, or the bound could be sharper"
NAMED = 3


def rule_prices(
    rules: Sequence[Rule],
    config: Config,
    solve: Callable[[Config], Plan],
    progress: Callable[[str], None] = lambda _: None,
) -> RulePrices:
    """Return what each rule that asks something of a policy costs.

    Args:
        rules: those that the policy gives no occasion for are left out.
        solve: returns the plan under a policy, for the same usage and prices.
        progress: told in a few words what happens next.
    """
    progress("planning under the policy as it is")
    plan = solve(config)
    now = proven(plan)
    known = {config.digest(): now}

    def under(policy: Config) -> Proven:
        key = policy.digest()
        if key not in known:
            known[key] = proven(solve(policy))
        return known[key]

    found = []
    questions = asked(rules, config)
    for number, rule in enumerate(questions, 1):
        progress(f"rule {number} of {len(questions)}: {rule.said(config)}")
        found.append(_price(rule, config, now, under))
    progress("splitting the gap")
    return RulePrices(
        name=plan.name,
        regions=plan.regions,
        catalog_as_of=plan.catalog_as_of,
        cost_usd=now.cost_usd,
        bound_usd=now.bound_usd,
        rules=tuple(found),
        gap_usd=_gap(config, now, under),
        assumptions=plan.assumptions,
        config_digest=plan.config_digest,
        inputs_digest=plan.inputs_digest,
    )


def _price(rule: Rule, config: Config, now: Proven, under: Callable[[Config], Proven]) -> RulePrice:
    policy = rule.instead(config)
    does = effect(config, policy)
    row = RulePrice(rule.name, rule.said(config), does, dict(rule.settings))
    try:
        other = under(policy)
    except (InputError, SolverError) as fault:
        return replace(row, reason=f"no plan was found for the other policy: {fault.message}")
    lone = sorted(now.workload_ids ^ other.workload_ids)
    if lone:
        few = ", ".join(lone[:NAMED]) + (" …" if len(lone) > NAMED else "")
        return replace(row, reason=f"not the same workloads have a place under both policies: {few}")
    strict, loose = (now, other) if does is Effect.RELAXES else (other, now)
    if does is Effect.CHANGES:
        low, high = change_interval(now, other)
        differ = other.cost_usd - now.cost_usd
    else:
        low, high = price_interval(strict, loose)
        # the plan found with the rule is lawful without it too
        differ = max(0.0, strict.cost_usd - loose.cost_usd)
    return replace(
        row,
        low_usd=low,
        high_usd=high,
        plans_differ_usd=differ,
        other_cost_usd=other.cost_usd,
        other_bound_usd=other.bound_usd,
    )


def _gap(config: Config, now: Proven, under: Callable[[Config], Proven]) -> dict[str, float]:
    many = POOLS.instead(TYPES.instead(config))
    few = f"{TYPES.said(config)}; {POOLS.said(config)}"
    parts = gap_parts(now, under(many), under(SPREAD.instead(many)))
    return dict(zip((few, SPREAD.said(config), WHOLE, UNEXPLAINED), parts, strict=True))
