"""The manifest of a snapshot: what each file is called, its hash, how many rows, from when and from where."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping

import polars as pl

from advisor.catalog.sources import SOURCES

MANIFEST = "MANIFEST.toml"
SCHEMA_VERSION = 1


def packed(table: pl.DataFrame) -> bytes:
    """Return a table as a Parquet file; the same rows give the same bytes."""
    out = io.BytesIO()
    table.write_parquet(out, compression="zstd", compression_level=19, statistics=False)
    return out.getvalue()


def manifest(tables: Mapping[str, pl.DataFrame], files: Mapping[str, tuple[str, bytes]]) -> str:
    """Return the manifest of a snapshot.

    Args:
        tables: by name, in the order in which they are told.
        files: what each table's file is called, and its bytes.
    """
    on_demand = tables["ec2_prices"]["on_demand_as_of"].drop_nulls()
    lines = [f"schema_version = {SCHEMA_VERSION}", f'as_of = "{on_demand.mode().sort()[-1]}"', ""]
    named: set[str] = set()
    for name, table in tables.items():
        file, content = files[name]
        as_of, sources = _said(table, "as_of"), _said(table, "source")
        named.update(s for s in sources if s in SOURCES)
        lines += [
            f"[files.{name}]",
            f'file = "{file}"',
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
            f"rows = {len(table)}",
            f'oldest = "{as_of[0] if as_of else ""}"',
            f'newest = "{as_of[-1] if as_of else ""}"',
            "sources = [" + ", ".join(_toml(s) for s in sources) + "]",
            "",
        ]
    return "\n".join([*lines, "[sources]", *(f"{_toml(s)} = {_toml(SOURCES[s])}" for s in sorted(named)), ""])


def _said(table: pl.DataFrame, ending: str) -> list[str]:
    columns = [c for c in table.columns if c.endswith(ending)]
    return sorted({str(v) for c in columns for v in table[c].drop_nulls().to_list()})


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
