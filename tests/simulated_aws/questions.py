"""A request, understood: which operation of which service, of whom, in which region, with which parameters."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.model import OperationModel
from botocore.validate import ParamValidator

from simulated_aws import form_values, json_values, wire_models
from simulated_aws.refusals import Refusal, invalid

SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True)
class Question:
    """One request.

    Attributes:
        region: of the credential scope.
        key: the access key that signed it.
        sent: when, as it says itself: `20261127T120000Z`.
        protocol: in which it is written, and will be answered.
    """

    service: str
    operation: OperationModel
    region: str
    key: str
    token: str
    sent: str
    protocol: str
    params: Mapping[str, Any]

    @property
    def name(self) -> str:
        """As IAM calls it, `ecs:ListClusters`."""
        return f"{self.service}:{self.operation.name}"


def protocol_of(headers: Mapping[str, str]) -> str:
    """Return the protocol in which a request is written, understood or not."""
    scope = SCOPE.search(headers.get("Authorization", ""))
    name = wire_models.by_signature().get(scope["service"]) if scope else None
    return "json" if name is None else str(wire_models.service(name).resolved_protocol)


def understand(method: str, address: str, headers: Mapping[str, str], body: bytes) -> Question:
    """Return what a request asks for.

    Raises:
        Refusal: nobody signed it, or no model knows it or its parameters.
    """
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    scope = SCOPE.search(headers.get("Authorization", ""))
    if scope is None:
        raise Refusal("MissingAuthenticationToken", "Missing Authentication Token", 403)
    service, operation, params = _operation(method, address, headers, body, scope["service"])
    wrong = ParamValidator().validate(params, operation.input_shape) if operation.input_shape else None
    if wrong is not None and wrong.has_errors():
        raise invalid(wrong.generate_report(), service)
    return Question(
        service,
        operation,
        scope["region"],
        scope["key"],
        headers.get("X-Amz-Security-Token", ""),
        headers.get("X-Amz-Date", ""),
        wire_models.service(service).resolved_protocol,
        params,
    )


def _operation(
    method: str, address: str, headers: Mapping[str, str], body: bytes, signed_for: str
) -> tuple[str, OperationModel, dict[str, Any]]:
    target = headers.get("X-Amz-Target", "")
    if target:
        prefix, _, name = target.rpartition(".")
        if prefix not in wire_models.by_target():
            raise Refusal("UnknownOperationException", target)
        service = wire_models.by_target()[prefix]
        operation = _known(service, name)
        return service, operation, json_values.read(operation.input_shape, json.loads(body or b"{}"))
    if signed_for not in wire_models.by_signature():
        raise Refusal("UnknownOperationException", f"nobody plays {signed_for}", 404)
    service = wire_models.by_signature()[signed_for]
    protocol = wire_models.service(service).resolved_protocol
    if protocol in ("query", "ec2"):
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        operation = _known(service, form.get("Action", ""))
        return service, operation, form_values.read(operation.input_shape, form, ec2=protocol == "ec2")
    return service, *_rest(service, method, address, body)


def _known(service: str, name: str) -> OperationModel:
    model = wire_models.service(service)
    if name not in model.operation_names:
        raise Refusal("UnknownOperationException", f"{service}:{name}")
    return model.operation_model(name)


def _rest(service: str, method: str, address: str, body: bytes) -> tuple[OperationModel, dict[str, Any]]:
    parts = urlsplit(address)
    found = wire_models.by_path(service, method, unquote(parts.path))
    if found is None:
        raise Refusal("UnknownOperationException", f"{service}: {method} {parts.path}", 404)
    operation, in_path = found
    shape = operation.input_shape
    params = json_values.read(shape, json.loads(body)) if body else {}
    said = {"uri": in_path, "querystring": dict(parse_qsl(parts.query))}
    for name, member in shape.members.items():
        values = said.get(member.serialization.get("location", ""), {})
        text = values.pop(member.serialization.get("name", name), None)
        if text is not None:
            params[name] = int(text) if member.type_name in ("integer", "long") else text
    return operation, {**params, **said["querystring"]}
