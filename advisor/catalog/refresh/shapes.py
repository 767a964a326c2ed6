"""Instance types as EC2 describes them; what it does not say (branch interfaces, burst baselines) is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.pages import items
from advisor.catalog.refresh.reading import Reading, Row
from advisor.catalog.registered import registered_memory_method, registered_memory_mib
from advisor.errors import AwsError

SOURCE = "instance_types_api"
ARCHITECTURES = {"x86_64": "X86_64", "arm64": "ARM64"}
NVIDIA = "NVIDIA"
FLEX_BASELINE_SHARE = 0.4
"""Of `-flex` families."""
GENERATION = re.compile(r"\d+")


def read_shapes(caller: Caller) -> list[dict[str, Any]]:
    """Return the instance types of the caller's region.

    Raises:
        AwsError: AWS said no, or nothing.
    """
    found = list(items(caller, "ec2:DescribeInstanceTypes", "InstanceTypes", MaxResults=100))
    if not found:
        raise AwsError(f"ec2:DescribeInstanceTypes: no instance types in {caller.region}")
    return found


def shapes(described: Iterable[Mapping[str, Any]], known: Mapping[str, Row], as_of: str) -> Reading:
    """Return the shapes of what was described.

    Macs are left out, and types on Xen that the catalog never had: ECS runs on none of the former, nobody starts with
    the latter.

    Args:
        known: the catalog's shapes by type.
    """
    rows = {}
    for said in described:
        name = said["InstanceType"]
        lawful = [a for a in said["ProcessorInfo"]["SupportedArchitectures"] if a in ARCHITECTURES]
        if lawful and (name in known or said.get("Hypervisor") != "xen"):
            # types of 2013 do 32 bits too; those of one architecture are all there are of the others
            rows[name] = _shape(said, ARCHITECTURES[lawful[-1]], known.get(name), as_of)
    return Reading("instance_types", tuple(rows.values()))


def _shape(said: Mapping[str, Any], architecture: str, old: Row | None, as_of: str) -> Row:
    name, memory_mib = said["InstanceType"], said["MemoryInfo"]["SizeInMiB"]
    family, _, size = name.partition(".")
    gpus = said.get("GpuInfo", {}).get("Gpus") or [{}]
    enis = said["NetworkInfo"]["MaximumNetworkInterfaces"]
    generation = GENERATION.search(family)
    flex = family.endswith("-flex")
    kept = old or {
        "generation": int(generation[0]) if generation else 0,
        "flex": flex,
        "baseline_share": FLEX_BASELINE_SHARE if flex else None,
    }
    return {
        "instance_type": name,
        "family": family,
        "size": size,
        "generation": kept["generation"],
        "cpu_architecture": architecture,
        "vcpu": said["VCpuInfo"]["DefaultVCpus"],
        "memory_mib": memory_mib,
        "registered_memory_mib": registered_memory_mib(name, memory_mib),
        "registered_memory_method": registered_memory_method(name),
        "gpus": _whole_gpus(gpus),
        "gpu_model": gpus[0].get("Name"),
        "gpu_vendor": gpus[0].get("Manufacturer"),
        "max_enis": enis,
        **_task_limits(enis, old),
        "burstable": said["BurstablePerformanceSupported"],
        "baseline_share": kept["baseline_share"],
        "bare_metal": said["BareMetal"],
        "flex": kept["flex"],
        "hypervisor": said.get("Hypervisor"),
        "current_generation": said["CurrentGeneration"],
        "shape_source": SOURCE,
        "shape_as_of": as_of,
    }


def _whole_gpus(gpus: Iterable[Mapping[str, Any]]) -> int:
    """GPUs that an ECS task can be given: whole ones of NVIDIA."""
    return sum(
        gpu["Count"]
        for gpu in gpus
        if gpu.get("Manufacturer") == NVIDIA and gpu.get("GpuPartitionSize", 1) >= 1
    )


def _task_limits(enis: int, old: Row | None) -> Row:
    """How many awsvpc tasks find an interface: interfaces - 1, and branch interfaces + interfaces - 2 with trunking.

    A known type keeps its own figures, for a few documented ones follow no rule, and moves with its interfaces. No API
    tells branch interfaces, so a new type has no trunk.
    """
    if old is None:
        return {"awsvpc_tasks": enis - 1, "awsvpc_tasks_trunked": None, "trunk_source": None}
    more = enis - old["max_enis"]
    trunked = old["awsvpc_tasks_trunked"]
    return {
        "awsvpc_tasks": old["awsvpc_tasks"] + more,
        "awsvpc_tasks_trunked": None if trunked is None else trunked + more,
        "trunk_source": "formula" if more and trunked is not None else old["trunk_source"],
    }
