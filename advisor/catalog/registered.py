"""How much memory an instance registers with ECS: less than its shape says.

The kernel and the hypervisor keep a part. Where the figure was read from a real container instance it is used, else a
share that falls with size (ecs-semantics §B.3; Karpenter assumes 7.5 % throughout).
"""

from __future__ import annotations

OBSERVED_MIB = {
    "m4.large": 7985,
    "m4.xlarge": 16048,
    "m4.2xlarge": 32176,
    "m4.4xlarge": 64417,
    "m4.10xlarge": 161185,
    "m4.16xlarge": 257953,
    "c4.large": 3768,
    "c4.xlarge": 7480,
    "c4.2xlarge": 15040,
    "c4.4xlarge": 30158,
    "c4.8xlarge": 60385,
    "t2.micro": 993,
    "t2.small": 2001,
    "t2.medium": 3952,
    "t2.large": 7984,
    "t2.xlarge": 16048,
    "t2.2xlarge": 32176,
    "r4.large": 15292,
    "r4.xlarge": 30664,
    "r4.2xlarge": 61408,
    "r4.4xlarge": 122881,
}
"""Amazon ECS Developer Guide 2023 and sentiatechblog.com, as collected in ecs-semantics §B.3."""

OVERHEAD_SHARE = ((4 * 1024, 0.06), (8 * 1024, 0.05), (16 * 1024, 0.04))
"""(up to MiB, share kept by the system); assumed."""
LARGE_OVERHEAD_SHARE = 0.033
"""From 32 GiB upward; assumed."""


def registered_memory_mib(instance_type: str, memory_mib: int) -> int:
    """Return the MiB that a container instance of this type registers, before `ECS_RESERVED_MEMORY`."""
    if instance_type in OBSERVED_MIB:
        return OBSERVED_MIB[instance_type]
    share = next((s for most, s in OVERHEAD_SHARE if memory_mib <= most), LARGE_OVERHEAD_SHARE)
    return int(memory_mib * (1.0 - share))


def registered_memory_method(instance_type: str) -> str:
    """Return whether that figure was `observed` on a real container instance or is `estimated`."""
    return "observed" if instance_type in OBSERVED_MIB else "estimated"
