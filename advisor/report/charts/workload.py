"""Everything that is drawn of one workload, as one chart: a notebook keeps 0.9 MB for each."""

from __future__ import annotations

from typing import Any

from advisor.model import Plan
from advisor.report.charts.altair_door import altair
from advisor.report.charts.options import options_drawing
from advisor.report.charts.theme import configured, theme_of
from advisor.report.charts.usage import usage_drawing


def workload_chart(plan: Plan, workload: str, *, theme: str = "light") -> Any:
    """Return a workload's usage over time and, below it, every way to run it.

    Raises:
        InputError: no such workload.
        AdvisorError: altair is not installed.
    """
    look = theme_of(theme)
    parts = [usage_drawing(plan, workload, look), options_drawing(plan, workload, look)]
    heard = " ".join(f"{part.title}." for part in parts)
    own = {"scale": {"color": "independent"}}
    both = altair().vconcat(*(p.as_part() for p in parts), spacing=34, description=heard, resolve=own)
    return configured(both, look)
