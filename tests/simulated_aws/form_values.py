"""Forms of the query and EC2 protocols, `Filter.1.Value.2=…`, as nested values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_timestamp

NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


def read(shape: Shape | None, form: Mapping[str, str], *, ec2: bool) -> dict[str, Any]:
    """Return the parameters of a request; keys that the model does not know stay as they are."""
    left = {k: v for k, v in form.items() if k not in ("Action", "Version")}
    found = _value(shape, "", left, ec2) if shape else {}
    return {**found, **left}


def _value(shape: Shape, prefix: str, left: dict[str, str], ec2: bool) -> Any:
    """Return what stands under a prefix, and take it out of what is left; null where nothing does."""
    if shape.type_name == "structure":
        inside = f"{prefix}." if prefix else ""
        parts = {
            name: _value(m, inside + _wire_name(m, name, ec2), left, ec2) for name, m in shape.members.items()
        }
        known = {name: part for name, part in parts.items() if part is not None}
        return known if known or not prefix else None
    if shape.type_name == "list":
        start = prefix
        if not ec2 and not shape.serialization.get("flattened"):
            start += "." + shape.member.serialization.get("name", "member")
        items = []
        while (item := _value(shape.member, f"{start}.{len(items) + 1}", left, ec2)) is not None:
            items.append(item)
        return items or None
    text = left.pop(prefix, None)
    if text is None:
        return None
    if shape.type_name in NUMBERS:
        return NUMBERS[shape.type_name](text)
    if shape.type_name == "boolean":
        return {"true": True, "false": False}[text.lower()]
    return parse_timestamp(text) if shape.type_name == "timestamp" else text


def _wire_name(member: Shape, name: str, ec2: bool) -> str:
    said = member.serialization
    if not ec2:
        return str(said.get("name", name))
    own = str(said.get("queryName") or said.get("name") or name)
    return own if "queryName" in said else own[:1].upper() + own[1:]
