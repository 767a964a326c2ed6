"""JSON as the SDK's models mean it: moments as numbers, names as the wire spells them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_timestamp


def read(shape: Shape, value: Any) -> Any:
    """Return a value of a request; what the model does not know stays, for the validator to find."""
    if value is None:
        return None
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {_wire_name(m, name): (name, m) for name, m in shape.members.items()}
        return {
            names[k][0] if k in names else k: read(names[k][1], v) if k in names else v
            for k, v in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [read(shape.member, v) for v in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {k: read(shape.value, v) for k, v in value.items()}
    if shape.type_name == "timestamp":
        return parse_timestamp(value)
    if shape.type_name == "blob":
        return base64.b64decode(value)
    return value


def write(shape: Shape, value: Any) -> Any:
    """Return a value of a reply as JSON has it; it was held against the model before."""
    if shape.type_name == "structure":
        return {
            _wire_name(m, name): write(m, value[name])
            for name, m in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "list":
        return [write(shape.member, v) for v in value]
    if shape.type_name == "map":
        return {k: write(shape.value, v) for k, v in value.items()}
    if shape.type_name == "timestamp":
        return _seconds(value)
    return value


def _wire_name(member: Shape, name: str) -> str:
    return str(member.serialization.get("name", name))


def _seconds(value: datetime) -> float | int:
    seconds = value.astimezone(UTC).timestamp()
    return int(seconds) if seconds == int(seconds) else seconds
