"""The plan as a table for a terminal, 80 to 120 cells wide, legible without colour."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator

from advisor.model import INCLUDED, Plan, commitment_name
from advisor.report.bill import bill_lines
from advisor.report.folk import NAMED, folk_line
from advisor.report.sentences import (
    futures_text,
    lattice_text,
    nothing_bought,
    owned_lines,
    packed_text,
    price_dates,
    proof,
)
from advisor.report.text import columns, cut, display_width, safe, squeezed, wrap
from advisor.report.view import ESTIMATED, Row, View, not_advised, view
from advisor.report.words import EFFORTS, counted
from advisor.units import format_share

TOP = 20
"""Rows shown unless all are asked for: what fits on a screen with its headings."""
REASONS = 4
NOTES = 8
SPAN_FROM = 110
"""Width from which the range of a saving has a column of its own."""
HEADINGS = Row("Workload", "Class", "Today", "Advised", "", "Monthly", "Saves", "", "Range of savings")
GAP = "  "
NAMES_KEEP = 20
"""Cells of a workload's name that are not given up for task sizes."""
LEAST = (14, 12, 14)
"""Cells that workload, today and advised keep however narrow the terminal is."""


def table(plan: Plan, *, width: int = 100, everything: bool = False, boxes: bool = False) -> str:
    """Return the report of DESIGN.md section 9.

    Args:
        width: cells a line may take.
        everything: list every workload.
        boxes: rules of box-drawing characters, for terminals.
    """
    shown = view(plan, None if everything else TOP)
    lines = [cut(safe(shown.title), width), "", *_grid(shown, width, boxes), *_proof(plan, shown, width)]
    for block in (
        _marks(plan, shown),
        _ahead(plan, shown),
        bill_lines(plan.reconciliation, shown.step_usd),
        _remarks(plan),
        _folk(plan),
        _left_out(plan),
        _next(plan),
    ):
        found = [line for text in block for line in wrap(f" {safe(text)}", width)]
        lines += ["", *found] if found else []
    return "\n".join(lines) + "\n"


def _grid(shown: View, width: int, boxes: bool) -> list[str]:
    between = [row for row in (shown.unused, shown.more) if row]
    rows = [HEADINGS, *shown.rows, *between, shown.fleet]
    spans = width >= SPAN_FROM and any(row.span for row in shown.rows)
    for sizes in (True, False):
        cells = [_cells(row, spans, sizes) for row in rows]
        need = [max(display_width(c[i]) for c in cells) for i in range(len(cells[0]))]
        room = width - 1 - len(GAP) * (len(need) - 1)
        if sum(need) - max(0, need[0] - NAMES_KEEP) <= room:
            break
    excess = max(0, sum(need) - room)
    need[0] -= min(excess, max(0, need[0] - NAMES_KEEP))
    need[0], need[2], need[3] = squeezed([need[i] for i in (0, 2, 3)], LEAST, sum(need) - room)
    grid = [f" {line}" for line in columns(cells, [False] * 4 + [True] * (len(need) - 4), need, GAP)]
    rule = " " + ("─" if boxes else "-") * (max(display_width(line) for line in grid) - 1)
    return [*grid[:-1], rule, grid[-1]]


def _cells(row: Row, spans: bool, sizes: bool) -> tuple[str, ...]:
    advised = f"{row.advised}, {row.size}" if sizes and row.size else row.advised
    texts = (row.workload, row.workload_class, row.today, advised, row.monthly, row.moved, row.share)
    return tuple(safe(text) for text in ((*texts, row.span) if spans else texts))


def _proof(plan: Plan, shown: View, width: int) -> list[str]:
    return [line for text in proof(plan, shown.step_usd) for line in wrap(f" {text}", width)]


def _marks(plan: Plan, shown: View) -> Iterator[str]:
    if shown.fleet.span:
        yield f"{ESTIMATED} rests on a price that is estimated: the fleet saves {shown.fleet.span} a month"
    yield from filter(None, (packed_text(plan, shown.step_usd), price_dates(plan)))


def _ahead(plan: Plan, shown: View) -> Iterator[str]:
    for bought in plan.commitments:
        even = (
            f", paid for after {bought.break_even_months:.1f} of {12 * bought.term_years} months"
            if bought.break_even_months is not None
            else ""
        )
        upfront = f", {shown.money(bought.upfront_usd)} upfront" if bought.upfront_usd else ""
        yield (
            f"Commit: {commitment_name(bought)}, ${bought.hourly_commitment_usd:.3f} an hour{upfront}: saves "
            f"{shown.money(bought.monthly_savings_usd)} a month ({INCLUDED}), "
            f"{format_share(bought.utilization_share)} used{even}"
        )
        yield f"  {futures_text(bought, shown.step_usd)}"
    yield nothing_bought(plan, shown.step_usd)
    yield from owned_lines(plan, shown.step_usd)
    yield from filter(None, (lattice_text(plan, shown.step_usd),))
    if plan.operations_monthly_usd is not None:
        yield (
            f"Operations: about {shown.money(plan.operations_monthly_usd)} a month of people's time, in the proof's sum and "
            "in no other figure above"
        )


def _remarks(plan: Plan) -> Iterator[str]:
    if plan.assumptions:
        yield "Assumed: " + "; ".join(plan.assumptions)
    for warning in plan.warnings:
        yield f"warning: {warning}"
    yield from (f"Note: {note}" for note in plan.notes[:NOTES])
    if len(plan.notes) > NOTES:
        yield f"Note: … and {len(plan.notes) - NOTES} more (advisor recommend --format md)"


def _folk(plan: Plan) -> Iterator[str]:
    if plan.folk_rules:
        yield "Rules of thumb against this plan:"
        yield from (f"  {folk_line(rule, NAMED)}" for rule in plan.folk_rules)


def _left_out(plan: Plan) -> Iterator[str]:
    reasons = not_advised(plan)
    if not reasons:
        return
    total = sum(number for _, number in reasons)
    yield f"{counted(total, 'workload')} not advised (advisor explain --rejected):"
    yield from (f"  {number} × {reason}" for reason, number in reasons[:REASONS])
    if len(reasons) > REASONS:
        yield f"  {sum(n for _, n in reasons[REASONS:])} × other reasons"


def _next(plan: Plan) -> Iterator[str]:
    if not plan.recommendations:
        yield "Nothing to do: no change saves enough."
        return
    efforts = Counter(r.implementation_effort for r in plan.recommendations)
    by_effort = ", ".join(f"{efforts[e]} of {words} effort" for e, words in EFFORTS.items() if efforts[e])
    placed = {p.workload_id for p in plan.placements}
    first = next((r.resource_id for r in plan.recommendations if r.resource_id in placed), None)
    explain = f" · advisor explain {shlex.quote(first)}" if first else ""
    last = ", commitments last" if plan.commitments else ""
    yield f"{counted(len(plan.recommendations), 'action')}, easiest first{last}: {by_effort}"
    yield f"Next: advisor recommend … -o plan.md{explain}"
