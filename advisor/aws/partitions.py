"""The parts of AWS that share no account: what stands second in their ARNs."""

from __future__ import annotations

PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
"""How the regions of a partition begin; all others are of `aws`."""


def partition(region: str) -> str:
    """Return the partition of a region."""
    return next((name for begins, name in PARTITIONS.items() if region.startswith(begins)), "aws")
