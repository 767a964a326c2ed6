"""The rules of a policy whose price one may ask: a new question is one entry below.

Each says what the settings would be instead; `effect` tells from the settings alone whether that lets more plans in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from advisor.config import Config, differing
from advisor.terms import Effect

SECTIONS = ("plan", "fleet", "spot", "commitments")
"""Settings that say what a plan may do; the others say what is measured, and at which prices."""

LOOSER_WHEN_MORE = frozenset(
    {
        *("plan.launch_types", "plan.architectures", "plan.assume_arm_ready"),
        *("fleet.families", "fleet.allow_burstable", "fleet.allow_bare_metal", "fleet.max_vcpu"),
        *("fleet.max_instance_types_per_pool", "fleet.max_pools_per_architecture"),
        *("fleet.max_instances_per_pool", "spot.allowed", "spot.assume_interruptible"),
        "spot.interchangeable_within_share",
        *("commitments.allowed", "commitments.kinds", "commitments.terms_years"),
        "commitments.payment_options",
    }
)
STRICTER_WHEN_MORE = frozenset(
    {
        *("fleet.exclude_families", "fleet.min_generation", "fleet.min_instances_per_pool"),
        *("fleet.spread_over_azs", "fleet.default_az_count", "fleet.min_az_count", "fleet.headroom_share"),
        *("spot.only_interchangeable", "spot.interchangeable_types"),
        "commitments.min_hourly_commitment_usd",
    }
)


_ADDS = Effect.RESTRICTS


@dataclass(frozen=True)
class Rule:
    """A rule in words, and the settings of a policy with the rule, or without it.

    Attributes:
        name: what it is asked for by.
        words: the stricter of the two policies; `{now}` is what the first of the settings is today.
        settings: dotted key → value to compare the policy with.
        asks: what the settings must do to the policy for the words to be true; null: whatever they do.
    """

    name: str
    words: str
    settings: Mapping[str, Any]
    asks: Effect | None = Effect.RELAXES

    def instead(self, config: Config) -> Config:
        """Return the policy to compare with."""
        for key, value in self.settings.items():
            section, name = key.split(".")
            part = replace(getattr(config, section), **{name: value})
            config = replace(config, **{section: part})
        return config

    def said(self, config: Config) -> str:
        """Return the words, with what is in force."""
        section, name = next(iter(self.settings)).split(".")
        now = getattr(getattr(config, section), name)
        return self.words.format(now=", ".join(map(str, now)) if isinstance(now, tuple) else now)


HELD: tuple[Rule, ...] = (
    Rule("spread", "services lie in several zones, as they ask", {"fleet.spread_over_azs": False}),
    Rule("min-zones", "zones of every service: at least {now}", {"fleet.min_az_count": 1}),
    Rule("types", "types of instance in a pool: at most {now}", {"fleet.max_instance_types_per_pool": 10}),
    Rule("pools", "pools of an architecture: at most {now}", {"fleet.max_pools_per_architecture": 8}),
    Rule("fewest", "instances in every pool: at least {now}", {"fleet.min_instances_per_pool": 0}),
    Rule("most", "instances in a pool: at most {now}", {"fleet.max_instances_per_pool": None}),
    Rule("largest", "instances of up to {now} vCPU", {"fleet.max_vcpu": 1024}),
    Rule(
        "families",
        "only families {now}, less those excluded",
        {"fleet.families": ("*",), "fleet.exclude_families": ()},
    ),
    Rule("generation", "only generation {now} and newer", {"fleet.min_generation": 1}),
    Rule("no-burstable", "no burstable (T) instances", {"fleet.allow_burstable": True}),
    Rule("headroom", "share of each instance kept free: {now}", {"fleet.headroom_share": 0.0}),
    Rule("arm-said", "ARM only for images that say so", {"plan.assume_arm_ready": True}),
    Rule("architectures", "only {now}", {"plan.architectures": ("X86_64", "ARM64")}),
    Rule(
        "launch-types",
        "only {now}",
        {"plan.launch_types": ("FARGATE", "EC2", "MANAGED_INSTANCES")},
    ),
    Rule("interruptible-said", "Spot only for tasks that say so", {"spot.assume_interruptible": True}),
    Rule("spot-off", "no Spot", {"spot.allowed": True}),
    Rule("replaceable", "Spot only on types with stand-ins enough", {"spot.only_interchangeable": False}),
    Rule("commitments-off", "nothing is committed to", {"commitments.allowed": True}),
    Rule("terms", "{now}-year commitments only", {"commitments.terms_years": (1, 3)}),
    Rule(
        "payment",
        "commitments paid {now} only",
        {"commitments.payment_options": ("NO_UPFRONT", "PARTIAL_UPFRONT", "ALL_UPFRONT")},
    ),
)
"""Rules that a policy may have: priced by leaving them away."""

ADDED: tuple[Rule, ...] = (
    Rule("spread-on", "services lie in several zones, as they ask", {"fleet.spread_over_azs": True}, _ADDS),
    Rule("three-zones", "zones of every service: at least 3", {"fleet.min_az_count": 3}, _ADDS),
    Rule("x86-only", "x86 only", {"plan.architectures": ("X86_64",)}, _ADDS),
    Rule("size-16", "instances of up to 16 vCPU", {"fleet.max_vcpu": 16}, _ADDS),
    Rule("one-pool", "pools of an architecture: at most 1", {"fleet.max_pools_per_architecture": 1}, _ADDS),
    Rule("no-spot", "no Spot", {"spot.allowed": False}, _ADDS),
    Rule(
        "spot-stand-ins",
        "Spot only on types with stand-ins enough",
        {"spot.only_interchangeable": True},
        _ADDS,
    ),
    Rule(
        "half-spot",
        "at most half of a service's tasks on Spot",
        {"spot.max_share": 0.5},
        Effect.CHANGES,
    ),
    Rule("no-commitments", "nothing is committed to", {"commitments.allowed": False}, _ADDS),
    Rule("fargate-only", "Fargate only", {"plan.launch_types": ("FARGATE",)}, _ADDS),
)
"""Rules that a policy may lack: priced by adding them."""

RULES = HELD + ADDED


def asked(rules: Sequence[Rule], config: Config) -> tuple[Rule, ...]:
    """Return the rules that ask something of a policy: that it has and could do without, or lacks and could have."""
    return tuple(r for r in rules if r.asks is None or effect(config, r.instead(config)) is r.asks)


def effect(before: Config, after: Config) -> Effect:
    """Return what going from one policy to another does to the plans that are lawful.

    What a workload runs on today stays lawful under any policy, as everywhere.
    """
    found = set()
    for key, value in differing(before, after).items():
        section, name = key.split(".")
        if section == "spot" and not before.spot.allowed and not after.spot.allowed:
            continue  # what Spot may do where it may do nothing
        found.add(_effect(key, getattr(getattr(before, section), name), value))
    return Effect.NOTHING if not found else found.pop() if len(found) == 1 else Effect.CHANGES


def _effect(key: str, a: Any, b: Any) -> Effect:
    if key not in LOOSER_WHEN_MORE | STRICTER_WHEN_MORE:
        return Effect.CHANGES
    if _covers(b, a):
        return Effect.RELAXES if key in LOOSER_WHEN_MORE else Effect.RESTRICTS
    if _covers(a, b):
        return Effect.RESTRICTS if key in LOOSER_WHEN_MORE else Effect.RELAXES
    return Effect.CHANGES


def _covers(more: Any, less: Any) -> bool:
    """Say whether a value allows all that another does: the larger number, the longer list, no limit."""
    if isinstance(more, tuple):
        return "*" in more or set(less) <= set(more)
    return bool((inf if more is None else more) >= (inf if less is None else less))
