"""The least that a role must be allowed: an IAM policy made of the operations that may be called."""

from __future__ import annotations

from typing import Any

from advisor.aws.operations import OPERATIONS, Tier


def policy(tier: Tier) -> dict[str, Any]:
    """Return the IAM policy document of a tier and those before it: a statement for each tier and set of resources."""
    tiers = list(Tier)
    statements = [s for t in tiers[: tiers.index(tier) + 1] for s in _statements(t)]
    return {"Version": "2012-10-17", "Statement": statements}


def _statements(tier: Tier) -> list[dict[str, Any]]:
    by_resources: dict[tuple[str, ...], list[str]] = {}
    for operation in OPERATIONS.values():
        if operation.tier is tier:
            by_resources.setdefault(operation.resources, []).append(operation.name)
    return [
        {
            "Sid": f"Advisor{tier.capitalize()}" + ("" if resources == ("*",) else "Logs"),
            "Effect": "Allow",
            "Action": sorted(actions),
            "Resource": list(resources),
        }
        for resources, actions in sorted(by_resources.items())
    ]
