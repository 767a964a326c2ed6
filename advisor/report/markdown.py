"""The plan as Markdown, whole: for tickets, pull requests and wikis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from advisor.model import INCLUDED, Plan, commitment_name
from advisor.report.bill import bill_lines
from advisor.report.folk import folk_line
from advisor.report.sentences import (
    CHANGE,
    lattice_text,
    nothing_bought,
    owned_lines,
    packed_text,
    price_dates,
    proof,
)
from advisor.report.text import safe
from advisor.report.view import ESTIMATED, View, not_advised, title, view
from advisor.report.words import (
    EFFORTS,
    action_name,
    counted,
    saving_name,
)
from advisor.terms import place_name
from advisor.units import format_share, format_usd

SPECIAL = frozenset("\\`*_[]{}|~$")
"""Characters that Markdown could read as more than text, wherever they stand."""
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;"}
"""HTML and mentions."""
OPENS_BLOCK = re.compile(r"^(#|[-+=]|\d+[.)])")
LINKS = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)")
RIGHT = "--:"


def escaped(text: object) -> str:
    """Return text that Markdown shows as it is: no markup, no HTML, no link, no mention, no hidden characters."""
    shown = "".join(ENTITIES.get(c) or (f"\\{c}" if c in SPECIAL else c) for c in safe(text))
    shown = LINKS.sub(lambda m: f"\\{m[0]}", shown)
    opening = OPENS_BLOCK.match(shown)
    return f"{shown[: opening.end() - 1]}\\{shown[opening.end() - 1 :]}" if opening else shown


def markdown(plan: Plan) -> str:
    """Return the plan with every placement, action, pool, commitment and rejection."""
    shown = view(plan)
    parts = [
        f"# {escaped(title(plan))}",
        _summary(plan, shown),
        *_section("Workloads", _workloads(shown, packed_text(plan, shown.step_usd))),
        *_section("What to do", _actions(plan)),
        *_section("Commitments", _commitments(plan, shown.step_usd)),
        *_section("Capacity providers", [*_pools(plan), *_interchangeable(plan)]),
        *_section("Bill", _bill(plan, shown.step_usd)),
        *_section("Not advised", [f"- {number} × {escaped(reason)}" for reason, number in not_advised(plan)]),
        *_section("Rules of thumb", [f"- {escaped(folk_line(rule))}" for rule in plan.folk_rules]),
        *_section("Assumptions, warnings and notes", _remarks(plan)),
        *_section("How this was made", _made(plan)),
    ]
    return "\n\n".join(parts) + "\n"


def _section(heading: str, lines: Sequence[str] | Iterator[str]) -> list[str]:
    found = list(lines)
    return [f"## {heading}", "\n".join(found)] if found else []


def _summary(plan: Plan, shown: View) -> str:
    fleet = shown.fleet
    changed = f", {fleet.moved} ({fleet.share})" if fleet.share else ""
    span = f"; the saving is {fleet.span} since some prices are estimated" if fleet.span else ""
    today = fleet.today.removeprefix("today ")
    step = shown.step_usd
    more = [*owned_lines(plan, step), lattice_text(plan, step), price_dates(plan)]
    remarks = "".join(f"\n\n{escaped(text)}." for text in more if text)
    return f"Today {today} a month, plan {fleet.monthly} a month{changed}{span}.\n\n{'. '.join(proof(plan, step))}.{remarks}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _grid(headings: Sequence[str], right: Sequence[int], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    rule = _row([RIGHT if i in right else "---" for i in range(len(headings))])
    return [_row(headings), rule, *(_row(row) for row in rows)]


def _workloads(shown: View, packed: str) -> list[str]:
    rows, unused, fleet = shown.rows, shown.unused, shown.fleet
    headings = ("Workload", "Class", "Today", "Advised", "Monthly", "Saves", "%", "Range of savings")
    cells = [
        (
            escaped(r.workload),
            r.workload_class,
            escaped(r.today),
            escaped(f"{r.advised}, {r.size}" if r.size else r.advised),
            r.monthly.replace("<", ENTITIES["<"]),
            r.moved.replace("<", ENTITIES["<"]),
            r.share,
            r.span,
        )
        for r in [*rows, *([unused] if unused else [])]
    ]
    last = (
        "**Fleet**",
        "",
        fleet.today,
        fleet.advised,
        f"**{fleet.monthly}**",
        f"**{fleet.moved}**",
        fleet.share,
        fleet.span,
    )
    lines = _grid(headings, (4, 5, 6, 7), [*cells, last])
    marks = [
        f"\\{ESTIMATED} rests on a price that is estimated." if any(r.span for r in [*rows, fleet]) else "",
        f"{packed}." if packed else "",
    ]
    found = [m for m in marks if m]
    return [*lines, "", "  \n".join(found)] if found else lines


def _actions(plan: Plan) -> Iterator[str]:
    places = {p.workload_id: p for p in plan.placements}
    workloads = {w["workload_id"]: w for w in plan.workloads.iter_rows(named=True)}
    for todo in plan.recommendations:
        place, workload = places.get(todo.resource_id), workloads.get(todo.resource_id)
        owner = f" · for {escaped(todo.owner)}" if todo.owner else ""
        effort = EFFORTS.get(todo.implementation_effort, todo.implementation_effort)
        back = "" if todo.rollback_possible else " · cannot be undone"
        yield (
            f"{todo.rank}. **{escaped(todo.resource_id)}**: {action_name(todo, place, workload)}, "
            f"{saving_name(todo, place, workload)} · {effort} effort{back} · "
            f"confidence {format_share(todo.confidence)}{owner}  "
        )
        yield f"   {escaped(todo.current_summary)} → {escaped(todo.recommended_summary)}"
        yield from (f"   - {escaped(step)}" for step in todo.steps)


def _commitments(plan: Plan, step_usd: Decimal) -> list[str]:
    rows = [
        (
            escaped(commitment_name(c)),
            f"${c.hourly_commitment_usd:.3f}",
            format_usd(c.upfront_usd, 2),
            format_usd(c.monthly_savings_usd, 2),
            format_usd(c.monthly_savings_if_demand_falls_usd, 2),
            format_usd(c.monthly_savings_if_demand_grows_usd, 2),
            format_usd(-c.monthly_loss_if_moved_away_usd, 2),
            format_share(c.utilization_share),
            "" if c.break_even_months is None else f"{c.break_even_months:.1f}",
        )
        for c in plan.commitments
    ]
    headings = (
        "Buy",
        "USD an hour",
        "Upfront",
        "Saves a month",
        f"if demand falls {CHANGE}",
        f"if it grows {CHANGE}",
        "if it moves away",
        "Used",
        "Paid for after months",
    )
    nothing = f"{nothing_bought(plan, step_usd)}."
    lines = _grid(headings, tuple(range(1, len(headings))), rows)
    return [*lines, "", f"Their savings are {INCLUDED}. {nothing}"] if lines else [nothing]


def _pools(plan: Plan) -> list[str]:
    rows = [
        (
            escaped(p.pool_id),
            escaped(p.cluster),
            place_name(p.launch_type, p.capacity_option, p.cpu_architecture),
            escaped(", ".join(p.instance_types)),
            f"{p.min_instances}–{p.max_instances}"
            if p.min_instances < p.max_instances
            else str(p.max_instances),
            f"{p.mean_instances:.2f}",
            f"{format_share(p.utilization_share[0])} / {format_share(p.utilization_share[1])}",
            format_usd(p.monthly_cost_usd, 2),
            str(len(p.workload_ids)),
        )
        for p in plan.pools
    ]
    headings = (
        "Pool",
        "Cluster",
        "Kind",
        "Instance types",
        "Instances",
        "Mean",
        "vCPU / memory used by tasks",
        "Monthly",
        "Workloads",
    )
    return _grid(headings, (4, 5, 6, 7, 8), rows)


def _bill(plan: Plan, step_usd: Decimal) -> list[str]:
    found = plan.reconciliation
    if found is None:
        return []
    rows = [
        (
            escaped(r.usage_type),
            escaped(r.region),
            escaped(r.standing),
            format_usd(r.model_monthly_usd, 2),
            format_usd(r.billed_monthly_usd, 2),
            format_usd(r.billed_monthly_usd - r.model_monthly_usd, 2),
        )
        for r in found.rows
    ]
    headings = ("Usage type", "Region", "Standing", "Model", "Billed", "Billed more")
    told = [f"- {escaped(line.strip())}" for line in bill_lines(found, step_usd)]
    return [*told, "", *_grid(headings, (3, 4, 5), rows)]


def _interchangeable(plan: Plan) -> Iterator[str]:
    pools = [p for p in plan.pools if p.interchangeable_types]
    if pools:
        yield from ("", "What a Spot pool should be free to start for each of its types, cheapest first:", "")
    for pool in pools:
        for own, types in sorted(pool.interchangeable_types.items()):
            yield f"- {escaped(pool.pool_id)}, for {escaped(own)}: {escaped(', '.join(types))}"


def _remarks(plan: Plan) -> Iterator[str]:
    yield from (f"- Assumed: {escaped(text)}" for text in plan.assumptions)
    yield from (f"- Warning: {escaped(text)}" for text in plan.warnings)
    yield from (f"- {escaped(text)}" for text in plan.notes)
    if plan.operations_monthly_usd is not None:
        yield (
            f"- People's time, about {format_usd(plan.operations_monthly_usd)} a month, is in the proof's sum and in no other "
            "figure above"
        )


def _made(plan: Plan) -> Iterator[str]:
    yield f"- {counted(plan.rows_read, 'row')} read, {plan.rows_rejected:,} left out; {plan.window_start} to {plan.window_end}"
    checks = sum(verdict == "ok" for verdict in plan.audit.values())
    yield f"- {checks} of {len(plan.audit)} audit checks passed"
    yield f"- catalog `{plan.catalog_digest}`, settings `{plan.config_digest}`, inputs `{plan.inputs_digest}`"
