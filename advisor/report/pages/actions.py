"""What to do: each change with its owner, dollars, effort, risk and confidence, adding up to what the plan saves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from advisor.history import Stage
from advisor.model import Recommendation
from advisor.report.pages.cells import added
from advisor.report.pages.facts import NO_OWNER, Facts
from advisor.report.pages.page import Cell, Column, Table, Unit
from advisor.report.words import EFFORTS, action_name, advised_name, counted
from advisor.terms import CapacityOption
from advisor.units import MINUS, format_usd

SETTLED = frozenset({Stage.DONE, Stage.SEEN, Stage.DISMISSED, Stage.SNOOZED})
"""Stages that ask nothing more of anybody now."""
UNSURE = 0.5
"""Confidence below which a change is a risk by itself."""
RISKS = (
    "Risk is high where a change cannot be undone or we are less than half sure of it, medium where Spot may stop the tasks "
    "or the image must be built for ARM, else low. Effort is by the hours it usually takes; confidence is how sure the "
    "workload's kind, size and today's cost are, from 0 to 100%."
)
ITSELF = "what changes by itself"
COLUMNS = (
    Column("#", Unit.COUNT),
    Column("Workload"),
    Column("Saves", Unit.USD),
    Column("Change"),
    Column("Owner"),
    Column("Effort"),
    Column("Risk"),
    Column("Sure", Unit.SHARE),
)


def risk(facts: Facts, todo: Recommendation) -> str:
    """Return how a change could go wrong, `medium: Spot may stop it`."""
    place = facts.places.get(todo.resource_id)
    workload = facts.workloads.get(todo.resource_id)
    if not todo.rollback_possible:
        return "high: cannot be undone"
    if todo.confidence < UNSURE:
        return "high: little is known"
    if place is None or workload is None:
        return "low"
    if place.capacity_option == CapacityOption.SPOT and workload["capacity_option"] != CapacityOption.SPOT:
        return "medium: Spot may stop it"
    if place.cpu_architecture != (workload["cpu_architecture"] or place.cpu_architecture):
        return "medium: needs an ARM image"
    return "low"


def evidence_key(facts: Facts, todo: Recommendation) -> str:
    """Return the key of the section that holds a change's evidence."""
    return f"evidence-{todo.rank}"


def open_changes(facts: Facts) -> tuple[Recommendation, ...]:
    """Return changes that somebody still has to do, the largest saving first."""
    return tuple(
        r
        for r in facts.changes
        if facts.stages.get(r.resource_id) is None or facts.stages[r.resource_id].stage not in SETTLED
    )


def actions(facts: Facts, most: int | None = None, *, linked: bool = False) -> Table:
    """Return what to do, largest saving first; rows add up to what the plan saves.

    Args:
        most: rows shown; the others are added up in one, and stay in `whole`.
        linked: rows lead to their evidence.
    """
    rows = [_row(facts, number, todo) for number, todo in enumerate(facts.changes, 1)]
    last = [_sum(ITSELF, facts.saved[""])] if facts.saved[""] else []
    shown = rows if most is None or len(rows) <= most + 1 else rows[:most]
    more = rows[len(shown) :]
    rest = added([facts.saved[r.resource_id] for r in facts.changes[len(shown) :]])
    left = [_sum(f"{len(more):,} more changes", rest)] if more else []
    targets = [evidence_key(facts, r) for r in facts.changes[: len(shown)]] if linked else []
    return Table(
        "actions",
        f"Changes, the largest saving first. {facts.monthly}",
        COLUMNS,
        (*shown, *left, *last),
        (None, "All", facts.saves, "", "", "", "", None),
        tuple(targets),
        (*rows, *last) if more else (),
        _note(facts, bool(last)),
    )


def _note(facts: Facts, itself: bool) -> str:
    words = [RISKS]
    if facts.purchases:
        words.append("What commitments save is in these savings: they pay for the workloads as planned.")
    if itself:
        words.append(
            "What changes by itself: shares of instances that others leave, and commitments that nothing uses."
        )
    if any(_is_ranged(r) for r in facts.changes):
        words.append("A range stands where a price is estimated.")
    return " ".join(words)


def _row(facts: Facts, number: int, todo: Recommendation) -> tuple[Cell, ...]:
    return (
        number,
        todo.resource_id,
        facts.saved[todo.resource_id],
        change_words(facts, todo),
        todo.owner or facts.owners.get(todo.resource_id, NO_OWNER),
        EFFORTS.get(todo.implementation_effort, todo.implementation_effort),
        risk(facts, todo),
        todo.confidence,
    )


def change_words(facts: Facts, todo: Recommendation) -> str:
    """Return `move to ARM: EC2 pool core-arm ARM64, 1 vCPU / 1.25 GiB`, with the range of an uncertain saving."""
    name = action_name(todo, facts.places.get(todo.resource_id), facts.workloads.get(todo.resource_id))
    span = ""
    if _is_ranged(todo):
        low, high = todo.estimated_monthly_savings_low_usd, todo.estimated_monthly_savings_high_usd
        span = f" (saves {_signed(low, facts.digits)} to {_signed(high, facts.digits)})"
    how = f"{name} to" if name == "move" else f"{name}:"
    return f"{how} {todo.recommended_summary}{span}"


def _is_ranged(todo: Recommendation) -> bool:
    return todo.estimated_monthly_savings_high_usd - todo.estimated_monthly_savings_low_usd >= 1.0


def _signed(usd: float, digits: int) -> str:
    return format_usd(usd, digits).replace("-", MINUS)


def _sum(name: str, usd: Decimal) -> tuple[Cell, ...]:
    return (None, name, usd, "", "", "", "", None)


def brief_actions(facts: Facts, todo: Sequence[Recommendation]) -> Table:
    """Return a few changes for somebody in a hurry; the rows add up to what the plan saves."""
    rows: list[tuple[Cell, ...]] = [
        (
            r.resource_id,
            facts.saved[r.resource_id],
            short_change(facts, r),
            r.owner or facts.owners.get(r.resource_id, NO_OWNER),
            risk(facts, r),
        )
        for r in todo
    ]
    others = len(facts.changes) - len(todo)
    rest = facts.saves - added([facts.saved[r.resource_id] for r in todo])
    if others or rest:
        rows.append((f"{counted(others, 'more change')}" if others else ITSELF, rest, "", "", ""))
    return Table(
        "largest_changes",
        f"What the largest changes save. {facts.monthly}",
        (Column("Workload"), Column("Saves", Unit.USD), Column("Change"), Column("Owner"), Column("Risk")),
        tuple(rows),
        ("All", facts.saves, "", "", ""),
    )


def short_change(facts: Facts, todo: Recommendation) -> str:
    """Return `move to EC2 Spot ARM`, `right-size` and the like."""
    place = facts.places.get(todo.resource_id)
    name = action_name(todo, place, facts.workloads.get(todo.resource_id))
    return f"{name} to {advised_name(place)}" if name == "move" and place is not None else name
