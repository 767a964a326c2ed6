"""The least that a role must be allowed: an IAM policy made of the operations that may be called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from advisor.aws.operations import BUCKET, GROUP, OPERATIONS, PARTITION, PREFIX, Operation, Tier


@dataclass(frozen=True)
class Reach:
    """Where a policy is to hold.

    Attributes:
        partition: of AWS, which is in its ARNs.
        group: log groups that task state changes are written into.
        bucket, prefix: where task state changes are kept in S3; without a bucket nothing of S3 is allowed.
    """

    partition: str = "aws"
    group: str = "/aws/events/ecs*"
    bucket: str = ""
    prefix: str = ""

    def resources(self, operation: Operation) -> tuple[str, ...]:
        """Return the ARNs that an operation is limited to; none where it is not called."""
        if not self.bucket and any(BUCKET in resource for resource in operation.resources):
            return ()
        words = {PARTITION: self.partition, GROUP: self.group, BUCKET: self.bucket, PREFIX: self.prefix}
        return tuple(_filled(resource, words) for resource in operation.resources)


ANYWHERE = Reach()


def policy(tier: Tier, reach: Reach = ANYWHERE) -> dict[str, Any]:
    """Return the IAM policy document of a tier and those before it: a statement for each tier and set of resources."""
    tiers = list(Tier)
    statements = [s for t in tiers[: tiers.index(tier) + 1] for s in _statements(t, reach)]
    return {"Version": "2012-10-17", "Statement": statements}


def _statements(tier: Tier, reach: Reach) -> Iterable[dict[str, Any]]:
    by_resources: dict[tuple[str, ...], list[Operation]] = {}
    for operation in OPERATIONS.values():
        resources = reach.resources(operation)
        if operation.tier is tier and resources:
            by_resources.setdefault(resources, []).append(operation)
    for resources, operations in sorted(by_resources.items()):
        limited_to = "" if resources == ("*",) else operations[0].service.capitalize()
        yield {
            "Sid": f"Advisor{tier.capitalize()}{limited_to}",
            "Effect": "Allow",
            "Action": sorted(o.action for o in operations),
            "Resource": list(resources),
        }


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
