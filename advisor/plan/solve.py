"""From options to a solution: cells, the cheapest assignment found in each, pools for every hour, the bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from advisor.catalog import Catalog
from advisor.config import Config
from advisor.errors import InputError
from advisor.model import Usage
from advisor.plan.bound import lower_bound
from advisor.plan.cell import Cell
from advisor.plan.cells import Planning
from advisor.plan.choose import choose
from advisor.plan.discounts import best_discounts
from advisor.plan.memory import Memory
from advisor.plan.pairs import together
from advisor.plan.pools import pools
from advisor.plan.propose import Options
from advisor.plan.side_by_side import side_by_side
from advisor.plan.solution import Solution
from advisor.plan.steady import ADVICE, steady
from advisor.plan.sunk import Sunk
from advisor.plan.ways import Way


def solve(
    options: Options,
    demand: pl.DataFrame,
    usage: Usage,
    catalog: Catalog,
    config: Config,
    sunk: Sunk,
    progress: Callable[[str], None] = lambda _: None,
    memory: Memory | None = None,
    advised: ADVICE | None = None,
) -> Solution:
    """Choose a way for every workload, cell by cell, and prove how far from the best that can be.

    Args:
        demand: `schema.DEMAND`.
        usage: for the instances that run today.
        sunk: commitments already owned.
        advised: the way of each workload in an earlier run; it holds until another is worth its churn.
        memory: what earlier questions about the same usage and demand have worked out.

    Raises:
        InputError: not one workload can be planned.
    """
    planning = Planning(options, demand, usage, catalog, config, memory or Memory())
    hours = planning.hours()
    regions = sorted({t.region for t in options.planned})
    for_sale = {r: best_discounts(sunk.rates, r, config.commitments) for r in regions}
    made = planning.cells(for_sale)
    assignment: dict[int, Way] = {}
    progress(f"placing workloads of {len(made.cells)} clusters")

    def placed(cell: Cell) -> dict[int, Way]:
        trial = cell.trial()
        return steady(trial, choose(trial, cell.today), advised or {}, config.plan.churn_usd)

    for chosen in side_by_side(placed, made.cells, Cell.task_count):
        assignment |= chosen
    if not assignment:
        raise InputError(
            "none of the workloads can be planned",
            hint="give task_vcpu, task_memory_mib, tasks and region, or use --assume; see advisor explain --rejected",
            problems=tuple(f"{r.workload_id}: {r.reason}" for r in options.rejections if not r.option),
        )
    progress("packing every hour")
    packed = pools(made.cells, assignment)
    progress("proving the bound")
    bound = lower_bound(made.cells, hours.hours, sunk, for_sale)
    return Solution(hours, made.cells, assignment, packed, bound, made.unplaced, made.refused)


def as_today(solution: Solution) -> Solution:
    """Return the same solution with every workload on the way it runs now, where that is lawful."""
    assignment = dict(solution.assignment)
    for cell in solution.cells:
        here = {**{w: assignment[w] for w in cell.ways if w in assignment}, **cell.today}
        assignment |= together(cell, cell.pairs, here)
    if assignment == solution.assignment:
        return solution
    return replace(solution, assignment=assignment, pools=pools(solution.cells, assignment))
