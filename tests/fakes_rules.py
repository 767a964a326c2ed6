"""Prices of rules built by hand, a hostile name included, so that their report can be tested without planning."""

from __future__ import annotations

from advisor.model import RulePrice, RulePrices


def prices() -> RulePrices:
    """Return a rule of each kind: with a price, without one, at most, nothing, either way."""
    return RulePrices(
        name="=shop<b>",
        regions=("eu-west-1", "us-east-1"),
        catalog_as_of="2026-07-20",
        cost_usd=2449.35,
        bound_usd=2287.62,
        rules=(
            RulePrice(
                "spread",
                "services lie in several zones, as they ask",
                "relaxes",
                {"fleet.spread_over_azs": False},
                410.2,
                454.1,
                431.0,
                2018.4,
                1995.2,
            ),
            RulePrice(
                "types",
                "types of instance in a pool: at most 2",
                "relaxes",
                {},
                0.0,
                161.73,
                7.1,
                2442.25,
                2287.62,
            ),
            RulePrice(
                "no-spot",
                "no Spot",
                "restricts",
                {"spot.allowed": False},
                155.4,
                629.98,
                468.2,
                2917.6,
                2604.7,
            ),
            RulePrice(
                "one-pool",
                "pools of an architecture: at most 1",
                "restricts",
                {},
                0.0,
                0.0,
                0.0,
                2449.35,
                2449.35,
            ),
            RulePrice(
                "fleet.max_vcpu=4",
                "fleet.max_vcpu = 4",
                "restricts",
                {"fleet.max_vcpu": 4},
                reason="not the same workloads have a place under both policies: evil\x1b[2Jname",
            ),
            RulePrice(
                "spot.restart_hours=1",
                "spot.restart_hours = 1.0",
                "changes",
                {"spot.restart_hours": 1.0},
                -155.2,
                170.3,
                6.6,
                2455.95,
                2294.2,
            ),
        ),
        gap_usd={"few types": 7.1, "spread": 10.17, "whole instances": 79.96, "not explained": 64.5},
        assumptions=("tasks = 1 where not given",),
        config_digest="beef",
        inputs_digest="f00d",
    )
