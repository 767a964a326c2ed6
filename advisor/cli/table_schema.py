"""The input tables as a JSON schema: one definition a table, one property a column."""

from __future__ import annotations

from typing import Any

import polars as pl

from advisor.schema import TABLES, USAGE_PERCENT, Column

TYPES = {pl.String: "string", pl.Float64: "number", pl.Int64: "integer", pl.Boolean: "boolean"}


def table_schema() -> dict[str, Any]:
    """Return the schema of a row of each table, other units of usage included."""
    tables = {**TABLES, "usage": (*TABLES["usage"], *USAGE_PERCENT)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "schema_version": 1,
        "title": "Input tables of advisor, a definition for a row of each",
        "$defs": {name: _table(columns) for name, columns in tables.items()},
    }


def _table(columns: tuple[Column, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {c.name: _column(c) for c in columns},
        "required": [c.name for c in columns if c.required],
    }


def _column(column: Column) -> dict[str, Any]:
    kind = next((name for dtype, name in TYPES.items() if column.dtype == dtype), None)
    found: dict[str, Any] = {"description": column.text}
    found |= {"type": kind} if kind else {"type": "string", "format": "date-time"}
    if column.choices:
        found["enum"] = list(column.choices)
    if column.minimum is not None:
        found["minimum"] = column.minimum
    if column.maximum is not None:
        found["maximum"] = column.maximum
    if column.aliases:
        found["x-aliases"] = list(column.aliases)
    return found
