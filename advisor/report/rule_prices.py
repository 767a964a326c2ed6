"""What rules cost, as a person reads it: table, Markdown, CSV, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict

import polars as pl

from advisor.errors import InputError
from advisor.model import RulePrices
from advisor.report.csv_cells import csv_text
from advisor.report.markdown import escaped
from advisor.report.rule_words import KNOWS_NOT, blocks, differ, gap, gap_lines, interval, proof, title
from advisor.report.text import columns, cut, display_width, safe, wrap

KIND = "advisor.rule_prices"
SCHEMA_VERSION = 1
RIGHT = (False, True, True, False)
GAP = "  "
CAPS = {1: 18, 2: 12, 3: 22}
LEAST = 20
"""Cells that a rule keeps however narrow the terminal is."""


def rule_table(prices: RulePrices, *, width: int = 100) -> str:
    """Return the prices as text for a terminal.

    Args:
        width: cells a line may take.
    """
    lines = [cut(safe(title(prices)), width), "", *wrap(f" {proof(prices)}", width)]
    parts = [
        [heading, *((safe(r.rule), interval(r), differ(r), safe(r.name)) for r in rows)]
        for heading, rows in blocks(prices)
    ]
    cells = [row for part in parts for row in part]
    # a column is as wide in one block as in the other; the rule gives way
    fixed = [min(cap, max((display_width(row[i]) for row in cells), default=0)) for i, cap in CAPS.items()]
    most = [max(LEAST, width - 1 - len(GAP) * 3 - sum(fixed)), *fixed]
    grid = columns(cells, RIGHT, most, GAP) if cells else []
    for _, rows in blocks(prices):
        lines += ["", *(f" {line}" for line in grid[: len(rows) + 1])]
        del grid[: len(rows) + 1]
        lines += [
            line for r in rows if r.reason for line in wrap(f" {safe(r.name)}: {safe(r.reason)}", width)
        ]
    lines += ["", *(line for text in gap_lines(prices) for line in wrap(f" {text}", width))]
    split = [(usd, safe(words)) for words, usd in gap(prices)]
    lines += [f"   {line}" for line in columns(split, (True, False), (12, width - 17), GAP)] if split else []
    if prices.assumptions:
        lines += ["", *wrap(f" Assumed: {safe('; '.join(prices.assumptions))}", width)]
    lines += ["", *(line for text in KNOWS_NOT for line in wrap(f" Note: {text}", width))]
    return "\n".join(lines) + "\n"


def rule_markdown(prices: RulePrices) -> str:
    """Return the prices as Markdown."""
    parts = [f"# {escaped(title(prices))}", f"{escaped(proof(prices))}."]
    for (heading, what, *_), rows in blocks(prices):
        grid = [f"| Rule | {what} | plans differ | name |", "| --- | --: | --: | --- |"]
        grid += [
            f"| {escaped(r.rule)} | {escaped(r.reason or interval(r))} | {escaped(differ(r))} | {escaped(r.name)} |"
            for r in rows
        ]
        parts += [f"## {heading}", "\n".join(grid)]
    parts += ["## The gap", ". ".join(map(escaped, gap_lines(prices)))]
    parts += ["\n".join(f"- {escaped(usd)}: {escaped(words)}" for words, usd in gap(prices))]
    if prices.assumptions:
        parts += ["## Assumed", "\n".join(f"- {escaped(text)}" for text in prices.assumptions)]
    parts += ["## What this does not know", "\n".join(f"- {escaped(text)}" for text in KNOWS_NOT)]
    return "\n\n".join(p for p in parts if p) + "\n"


def rule_json(prices: RulePrices) -> str:
    """Return the prices as JSON, keys sorted."""
    document = {"kind": KIND, "schema_version": SCHEMA_VERSION, **asdict(prices)}
    return json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def rule_csv(prices: RulePrices) -> str:
    """Return one row a rule as CSV."""
    money = ("low_usd", "high_usd", "plans_differ_usd", "other_cost_usd", "other_bound_usd")
    schema = {"name": pl.String, "rule": pl.String, "effect": pl.String, **dict.fromkeys(money, pl.Float64)}
    schema |= {"reason": pl.String}
    rows = [[getattr(r, column) for column in schema] for r in prices.rules]
    return csv_text(pl.DataFrame(rows, schema=schema, orient="row"))


RENDERERS: Mapping[str, Callable[[RulePrices], str]] = {
    "table": rule_table,
    "json": rule_json,
    "csv": rule_csv,
    "md": rule_markdown,
}


def render_rules(prices: RulePrices, format: str) -> bytes:
    """Return the prices in one of `RENDERERS`.

    Raises:
        InputError: no such format.
    """
    if format not in RENDERERS:
        raise InputError(f"no report format {format!r}", hint=f"use one of {', '.join(RENDERERS)}")
    return RENDERERS[format](prices).encode()
