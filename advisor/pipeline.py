"""The page everybody reads: usage in, plan out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.errors import InputError, SolverError
from advisor.model import Comparison, Origin, Plan, Profiles, RulePrices, Usage
from advisor.plan.assemble import assemble
from advisor.plan.audit import audited
from advisor.plan.buy import buy
from advisor.plan.compare import compare
from advisor.plan.memory import Memory
from advisor.plan.own_prices import own_prices
from advisor.plan.parts import in_parts_once
from advisor.plan.propose import propose
from advisor.plan.rule_prices import rule_prices
from advisor.plan.rules import RULES, Rule, effect
from advisor.plan.scope import reads, scoped
from advisor.plan.settings_changed import settings_changed
from advisor.plan.solve import solve
from advisor.plan.sunk import sunk
from advisor.plan.tasks import tasks
from advisor.plan.what_if import WhatIf
from advisor.workload import profile


def advise(
    usage: Usage,
    catalog: Catalog,
    config: Config | None = None,
    *,
    previous: Plan | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Plan:
    """Turn usage into a plan: what to run where, how big, bought how, and what it saves.

    Args:
        usage: as `read_usage` returns it.
        catalog: as `load_catalog` returns it.
        config: policy; the defaults when null.
        previous: an earlier run, whose advice holds until another is worth its churn (`plan.churn_usd`).
        progress: told in a few words what happens next.

    Raises:
        InputError: nothing in the usage can be planned.
        SolverError: the core could not finish, or the audit found the plan wrong.
    """
    config = config or Config()
    progress("reading shapes from usage")
    profiles = profile(
        usage, config.profile, config.prices
    )  # workload/: what kind, what size, how many per hour
    advised = None if previous is None else {p.workload_id: p.option() for p in previous.placements}
    plan = _planned(usage, profiles, catalog, config, progress, advised=advised)
    return replace(plan, origin=Origin(usage, catalog, config))


def reproduce(plan: Plan, usage: Usage, catalog: Catalog) -> Plan:
    """Return the plan of a run document made anew, from the same usage and prices: byte for byte the same.

    Raises:
        InputError: the usage or the catalog is another one.
        ConfigError: its settings are of another version of this program.
    """
    for what, mine, its in (
        ("usage", usage.digest, plan.inputs_digest),
        ("catalog", catalog.digest, plan.catalog_digest),
    ):
        if mine != its:
            raise InputError(
                f"the run was made from another {what} (digest {its}, this one is {mine})",
                hint="give the files that it was made from, and its prices (advisor prices, ADVISOR_DATA_DIR)",
            )
    config = Config.of(plan.settings)
    profiles = profile(usage, config.profile, config.prices)
    return _planned(usage, profiles, catalog, config, lambda _: None, advised=plan.advised)


def price_rules(
    usage: Usage,
    catalog: Catalog,
    config: Config | None = None,
    rules: Sequence[Rule] | None = None,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> RulePrices:
    """Say what each rule of a policy costs a month, or would cost: two plans each, and their bounds.

    Args:
        rules: which; all that ask something of this policy when null.

    Raises:
        InputError: nothing in the usage can be planned.
        SolverError: the core could not finish, or the audit found a plan wrong.
    """
    config = config or Config()
    progress("reading shapes from usage")
    profiles = profile(usage, config.profile, config.prices)  # the same for all: rules say what plans may do

    def plan(policy: Config) -> Plan:
        return _planned(usage, profiles, catalog, policy, lambda _: None)

    return rule_prices(
        RULES if rules is None else rules, config, plan, progress
    )  # plan/: intervals, and the gap


def what_if(
    usage: Usage, catalog: Catalog, config: Config | None = None, *, plan: Plan | None = None
) -> WhatIf:
    """Plan once, and return what can be asked how the plan would be under other settings.

    Args:
        plan: the plan of just these, where there is one already.

    Raises:
        InputError: nothing in the usage can be planned.
        SolverError: the core could not finish, or the audit found the plan wrong.
    """

    measured = Memory()  # what is the same however sizes are read

    def profiled(policy: Config) -> Profiles:
        return profile(usage, policy.profile, policy.prices, measured.recall)

    def planned(policy: Config, profiles: Profiles, progress: Callable[[str], None]) -> Plan:
        return _planned(usage, profiles, catalog, policy, progress)

    policy = config or Config()
    priced = own_prices(usage.bill, catalog, policy.prices).catalog  # quick answers are at the plan's prices
    return WhatIf(usage, priced, policy, profiled, planned, plan)


def compare_settings(
    usage: Usage,
    catalog: Catalog,
    config: Config,
    other: Config,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Say what becomes of the plan under other settings: two plans for the same usage, side by side.

    Args:
        config: the settings as they are.
        other: the settings as they might be.

    Raises:
        InputError: nothing in the usage can be planned, under the one or the other.
        SolverError: the core could not finish, or the audit found a plan wrong.
    """
    progress("reading shapes from usage")
    profiles, memory = profile(usage, config.profile, config.prices), Memory()
    progress("planning under the settings as they are")
    before = _planned(usage, profiles, catalog, config, lambda _: None, memory)
    if (other.profile, other.prices) != (config.profile, config.prices):
        progress("reading shapes from usage under the other settings")
        profiles = profile(usage, other.profile, other.prices)
    if reads(other) != reads(config):
        memory = Memory()
    progress("planning under the other settings")
    try:
        after = _planned(usage, profiles, catalog, other, lambda _: None, memory)
    except (InputError, SolverError) as fault:
        words = f"under the other settings: {fault.message}"
        raise type(fault)(words, hint=fault.hint, problems=fault.problems) from fault
    return compare(
        before, after, settings_changed(config, other), effect(config, other)
    )  # plan/: what moves, and what is proven


def _planned(
    usage: Usage,
    profiles: Profiles,
    catalog: Catalog,
    config: Config,
    progress: Callable[[str], None],
    memory: Memory | None = None,
    advised: Mapping[str, str] | None = None,
) -> Plan:
    """Return the plan for profiled usage, audited."""
    own = own_prices(usage.bill, catalog, config.prices)  # what the bill knows better than the catalog
    usage, catalog = replace(usage, notes=(*usage.notes, *own.notes)), own.catalog
    usage, profiles = scoped(usage, profiles, config)  # only some regions, or more demand than was measured
    usage, profiles, parts, memory = in_parts_once(
        usage, profiles, memory or Memory(), config
    )  # plan/: what stays off Spot
    options = propose(
        tasks(usage.workloads, profiles, config, parts), catalog, config
    )  # plan/: every lawful way, or why not
    owned = sunk(usage.commitments, catalog, usage.window_end)  # what is already committed to
    solution = solve(
        options, profiles.demand, usage, catalog, config, owned, progress, memory, advised
    )  # place + pack, with the bound
    progress("buying commitments")
    settled = buy(solution, owned, catalog, config)  # Savings Plans and reservations for it, billed exactly
    plan = assemble(usage, profiles, options, settled, catalog, config)
    plan = replace(plan, settings=config.changed(), advised=None if advised is None else dict(advised))
    progress("auditing the plan")
    return audited(plan, settled.settled, catalog)  # slow, obvious, independent
