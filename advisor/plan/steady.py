"""Advice that does not flap: what was advised before holds until a change is worth its churn."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.plan.cell import Cell
from advisor.plan.pairs import together
from advisor.plan.ways import Way
from advisor.units import HOURS_PER_MONTH

ADVICE = Mapping[str, str]
"""Workload id → the way that was advised before, `EC2 SPOT ARM64`."""


def steady(cell: Cell, chosen: Mapping[int, Way], advised: ADVICE, churn_usd: float) -> dict[int, Way]:
    """Return the assignment with the changes taken back that do not save `churn_usd` a month each.

    First all of them together, for workloads that share instances change together; then one by one, in order of the
    tables, so that the same runs give the same advice.

    Args:
        churn_usd: what a change of advice must save a month.
    """
    best = dict(chosen)
    back = {w: way for w in best if (way := _advised(cell, w, advised)) is not None and way != best[w]}
    if not back or churn_usd <= 0.0:
        return best
    worth = churn_usd * sum(cell.weights.values()) / HOURS_PER_MONTH
    cost = cell.cost_usd(best)
    as_before = together(cell, cell.pairs, {**best, **back})
    cost_before = cell.cost_usd(as_before)
    if cost_before < cost + worth * len(back):
        return as_before
    for workload in sorted(back):
        trial = together(cell, cell.pairs, {**best, workload: back[workload]}, workload)
        trial_cost = cell.cost_usd(trial)
        if trial_cost < cost + worth:
            best, cost = trial, trial_cost
    return best


def _advised(cell: Cell, workload: int, advised: ADVICE) -> Way | None:
    name = advised.get(cell.task(workload).workload_id)
    return next((w for w in cell.ways[workload] if w.option == name), None)
