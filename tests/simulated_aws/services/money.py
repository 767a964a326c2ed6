"""What runs is billed at list prices: usage types with dollars and quantities of every hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from simulated_aws.estate import Cluster, Service
from simulated_aws.truth import Truth

ECS, EC2 = "Amazon Elastic Container Service", "Amazon Elastic Compute Cloud - Compute"
CODES = {"eu-west-1": ("EU-", "EU-"), "us-east-1": ("", "USE1-")}
"""What stands before usage types, of EC2 and of everything else."""
RATES = {
    "Fargate-vCPU-Hours:perCPU": "0.04048",
    "Fargate-GB-Hours": "0.004445",
    "Fargate-ARM-vCPU-Hours:perCPU": "0.03238",
    "Fargate-ARM-GB-Hours": "0.00356",
    "SpotUsage-Fargate-vCPU-Hours:perCPU": "0.0132",
    "SpotUsage-Fargate-GB-Hours": "0.00145",
    "BoxUsage:m6i.large": "0.107",
    "SpotUsage:m6i.xlarge": "0.08",
}
"""Dollars an hour: near the list prices of eu-west-1; the bill need not agree with them to the cent."""
Line = tuple[str, str]
"""Usage type and service."""


def hour_lines(truth: Truth, clusters: list[Cluster], hour: int) -> dict[Line, Decimal]:
    """Return line → quantity of an hour, counted since 1970."""
    found: defaultdict[Line, Decimal] = defaultdict(Decimal)
    for owner in clusters:
        ec2, code = CODES.get(owner.region, ("", ""))
        for service in owner.services:
            if service.launch != "EC2":
                minutes = sum(truth.tasks(service, hour * 60 + m) for m in range(60))
                for meter, each in _fargate(service):
                    found[code + meter, ECS] += Decimal(minutes) / 60 * each
        for family in owner.families:
            minutes = sum(truth.family_tasks(family, hour * 60 + m) for m in range(60))
            found[code + "Fargate-vCPU-Hours:perCPU", ECS] += Decimal(minutes) / 60 * family.cpu_units / 1024
            found[code + "Fargate-GB-Hours", ECS] += Decimal(minutes) / 60 * family.memory_mib / 1024
        for group in owner.hosts:
            meter = ("SpotUsage:" if group.spot else "BoxUsage:") + group.instance_type
            found[ec2 + meter, EC2] += group.count
    return {line: quantity.quantize(Decimal("1e-9")) for line, quantity in found.items() if quantity}


def usd(line: Line, quantity: Decimal) -> Decimal:
    """Return the dollars of a line."""
    meter = next(m for m in sorted(RATES, key=len, reverse=True) if line[0].endswith(m))
    return (Decimal(RATES[meter]) * quantity).quantize(Decimal("1e-10"))


def _fargate(service: Service) -> Iterator[tuple[str, Decimal]]:
    kind = "SpotUsage-Fargate" if service.launch == "FARGATE_SPOT" else "Fargate"
    kind += "-ARM" if service.architecture == "ARM64" else ""
    yield f"{kind}-vCPU-Hours:perCPU", Decimal(service.cpu_units) / 1024
    yield f"{kind}-GB-Hours", Decimal(service.memory_mib) / 1024
