"""AWS's usage types: what a line of a bill meters, and whether ECS alone is behind it.

The region's prefix is irregular (`USE1-`, `EU-`, none at all) and never built, only passed over.
"""

from __future__ import annotations

import re
from enum import StrEnum

from advisor.terms import CpuArchitecture, LaunchType, OperatingSystem

ECS = "Amazon Elastic Container Service"
"""The service, as Cost Explorer names it; EKS on Fargate has the same usage types under a name of its own."""
FARGATE = re.compile(
    r"^(?:[A-Z0-9]+-)*?(?P<spot>SpotUsage[-:])?Fargate(?P<kind>-ARM|-Windows)?-"
    r"(?P<unit>vCPU-Hours:perCPU|GB-Hours|OS-Hours:perCPU|EphemeralStorage-GB-Hours)$"
)
INSTANCE = re.compile(r"^(?:[A-Z0-9]+-)*?(?P<use>BoxUsage|SpotUsage):(?P<type>[a-z][a-z0-9-]*\.[a-z0-9-]+)$")
MANAGED = re.compile(r"^(?:[A-Z0-9]+-)*?ECS-Managed-Instances:(?P<type>[a-z0-9.-]+)-management-hours$")
BESIDE = re.compile(r"^(?:[A-Z0-9]+-)*?(?P<meter>EBS:VolumeUsage|PublicIPv4|CPUCredits)\b")
UNUSED = re.compile(r"^(?:[A-Z0-9]+-)*?(?:HeavyUsage:|[A-Za-z0-9]*SP:)")
OF_ECS = re.compile(r"Fargate|^(?:[A-Z0-9]+-)*?ECS-")

EPHEMERAL = "Fargate-EphemeralStorage-GB-Hours"
DISKS, ADDRESSES, CREDITS = "EBS:VolumeUsage", "PublicIPv4", "CPUCredits"
COMMITMENTS = "unused commitments"
"""Fees of Savings Plans and reservations are on an amortised bill for what nothing used."""
REWORK = "expected rework"
UNITS = {"VCPU": "vCPU-Hours:perCPU", "GIB": "GB-Hours", "LICENCE_VCPU": "OS-Hours:perCPU"}
"""Dimension of a Fargate charge → how AWS ends its usage type."""


class Payer(StrEnum):
    """Who is behind a line of a bill."""

    ECS = "ecs"
    """ECS alone."""
    INSTANCES = "instances"
    """Instances, of ECS or not."""
    ALL = "all"
    """Anything in the account."""


def fargate_meter(dimension: str, operating_system: str, architecture: str, *, spot: bool) -> str:
    """Return the usage type, without prefix, of a dimension of `alone.Charge`."""
    if dimension == "PUBLIC_IPV4":
        return ADDRESSES
    if dimension == "EPHEMERAL_GIB":
        return EPHEMERAL
    windows = operating_system == OperatingSystem.WINDOWS
    kind = "-Windows" if windows else "-ARM" if architecture == CpuArchitecture.ARM64 else ""
    return f"{'SpotUsage-' if spot else ''}Fargate{kind}-{UNITS[dimension]}"


def instance_meter_name(instance_type: str, *, spot: bool) -> str:
    """Return the usage type, without prefix, of an instance's hours."""
    return f"{'SpotUsage' if spot else 'BoxUsage'}:{instance_type}"


def fee_meter(instance_type: str) -> str:
    """Return the usage type, without prefix, of the fee for a Managed Instance."""
    return f"ECS-Managed-Instances:{instance_type}-management-hours"


def meter(usage_type: str) -> str | None:
    """Return the usage type without prefix, in the spelling of the functions above; null where the model has no such meter."""
    if found := FARGATE.match(usage_type):
        if found["unit"].startswith("Ephemeral"):
            return EPHEMERAL
        return f"{'SpotUsage-' if found['spot'] else ''}Fargate{found['kind'] or ''}-{found['unit']}"
    if found := INSTANCE.match(usage_type):
        return f"{found['use']}:{found['type']}"
    if found := MANAGED.match(usage_type):
        return fee_meter(found["type"])
    if found := BESIDE.match(usage_type):
        return found["meter"]
    return COMMITMENTS if UNUSED.match(usage_type) else None


def payer(meter_name: str) -> Payer:
    """Return who is behind a meter that `meter` returns."""
    if "Fargate-" in meter_name or meter_name.startswith("ECS-"):
        return Payer.ECS
    return Payer.INSTANCES if ":" in meter_name and meter_name != DISKS else Payer.ALL


def capacity(meter_name: str) -> LaunchType:
    """Return whether a meter that is ECS's or an instance's belongs to Fargate or to instances."""
    return LaunchType.FARGATE if "Fargate-" in meter_name else LaunchType.EC2


def is_of_ecs(usage_type: str, service: str) -> bool:
    """Return whether a line is one of ECS: by its service where that is said, else by its name."""
    return service == ECS if service else bool(OF_ECS.search(usage_type))
