"""Frames as columnar JSON and back, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from advisor.errors import InputError

DTYPES: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "Boolean": pl.Boolean,
    "Float64": pl.Float64,
    "Int32": pl.Int32,
    "Int64": pl.Int64,
    "UInt32": pl.UInt32,
    "String": pl.String,
    "Datetime[us, UTC]": pl.Datetime("us", "UTC"),
}
"""Name in the document → dtype. Times are written as ISO 8601 in UTC."""
NAMES = {dtype: name for name, dtype in DTYPES.items()}
LONG = 10_000
"""Rows from which texts and times are written once each, with codes into them."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def frame_to_json(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return one object a column: `name, dtype, values`, or `dictionary` and `codes` in long frames."""
    return [_column(frame[name]) for name in frame.columns]


def frame_from_json(columns: list[dict[str, Any]]) -> pl.DataFrame:
    """Return the frame that `frame_to_json` wrote.

    Raises:
        InputError: a dtype is not known.
    """
    return pl.DataFrame([_series(column) for column in columns])


def _column(series: pl.Series) -> dict[str, Any]:
    if series.dtype not in NAMES:
        raise TypeError(f"column {series.name}: {series.dtype} has no place in a run document")
    head = {"name": series.name, "dtype": NAMES[series.dtype]}
    if len(series) >= LONG and series.dtype in (pl.String, pl.Datetime("us", "UTC")):
        words = series.drop_nulls().unique().sort()
        codes = pl.DataFrame({"v": series}).join(
            pl.DataFrame({"v": words}).with_row_index("code"), on="v", how="left", maintain_order="left"
        )
        return {**head, "dictionary": _values(words), "codes": codes["code"].to_list()}
    return {**head, "values": _values(series)}


def _values(series: pl.Series) -> list[Any]:
    if series.dtype != pl.Datetime("us", "UTC"):
        return series.to_list()
    return [None if t is None else t.isoformat().replace("+00:00", "Z") for t in series.to_list()]


def _series(column: Mapping[str, Any]) -> pl.Series:
    if column["dtype"] not in DTYPES:
        raise InputError(
            f"run document: column {column['name']} has the unknown dtype {column['dtype']}",
            hint="it was written by a newer version: upgrade advisor",
        )
    dtype = DTYPES[column["dtype"]]
    if "dictionary" in column:
        words = _read(column["dictionary"], column["dtype"])
        values = [None if code is None else words[code] for code in column["codes"]]
    else:
        values = _read(column["values"], column["dtype"])
    return pl.Series(column["name"], values, dtype=dtype, strict=True)


def _read(values: list[Any], dtype: str) -> list[Any]:
    if dtype != "Datetime[us, UTC]":
        return values
    found = [None if text is None else datetime.fromisoformat(text) for text in values]
    return [None if t is None else (t - EPOCH) // timedelta(microseconds=1) for t in found]
