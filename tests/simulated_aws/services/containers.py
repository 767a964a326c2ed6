"""ECS: clusters, services, task definitions, instances, capacity providers, settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulated_aws.estate import Cluster, Family, Hosts, Service
from simulated_aws.paging import page
from simulated_aws.place import Place
from simulated_aws.refusals import Refusal
from simulated_aws.services.found import by_definition, cluster, clusters, definition_arn

BUILT_IN = ("FARGATE", "FARGATE_SPOT")
MOST_SERVICES, MOST_CLUSTERS, MOST_HOSTS, PAGE = 10, 100, 100, 100
MIB = {"m6i.large": 7_680, "m6i.xlarge": 15_552}


def _list_clusters(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    shown, more = page(sorted(clusters(place)), params, "nextToken", PAGE, "maxResults")
    return {"clusterArns": shown, **more}


def _describe_clusters(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    asked = _at_most(params.get("clusters") or ["default"], MOST_CLUSTERS, "Clusters")
    known = {**clusters(place), **{c.name: c for c in clusters(place).values()}}
    return {
        "clusters": [_cluster(place, known[a], params) for a in asked if a in known],
        "failures": [_missing(place, f"cluster/{a}") for a in asked if a not in known],
    }


def _cluster(place: Place, owner: Cluster, params: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "clusterArn": place.arn("ecs", f"cluster/{owner.name}"),
        "clusterName": owner.name,
        "status": "ACTIVE",
        "capacityProviders": [*BUILT_IN, *dict.fromkeys(h.provider for h in owner.hosts)],
        "defaultCapacityProviderStrategy": [],
    }
    if "SETTINGS" in (params.get("include") or ()):
        told["settings"] = [{"name": "containerInsights", "value": owner.insights or "disabled"}]
    return told


def _list_services(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    owner = cluster(place, params)
    arns = [place.arn("ecs", f"service/{owner.name}/{s.name}") for s in owner.services]
    # ten of a page unless more are asked for (ECS API)
    size = {"maxResults": 10, **params}
    shown, more = page(arns, size, "nextToken", PAGE, "maxResults")
    return {"serviceArns": shown, **more}


def _describe_services(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    owner = cluster(place, params)
    asked = [a.rsplit("/", 1)[-1] for a in _at_most(params["services"], MOST_SERVICES, "Services")]
    known = {s.name: s for s in owner.services}
    return {
        "services": [_service(place, owner, known[a], params) for a in asked if a in known],
        "failures": [_missing(place, f"service/{a}") for a in asked if a not in known],
    }


def _service(place: Place, owner: Cluster, service: Service, params: Mapping[str, Any]) -> dict[str, Any]:
    minute = int(place.now.timestamp()) // 60
    told: dict[str, Any] = {
        "serviceArn": place.arn("ecs", f"service/{owner.name}/{service.name}"),
        "serviceName": service.name,
        "clusterArn": place.arn("ecs", f"cluster/{owner.name}"),
        "status": "ACTIVE",
        "desiredCount": place.estate.truth.tasks(service, minute),
        "taskDefinition": definition_arn(place, owner, service),
        "schedulingStrategy": "REPLICA",
        "createdAt": service.since,
        "placementConstraints": [],
    }
    if service.launch == "FARGATE":
        told["launchType"] = "FARGATE"
    else:
        provider = service.launch if service.launch in BUILT_IN else owner.hosts[0].provider
        told["capacityProviderStrategy"] = [{"capacityProvider": provider, "weight": 1, "base": 0}]
    if service.launch != "EC2":
        public = "ENABLED" if service.public_ip else "DISABLED"
        told["networkConfiguration"] = {
            "awsvpcConfiguration": {"subnets": ["subnet-0"], "assignPublicIp": public}
        }
    if "TAGS" in (params.get("include") or ()):
        told["tags"] = [{"key": k, "value": v} for k, v in service.tags]
    return told


def _describe_definition(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    asked = str(params["taskDefinition"]).rsplit("/", 1)[-1]
    arn = place.arn("ecs", f"task-definition/{asked if ':' in asked else asked + ':1'}")
    known = by_definition(place).get(arn)
    if known is None:
        raise Refusal("ClientException", "Unable to describe task definition.")
    return {"taskDefinition": _definition(place, arn, *known), "tags": []}


def _definition(place: Place, arn: str, owner: Cluster, thing: Service | Family) -> dict[str, Any]:
    name = thing.name
    image = f"docker.io/{name}"
    if isinstance(thing, Service) and thing.image_mib:
        end = ".cn" if place.region.startswith("cn-") else ""
        image = f"{place.account_id}.dkr.ecr.{place.region}.amazonaws.com{end}/{owner.name}-{name}:1"
    fargate = thing.launch != "EC2"
    arm = isinstance(thing, Service) and thing.architecture == "ARM64"
    container: dict[str, Any] = {"name": "app", "image": image, "essential": True}
    told: dict[str, Any] = {
        "taskDefinitionArn": arn,
        "family": arn.rsplit("/", 1)[-1].split(":")[0],
        "revision": 1,
        "status": "ACTIVE",
        "networkMode": "awsvpc" if fargate else "bridge",
        "volumes": [],
        "placementConstraints": [],
    }
    if fargate:
        told |= {"cpu": str(thing.cpu_units), "memory": str(thing.memory_mib)}
        told["runtimePlatform"] = {
            "cpuArchitecture": "ARM64" if arm else "X86_64",
            "operatingSystemFamily": "LINUX",
        }
    else:
        container |= {"cpu": thing.cpu_units, "memory": thing.memory_mib}
    return {**told, "containerDefinitions": [container]}


def _list_hosts(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    owner = cluster(place, params)
    arns = [place.arn("ecs", f"container-instance/{owner.name}/{i[2:]}") for i, _ in owner.instances()]
    shown, more = page(arns, params, "nextToken", PAGE, "maxResults")
    return {"containerInstanceArns": shown, **more}


def _describe_hosts(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    owner = cluster(place, params)
    asked = [a.rsplit("/", 1)[-1] for a in _at_most(params["containerInstances"], MOST_HOSTS, "Instances")]
    known = {i[2:]: (i, group) for i, group in owner.instances()}
    return {
        "containerInstances": [_host(place, owner, *known[a]) for a in asked if a in known],
        "failures": [_missing(place, f"container-instance/{a}") for a in asked if a not in known],
    }


def _host(place: Place, owner: Cluster, instance_id: str, group: Hosts) -> dict[str, Any]:
    said = {
        "ecs.instance-type": group.instance_type,
        "ecs.availability-zone": f"{place.region}a",
        "ecs.os-type": "linux",
        "ecs.cpu-architecture": "arm64" if group.architecture == "ARM64" else "x86_64",
    }
    return {
        "containerInstanceArn": place.arn("ecs", f"container-instance/{owner.name}/{instance_id[2:]}"),
        "ec2InstanceId": instance_id,
        "capacityProviderName": group.provider,
        "status": "ACTIVE",
        "attributes": [{"name": k, "value": v} for k, v in said.items()],
        "registeredResources": [
            {"name": "MEMORY", "type": "INTEGER", "integerValue": MIB[group.instance_type]}
        ],
    }


def _describe_providers(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    owners = [cluster(place, params)] if params.get("cluster") else list(clusters(place).values())
    groups = {h.provider: h for c in owners for h in c.hosts}
    told: list[dict[str, Any]] = [{"name": name, "status": "ACTIVE"} for name in BUILT_IN]
    for name in groups:
        arn = place.arn("autoscaling", f"autoScalingGroup:x:autoScalingGroupName/{name}")
        told.append(
            {"name": name, "status": "ACTIVE", "autoScalingGroupProvider": {"autoScalingGroupArn": arn}}
        )
    shown, more = page(told, params, "nextToken", 10, "maxResults")
    return {"capacityProviders": shown, **more}


def _settings(place: Place, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"settings": [{"name": "awsvpcTrunking", "value": "enabled"}]}


def _at_most(asked: list[str], most: int, what: str) -> list[str]:
    if len(asked) > most:
        raise Refusal("InvalidParameterException", f"{what} cannot have more than {most} elements")
    if not asked:
        raise Refusal("InvalidParameterException", f"{what} cannot be empty")
    return asked


def _missing(place: Place, rest: str) -> dict[str, str]:
    return {"arn": place.arn("ecs", rest), "reason": "MISSING"}


PLAYED = {
    "ecs:ListClusters": _list_clusters,
    "ecs:DescribeClusters": _describe_clusters,
    "ecs:ListServices": _list_services,
    "ecs:DescribeServices": _describe_services,
    "ecs:DescribeTaskDefinition": _describe_definition,
    "ecs:ListContainerInstances": _list_hosts,
    "ecs:DescribeContainerInstances": _describe_hosts,
    "ecs:DescribeCapacityProviders": _describe_providers,
    "ecs:ListAccountSettings": _settings,
}
