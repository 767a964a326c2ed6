"""The SDK's models of services: which operation a request is for, and in which protocol it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.model import OperationModel, ServiceModel
from botocore.session import Session

SERVICES = (
    *("application-autoscaling", "ce", "cloudtrail", "cloudwatch", "ec2", "ecr", "ecs", "events", "logs"),
    *("organizations", "pricing", "savingsplans", "scheduler", "sts"),
)
"""Those that the simulation plays."""
GLOBAL = frozenset({"ce", "organizations", "pricing", "savingsplans", "sts"})
"""Those that are one for all regions."""
SESSION = Session()


@cache
def service(name: str) -> ServiceModel:
    """Return the model of a service."""
    return SESSION.get_service_model(name)


@cache
def by_target() -> dict[str, str]:
    """Return the prefix of `X-Amz-Target` → service."""
    return {p: name for name in SERVICES if (p := service(name).metadata.get("targetPrefix"))}


@cache
def by_signature() -> dict[str, str]:
    """Return the service of a credential scope → service."""
    return {
        service(name).metadata.get("signingName") or service(name).metadata["endpointPrefix"]: name
        for name in SERVICES
    }


def by_path(name: str, method: str, path: str) -> tuple[OperationModel, dict[str, str]] | None:
    """Return the operation of a REST service that has this method and path, and what the path says."""
    for pattern, verb, operation in _paths(name):
        found = pattern.fullmatch(path)
        if verb == method and found:
            return operation, found.groupdict()
    return None


@cache
def _paths(name: str) -> list[tuple[re.Pattern[str], str, OperationModel]]:
    found = []
    for operation_name in service(name).operation_names:
        operation = service(name).operation_model(operation_name)
        http: Mapping[str, Any] = operation.http
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(http["requestUri"].split("?")[0]))
        found.append((re.compile(pattern), http["method"], operation))
    return found
