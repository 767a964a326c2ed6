"""The plan as a table for a terminal, 80 to 120 cells wide, legible without colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from advisor.model import Plan
from advisor.report.folk import folk_line
from advisor.report.text import columns, cut, safe, wrap
from advisor.report.view import ESTIMATED, PACKED, Row, View, bound_text, not_advised, view
from advisor.report.words import EFFORTS, commitment_name, counted
from advisor.units import format_share

TOP = 20
"""Rows shown unless all are asked for: what fits on a screen with its headings."""
REASONS = 4
NOTES = 8
SPAN_FROM = 110
"""Width from which the range of a saving has a column of its own."""
HEADINGS = Row("Workload", "Class", "Today", "Advised", "Monthly", "Saves", "", "Range of savings")
GAPS = (2, 2, 2, 2, 2, 1, 2)


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
        _marks(plan),
        _ahead(plan, shown),
        _remarks(plan),
        _folk(plan),
        _left_out(plan),
        _next(plan),
    ):
        found = [line for text in block for line in wrap(f" {safe(text)}", width, "   ")]
        lines += ["", *found] if found else []
    return "\n".join(lines) + "\n"


def _grid(shown: View, width: int, boxes: bool) -> list[str]:
    rows = [
        HEADINGS,
        *shown.rows,
        *([shown.unused] if shown.unused else []),
        *([shown.more] if shown.more else []),
    ]
    spans = width >= SPAN_FROM and any(r.span for r in rows[1:])
    cells = [_cells(row, spans) for row in [*rows, shown.fleet]]
    right = [False, False, False, False, True, True, True, True][: len(cells[0])]
    widest = [max(len(c[i]) for c in cells) for i in range(4, len(cells[0]))]
    room = width - 1 - sum(widest) - sum(GAPS[: len(cells[0]) - 1]) - 7
    texts = columns(cells, right, [*_shared_room(cells, room), *widest])
    grid = [f" {line}" for line in texts]
    rule = " " + ("─" if boxes else "-") * (max(len(line) for line in grid) - 1)
    return [grid[0], *grid[1:-1], rule, grid[-1]]


def _shared_room(cells: list[tuple[str, ...]], room: int) -> list[int]:
    """Return the widths of workload, class, today and advised: what they need, cut where all do not fit."""
    need = [max(len(c[i]) for c in cells) for i in (0, 2, 3)]
    least = [14, 12, 14]
    while sum(need) > room and any(n > floor for n, floor in zip(need, least, strict=True)):
        i = max(range(3), key=lambda i: need[i] - least[i])
        need[i] -= 1
    return [need[0], 6, need[1], need[2]]


def _cells(row: Row, spans: bool) -> tuple[str, ...]:
    texts = (row.workload, row.workload_class, row.today, row.advised, row.monthly, row.moved, row.share)
    return tuple(safe(text) for text in ((*texts, row.span) if spans else texts))


def _proof(plan: Plan, shown: View, width: int) -> list[str]:
    return wrap(f" {bound_text(plan, shown.step_usd)}", width, "   ")


def _marks(plan: Plan) -> Iterator[str]:
    if any(p.estimated_price for p in plan.placements):
        low, high = (plan.baseline_monthly_cost_usd - x for x in reversed(plan.price_range_usd))
        shown = view(plan, 0)
        yield (
            f"{ESTIMATED} rests on a price that is estimated: the fleet saves "
            f"{shown.money(low)} to {shown.money(high)} a month"
        )
    if any(p.baseline_is_estimate for p in plan.placements):
        yield f"{PACKED} today's cost is our estimate: the input does not say which instances run there"


def _ahead(plan: Plan, shown: View) -> Iterator[str]:
    for bought in plan.commitments:
        even = (
            f", even after {bought.break_even_months:.1f} months"
            if bought.break_even_months is not None
            else ""
        )
        upfront = f", {shown.money(bought.upfront_usd)} upfront" if bought.upfront_usd else ""
        yield (
            f"Commit: {commitment_name(bought)}, ${bought.hourly_commitment_usd:.3f} an hour{upfront}: saves "
            f"{shown.money(bought.monthly_savings_usd)} a month of the above, "
            f"{format_share(bought.utilization_share)} used{even}"
        )
    if plan.existing_commitments_monthly_usd:
        yield f"Already committed to: {shown.money(plan.existing_commitments_monthly_usd)} a month lie unused in this plan"
    if plan.operations_monthly_usd is not None:
        yield f"Operations: about {shown.money(plan.operations_monthly_usd)} a month of people's time, not in the above"


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
        yield from (f"  {folk_line(rule)}" for rule in plan.folk_rules)


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
    explain = f" · advisor explain {first}" if first else ""
    yield f"{counted(len(plan.recommendations), 'action')}, easiest first: {by_effort}"
    yield f"Next: advisor recommend … -o plan.md{explain}"
