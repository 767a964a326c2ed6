"""A finished plan → something a person or a program reads. Nothing here prices, packs or chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.errors import InputError
from advisor.model import Plan
from advisor.report.write import write_report


def _table(plan: Plan) -> bytes:
    from advisor.report.table import table

    return table(plan).encode()


def _json(plan: Plan) -> bytes:
    from advisor.report.plan_json import to_json

    return to_json(plan).encode()


def _csv(plan: Plan) -> bytes:
    from advisor.report.csv_cells import csv_text
    from advisor.report.placements import placements

    return csv_text(placements(plan)).encode()


def _parquet(plan: Plan) -> bytes:
    from io import BytesIO

    from advisor.report.placements import placements

    buffer = BytesIO()
    placements(plan).write_parquet(buffer)
    return buffer.getvalue()


def _markdown(plan: Plan) -> bytes:
    from advisor.report.markdown import markdown

    return markdown(plan).encode()


RENDERERS: Mapping[str, Callable[[Plan], bytes]] = {
    "table": _table,
    "json": _json,
    "csv": _csv,
    "parquet": _parquet,
    "md": _markdown,
}
"""Format → renderer. A new format is one file beside this one and one line here."""


def render(plan: Plan, format: str) -> bytes:
    """Return a plan in one of `RENDERERS`.

    Raises:
        InputError: no such format.
    """
    if format not in RENDERERS:
        raise InputError(f"no report format {format!r}", hint=f"use one of {', '.join(RENDERERS)}")
    return RENDERERS[format](plan)


__all__ = ["RENDERERS", "render", "write_report"]
