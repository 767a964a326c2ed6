"""Metrics as CloudWatch has them: a series is minutes of samples, gathered into periods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulated_aws.estate import Cluster, Family, Service
from simulated_aws.place import Place
from simulated_aws.truth import Truth

Minute = tuple[int, float, float]
"""Samples of a minute: how many, their mean, their maximum."""
NOTHING: Minute = (0, 0.0, 0.0)
PERCENT = {"CPUUtilization": "cpu", "MemoryUtilization": "memory"}
UNITS = {"CpuUtilized": "cpu", "MemoryUtilized": "memory"}
COUNTS = ("RunningTaskCount", "TaskCount")


@dataclass(frozen=True)
class Curve:
    """A series that is a curve of the truth as it stands, by the minute: read without a step for each point.

    Attributes:
        name: metric and variant.
        values: of a week; they begin `offset_min` later.
    """

    name: tuple[str, int, bool]
    values: list[float]
    offset_min: int


def minutes_of(
    place: Place, namespace: str, metric: str, dimensions: Mapping[str, str]
) -> Callable[[int], Minute] | None:
    """Return what a minute of a series holds; null where there is no such series."""
    truth = place.estate.truth
    owner = _cluster(place, dimensions.get("ClusterName", ""))
    if owner is None:
        return None
    if namespace == "ECS/ContainerInsights" and not owner.insights:
        return None
    named = {k: v for k, v in dimensions.items() if k != "ClusterName"}
    if not named and metric == "TaskCount":
        return lambda m: (1, float(truth.cluster_tasks(owner, m)), float(truth.cluster_tasks(owner, m)))
    service = service_of(owner, named)
    if service:
        return _of_service(truth, namespace, metric, service)
    family = next((f for f in owner.families if named == {"TaskDefinitionFamily": f.name}), None)
    if family and namespace == "ECS/ContainerInsights" and metric in UNITS:
        return _of_family(truth, UNITS[metric], family)
    return None


def curve_of(place: Place, metric: str, stat: str, dimensions: Mapping[str, str]) -> Curve | None:
    """Return the curve that a series of `AWS/ECS` is, where it is one."""
    owner = _cluster(place, dimensions.get("ClusterName", ""))
    service = service_of(owner, {"ServiceName": dimensions.get("ServiceName", "")}) if owner else None
    if service is None or metric not in PERCENT or stat not in ("Average", "Maximum"):
        return None
    curves = {"cpu": place.estate.truth.cpu, "memory": place.estate.truth.memory}[PERCENT[metric]]
    peak = stat == "Maximum"
    return Curve((metric, service.variant, peak), curves[service.variant][peak], service.offset_min)


def service_of(owner: Cluster, named: Mapping[str, str]) -> Service | None:
    """Return the service that dimensions name."""
    return _by_name(owner).get(named.get("ServiceName", "")) if set(named) == {"ServiceName"} else None


_NAMES: dict[int, tuple[Cluster, dict[str, Service]]] = {}


def _by_name(owner: Cluster) -> dict[str, Service]:
    known = _NAMES.get(id(owner))
    if known is None or known[0] is not owner:
        known = _NAMES[id(owner)] = (owner, {s.name: s for s in owner.services})
    return known[1]


def _cluster(place: Place, name: str) -> Cluster | None:
    return next((c for c in place.estate.at(place.account_id, place.region) if c.name == name), None)


def _of_service(
    truth: Truth, namespace: str, metric: str, service: Service
) -> Callable[[int], Minute] | None:
    since = int(service.since.timestamp()) // 60
    if namespace == "AWS/ECS" and metric in PERCENT:
        what = PERCENT[metric]
        return lambda m: (
            NOTHING
            if m < since
            else (
                truth.tasks(service, m),
                truth.percent(service, what, "Average", m),
                truth.percent(service, what, "Maximum", m),
            )
        )
    if namespace != "ECS/ContainerInsights":
        return None
    if metric == "RunningTaskCount":
        return lambda m: (
            NOTHING if m < since else (1, float(truth.tasks(service, m)), float(truth.tasks(service, m)))
        )
    if metric not in UNITS:
        return None
    what = UNITS[metric]
    whole = service.cpu_units if what == "cpu" else service.memory_mib
    return lambda m: (
        NOTHING
        if m < since
        else (
            truth.tasks(service, m),
            truth.percent(service, what, "Average", m) / 100 * whole,
            truth.percent(service, what, "Maximum", m) / 100 * whole,
        )
    )


def _of_family(truth: Truth, what: str, family: Family) -> Callable[[int], Minute]:
    whole = family.cpu_units if what == "cpu" else family.memory_mib
    curves = (truth.cpu if what == "cpu" else truth.memory)[family.variant]

    def minute(m: int) -> Minute:
        running = truth.family_tasks(family, m)
        at = m % len(curves[0])
        return (running, curves[0][at] / 100 * whole, curves[1][at] / 100 * whole) if running else NOTHING

    return minute


def gathered(minutes: list[Minute], stat: str) -> float | None:
    """Return a statistic of the minutes of a period; null where nothing was sampled."""
    seen = [m for m in minutes if m[0]]
    if not seen:
        return None
    samples = sum(n for n, _, _ in seen)
    if stat == "SampleCount":
        return float(samples)
    if stat == "Maximum":
        return max(peak for _, _, peak in seen)
    if len(seen) == 1:
        return seen[0][1]
    return sum(n * mean for n, mean, _ in seen) / samples
