"""Plan → bytes of a format; a new format is one file beside this one and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO

from advisor.errors import InputError
from advisor.model import Plan
from advisor.report.csv_cells import csv_text
from advisor.report.markdown import markdown
from advisor.report.placements import placements
from advisor.report.plan_json import to_json
from advisor.report.table import table


def _parquet(plan: Plan) -> bytes:
    buffer = BytesIO()
    placements(plan).write_parquet(buffer)
    return buffer.getvalue()


RENDERERS: Mapping[str, Callable[[Plan], bytes]] = {
    "table": lambda plan: table(plan, everything=True).encode(),
    "json": lambda plan: to_json(plan).encode(),
    "csv": lambda plan: csv_text(placements(plan)).encode(),
    "parquet": _parquet,
    "md": lambda plan: markdown(plan).encode(),
}
"""Format → renderer."""


def render(plan: Plan, format: str) -> bytes:
    """Return a plan in one of `RENDERERS`.

    Raises:
        InputError: no such format.
    """
    if format not in RENDERERS:
        raise InputError(f"no report format {format!r}", hint=f"use one of {', '.join(RENDERERS)}")
    return RENDERERS[format](plan)
