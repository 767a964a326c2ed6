"""The fleet as a table that sorts and searches: the command's own words, sorted by the figures behind them."""

from __future__ import annotations

from typing import Any

import polars as pl

from advisor.model import Plan
from advisor.notebook.libraries import table_widget
from advisor.report.text import cut, safe
from advisor.report.view import view
from advisor.units import DASH

NAME = 60
ROWS = 10
MONTHLY, SAVES, SHARE = 5, 6, 7
"""Columns whose text is money or a share: they are sorted by the hidden figures behind them."""


def fleet_frame(plan: Plan) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the table, largest savings first, what is not advised last, and the workload of each row."""
    shown = view(plan)
    places = {p.workload_id: p for p in plan.placements}
    rows: list[dict[str, Any]] = []
    ids: list[str] = []
    for row in shown.rows:
        place = places[row.workload]
        saved = place.baseline_monthly_cost_usd - place.monthly_cost_usd
        ids.append(row.workload)
        rows.append(
            {
                "Workload": cut(safe(row.workload), NAME),
                "Class": row.workload_class,
                "Today": safe(row.today),
                "Advised": safe(row.advised),
                "Size": row.size,
                "Monthly": row.monthly,
                "Change": row.moved,
                "Saves": row.share,
                "usd": _whole(place.monthly_cost_usd),
                "moved": _whole(-saved),
                "share": _whole(
                    saved / place.baseline_monthly_cost_usd if place.baseline_monthly_cost_usd else 0.0
                ),
            }
        )
    reasons = {
        r.workload_id: r.reason for r in plan.rejections if not r.option and r.workload_id not in places
    }
    for workload_id, reason in sorted(reasons.items()):
        ids.append(workload_id)
        rows.append(
            {
                **dict.fromkeys(("Class", "Today", "Size", "Monthly", "Change", "Saves"), DASH),
                "Workload": cut(safe(workload_id), NAME),
                "Advised": f"not advised: {cut(safe(reason), NAME)}",
                **dict.fromkeys(("usd", "moved", "share"), 0),
            }
        )
    schema = {
        **dict.fromkeys(("Workload", "Class", "Today", "Advised", "Size", "Monthly", "Change", "Saves"), pl.String),
        **dict.fromkeys(("usd", "moved", "share"), pl.Int64),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema), tuple(ids)


def _whole(number: float) -> int:
    """Return hundredths: a notebook keeps integers in fewer letters, and they sort all the same."""
    return round(number * 100)


def fleet_table(frame: pl.DataFrame) -> Any:
    """Return the widget; its trait `selected_rows` holds the row that was clicked."""
    hidden = [8, 9, 10]
    return table_widget()(
        frame,
        show_dtypes=False,
        select={"style": "single"},
        pageLength=ROWS,
        classes="display compact nowrap",
        style="width:100%;margin:0",
        layout={"topStart": "search", "topEnd": None, "bottomStart": "info", "bottomEnd": "paging"},
        columnDefs=[
            {"targets": MONTHLY, "orderData": 8, "className": "dt-right"},
            {"targets": SAVES, "orderData": 9, "className": "dt-right"},
            {"targets": SHARE, "orderData": 10, "className": "dt-right"},
            {"targets": hidden, "visible": False, "searchable": False},
        ],
        language={"search": "Search the fleet"},
    )
