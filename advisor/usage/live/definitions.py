"""Task definitions, each revision read once: what a task demands, and what ties it to a platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.terms import NetworkMode
from advisor.units import CPU_UNITS_PER_VCPU

VOLUMES = {
    "dockerVolumeConfiguration": "docker",
    "efsVolumeConfiguration": "efs",
    "fsxWindowsFileServerVolumeConfiguration": "fsx",
    "s3filesVolumeConfiguration": "s3files",
}


class Definitions:
    """Reads task definitions as they are needed."""

    def __init__(self, caller: Caller, ledger: Ledger) -> None:
        self._caller, self._ledger = caller, ledger
        self._known: dict[str, dict[str, Any] | None] = {}

    def get(self, arn: str) -> dict[str, Any] | None:
        """Return a definition with its `tags`; null where it cannot be read.

        Args:
            arn: of a revision, or of a family for its latest.
        """
        if arn not in self._known:
            self._known[arn] = None
            with self._ledger.reading(self._caller, "ecs"):
                answer = self._caller.call("ecs:DescribeTaskDefinition", taskDefinition=arn, include=["TAGS"])
                self._known[arn] = {**answer["taskDefinition"], "tags": answer.get("tags") or []}
        return self._known[arn]


def family(arn: str) -> str:
    """Return the family of a task definition's ARN, with or without a revision."""
    return arn.rsplit("/", 1)[-1].split(":")[0]


def demand(definition: Mapping[str, Any]) -> dict[str, float | None]:
    """Return what one task demands, as the ECS agent counts it (ecs-semantics B.2); null where nothing is reserved."""
    containers = definition["containerDefinitions"]
    cpu_units = float(definition.get("cpu") or sum(c.get("cpu") or 0 for c in containers))
    memory_mib = float(
        definition.get("memory")
        or sum(c.get("memoryReservation") or c.get("memory") or 0 for c in containers)
    )
    return {"task_vcpu": cpu_units / CPU_UNITS_PER_VCPU or None, "task_memory_mib": memory_mib or None}


def ties(definition: Mapping[str, Any], constraints: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what decides where a task may run, as columns of the workloads table.

    Args:
        constraints: of the service or target, besides the definition's own.
    """
    containers = definition["containerDefinitions"]
    platform = definition.get("runtimePlatform") or {}
    system = str(platform.get("operatingSystemFamily") or "")
    storage = definition.get("ephemeralStorage") or {}
    return {
        **demand(definition),
        "cpu_architecture": platform.get("cpuArchitecture"),
        "operating_system": system.split("_")[0] or None,
        "ephemeral_storage_gib": storage.get("sizeInGiB"),
        "gpus": sum(_gpus(c) for c in containers),
        "network_mode": definition.get("networkMode"),
        "host_ports": _host_ports(definition) or None,
        "privileged": any(c.get("privileged") for c in containers),
        "volumes": _volumes(definition) or None,
        "placement_constraints": _constraints([*(definition.get("placementConstraints") or ()), *constraints])
        or None,
    }


def _gpus(container: Mapping[str, Any]) -> int:
    asked = container.get("resourceRequirements") or ()
    return sum(int(r["value"]) for r in asked if r["type"] == "GPU")


def _host_ports(definition: Mapping[str, Any]) -> str:
    """Return the ports that a task takes of its host; with an interface of its own it takes none."""
    mode = definition.get("networkMode")
    if mode == NetworkMode.AWSVPC:
        return ""
    mapped = [m for c in definition["containerDefinitions"] for m in c.get("portMappings") or ()]
    ports = {m.get("hostPort") or (m.get("containerPort") if mode == NetworkMode.HOST else 0) for m in mapped}
    return " ".join(str(p) for p in sorted(p for p in ports if p))


def _volumes(definition: Mapping[str, Any]) -> str:
    kinds = set()
    for volume in definition.get("volumes") or ():
        kinds |= {kind for key, kind in VOLUMES.items() if volume.get(key) is not None}
        # without a path it is scratch room that any host has, Fargate's too
        if (volume.get("host") or {}).get("sourcePath"):
            kinds.add("host")
        if volume.get("configuredAtLaunch"):
            kinds.add("ebs")
    return " ".join(sorted(kinds))


def _constraints(said: Sequence[Mapping[str, Any]]) -> str:
    texts = [c["type"] + (f"({c['expression']})" if c.get("expression") else "") for c in said]
    return "; ".join(dict.fromkeys(texts))
