"""The run document: a plan as versioned JSON, exact both ways, from which every report can be made again.

One line a field, keys sorted, floats in shortest form: the same plan gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, get_type_hints

import polars as pl
from pydantic import TypeAdapter, ValidationError

from advisor.errors import InputError
from advisor.model import Plan
from advisor.report.frames import DTYPES, frame_from_json, frame_to_json

SCHEMA_VERSION = 1
"""Raised when a reader of the older form would go wrong; new fields alone do not raise it."""
KIND = "advisor.plan"
PARTS = tuple(f for f in fields(Plan) if f.compare)
"""What a document holds: all but what the plan was made from."""


def to_json(plan: Plan) -> str:
    """Return the run document."""
    parts: dict[str, Any] = {"kind": KIND, "schema_version": SCHEMA_VERSION}
    for field in PARTS:
        value = getattr(plan, field.name)
        parts[field.name] = frame_to_json(value) if isinstance(value, pl.DataFrame) else _plain(value)
    lines = [f"{json.dumps(name)}: {_dumps(parts[name])}" for name in sorted(parts)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _plain(value: Any) -> Any:
    """Return nouns of a plan as JSON has them; to build a checker for each type only to write takes longer."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float):
        return value
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a plan may not hold {type(value).__name__}")


def from_json(text: str) -> Plan:
    """Return the plan of a run document.

    Raises:
        InputError: it is none, or of another version, or damaged.
    """
    try:
        parts = json.loads(text)
    except ValueError as fault:
        raise InputError(f"run document: is no JSON: {fault}", hint=HINT) from fault
    if not isinstance(parts, dict) or parts.get("kind") != KIND:
        raise InputError("this JSON is no run document of advisor", hint=HINT)
    if parts.get("schema_version") != SCHEMA_VERSION:
        raise InputError(
            f"run document: schema version {parts.get('schema_version')!r}, this program reads {SCHEMA_VERSION}",
            hint="run advisor recommend again",
        )
    missing = [f.name for f in PARTS if f.name not in parts and f.default is MISSING]
    if missing:
        raise InputError(f"run document: {missing[0]} is missing", hint=HINT)
    try:
        values: dict[str, Any] = {f.name: _read(f.name, parts[f.name]) for f in PARTS if f.name in parts}
    except (ValidationError, KeyError, TypeError, IndexError, ValueError, pl.exceptions.PolarsError) as fault:
        raise InputError(f"run document: is damaged: {str(fault).splitlines()[0]}", hint=HINT) from fault
    return Plan(**values)


HINT = "write one with advisor recommend SOURCE -o plan.json"


@cache
def plan_types() -> Mapping[str, Any]:
    """Return field → type of a plan."""
    return get_type_hints(Plan, localns={"pl": pl})


def _read(name: str, value: Any) -> Any:
    if not _is_frame(name):
        return _adapter(name).validate_python(value)
    return None if value is None and plan_types()[name] is not pl.DataFrame else frame_from_json(value)


def _is_frame(name: str) -> bool:
    return plan_types()[name] in (pl.DataFrame, pl.DataFrame | None)


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(plan_types()[name])


def plan_schema() -> dict[str, Any]:
    """Return the JSON schema (2020-12) of the run document."""
    names = [f.name for f in PARTS if not _is_frame(f.name)]
    inner, shared = TypeAdapter.json_schemas([(name, "serialization", _adapter(name)) for name in names])
    properties: dict[str, Any] = {
        "kind": {"const": KIND},
        "schema_version": {"const": SCHEMA_VERSION},
        **{name: inner[name, "serialization"] for name in names},
        **{f.name: _frame_schema(f.name) for f in PARTS if f.name not in names},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Run document of advisor",
        "description": "A plan with enough in it to be explained, drawn and checked without its inputs.",
        "type": "object",
        "properties": {name: properties[name] for name in sorted(properties)},
        "required": sorted(properties),
        "$defs": {**shared.get("$defs", {}), "Frame": FRAME},
    }


def _frame_schema(name: str) -> dict[str, Any]:
    frame = {"$ref": "#/$defs/Frame"}
    return frame if plan_types()[name] is pl.DataFrame else {"anyOf": [frame, {"type": "null"}]}


FRAME: Mapping[str, Any] = {
    "description": "A table by columns, all of one length; long texts as codes into a dictionary.",
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "dtype": {"enum": list(DTYPES)},
            "values": {"type": "array", "items": {"type": ["string", "number", "boolean", "null"]}},
            "dictionary": {"type": "array", "items": {"type": "string"}},
            "codes": {"type": "array", "items": {"type": ["integer", "null"]}},
        },
        "required": ["name", "dtype"],
        "oneOf": [{"required": ["values"]}, {"required": ["dictionary", "codes"]}],
    },
}


def _dumps(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
