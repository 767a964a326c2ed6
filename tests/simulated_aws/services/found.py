"""Things of a place by their names: clusters, services and families, as ECS's parameters name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulated_aws.estate import Cluster, Family, Service
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal


def clusters(place: Place) -> dict[str, Cluster]:
    """Return ARN → cluster."""
    return {place.arn("ecs", f"cluster/{c.name}"): c for c in place.estate.at(place.account_id, place.region)}


def cluster(place: Place, params: Mapping[str, Any]) -> Cluster:
    """Return the cluster that is asked for.

    Raises:
        Refusal: there is none of the name.
    """
    name = str(params.get("cluster") or "default").rsplit("/", 1)[-1]
    for known in clusters(place).values():
        if known.name == name:
            return known
    raise Refusal("ClusterNotFoundException", "Cluster not found.")


def definition_arn(place: Place, owner: Cluster, thing: Service | Family) -> str:
    """Return the ARN of the task definition of a service or family."""
    name = thing.name if isinstance(thing, Family) else f"{owner.name}-{thing.name}"
    return place.arn("ecs", f"task-definition/{name}:1")


def by_definition(place: Place) -> dict[str, tuple[Cluster, Service | Family]]:
    """Return ARN of a task definition → what runs it."""
    return {
        definition_arn(place, c, thing): (c, thing)
        for c in clusters(place).values()
        for thing in (*c.services, *c.families)
    }
