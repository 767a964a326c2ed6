"""Two plans side by side, as a person reads them: table, Markdown, CSV, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import polars as pl

from advisor.errors import InputError
from advisor.model import Comparison
from advisor.report.comparison_rows import MovedRow, view
from advisor.report.comparison_table import comparison_table
from advisor.report.comparison_words import KNOWS_NOT, commitments, proof, reasons, tally, title, totals
from advisor.report.csv_cells import csv_text
from advisor.report.markdown import escaped

KIND = "advisor.comparison"
SCHEMA_VERSION = 1


def comparison_markdown(compared: Comparison) -> str:
    """Return the comparison as Markdown, whole."""
    shown = view(compared)
    plans = ["| | before | after | more | % |", "| --- | --: | --: | --: | --: |"]
    plans += [_line(row) for row in totals(compared, shown.cash, shown.step)]
    parts = [f"# {escaped(title(compared))}", "\n".join(plans), f"{escaped(proof(compared))}."]
    parts += ["## What moves", *_moves_markdown(shown.rows)]
    parts += [f"{escaped(tally(compared, shown.rest, shown.step))}."]
    parts += ["\n".join(f"- {escaped(name)}: {escaped(why)}" for name, why in reasons(compared.moved))]
    bought = [_line(row) for row in commitments(compared)]
    if bought:
        heading = ["| Buy | USD an hour before | after |", "| --- | --: | --: |"]
        parts += ["## Commitments that differ", "\n".join([*heading, *bought])]
    if compared.assumptions:
        parts += ["## Assumed", "\n".join(f"- {escaped(text)}" for text in compared.assumptions)]
    parts += ["## What this does not know", "\n".join(f"- {escaped(text)}" for text in KNOWS_NOT)]
    return "\n\n".join(p for p in parts if p) + "\n"


def _moves_markdown(rows: Sequence[MovedRow]) -> list[str]:
    if not rows:
        return []
    lines = ["| | Workload | Before | After | Monthly before | after | more |"]
    lines += ["| --- | --- | --- | --- | --: | --: | --: |"]
    lines += [
        _line((r.sign, r.workload, r.before, r.after, r.usd_before, r.usd_after, r.moved)) for r in rows
    ]
    return ["\n".join(lines)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(escaped, cells)) + " |"


def comparison_json(compared: Comparison) -> str:
    """Return the comparison as JSON, keys sorted."""
    document = {"kind": KIND, "schema_version": SCHEMA_VERSION, **asdict(compared)}
    return json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def comparison_csv(compared: Comparison) -> str:
    """Return one row a workload that moves as CSV."""
    texts = dict.fromkeys(("workload_id", "change", "before", "after"), pl.String)
    money = dict.fromkeys(("monthly_cost_before_usd", "monthly_cost_after_usd"), pl.Float64)
    schema = {**texts, **money, "reason": pl.String}
    rows = [[getattr(m, column) for column in schema] for m in compared.moved]
    return csv_text(pl.DataFrame(rows, schema=schema, orient="row"))


RENDERERS: Mapping[str, Callable[[Comparison], str]] = {
    "table": comparison_table,
    "json": comparison_json,
    "csv": comparison_csv,
    "md": comparison_markdown,
}


def render_comparison(compared: Comparison, format: str) -> bytes:
    """Return the comparison in one of `RENDERERS`.

    Raises:
        InputError: no such format.
    """
    if format not in RENDERERS:
        raise InputError(f"no report format {format!r}", hint=f"use one of {', '.join(RENDERERS)}")
    return RENDERERS[format](compared).encode()
