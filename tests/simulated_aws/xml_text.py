"""Replies of the query and EC2 protocols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import OperationModel, Shape


def reply(operation: OperationModel, answer: Mapping[str, Any], request_id: str) -> str:
    """Return the document of an answer that was held against the model before."""
    inner = "".join(_members(operation.output_shape, answer)) if operation.output_shape else ""
    if operation.service_model.resolved_protocol == "ec2":
        return (
            f"<{operation.name}Response><requestId>{request_id}</requestId>{inner}</{operation.name}Response>"
        )
    wrapper = (operation.output_shape and operation.output_shape.serialization.get("resultWrapper")) or (
        f"{operation.name}Result"
    )
    told = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f"<{operation.name}Response><{wrapper}>{inner}</{wrapper}>{told}</{operation.name}Response>"


def error(protocol: str, code: str, message: str, request_id: str) -> str:
    """Return the document of a refusal."""
    told = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if protocol == "ec2":
        return (
            f"<Response><Errors><Error>{told}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
    return f"<ErrorResponse><Error><Type>Sender</Type>{told}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"


def _members(shape: Shape, value: Mapping[str, Any]) -> Iterator[str]:
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield _element(member, str(member.serialization.get("name", name)), value[name])


def _element(shape: Shape, name: str, value: Any) -> str:
    if shape.type_name == "structure":
        return f"<{name}>{''.join(_members(shape, value))}</{name}>"
    if shape.type_name == "list":
        item = str(shape.member.serialization.get("name", "member"))
        if shape.serialization.get("flattened"):
            return "".join(_element(shape.member, name, v) for v in value)
        return f"<{name}>{''.join(_element(shape.member, item, v) for v in value)}</{name}>"
    if shape.type_name == "boolean":
        return f"<{name}>{str(value).lower()}</{name}>"
    if shape.type_name == "timestamp":
        return f"<{name}>{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}</{name}>"
    return f"<{name}>{escape(str(value))}</{name}>"
