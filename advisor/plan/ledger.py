"""From found to seen: every saving that runs of a source told, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from advisor.history import Decision, Saving, Stage, Verdict
from advisor.model import Placement, Plan, Recommendation
from advisor.plan.changes import is_as_advised

DECIDED = {
    Verdict.ACCEPT: Stage.ACCEPTED,
    Verdict.SNOOZE: Stage.SNOOZED,
    Verdict.DISMISS: Stage.DISMISSED,
    Verdict.DONE: Stage.DONE,
}
SEEN_SHARE = 0.5
"""A saving is seen in what is paid when today's cost fell by half of what was told, or more: demand moves as well."""


def ledger(runs: Sequence[Plan], decisions: Sequence[Decision], today: date) -> tuple[Saving, ...]:
    """Return the savings of all runs, the largest first.

    A saving begins with the run that first told it. It is done when the workload runs as was advised, or somebody says so, and
    seen when what it costs today fell with it; one that is told no more, and was not done, has lapsed.

    Args:
        runs: of one source, the newest last.
        decisions: of the same, the newest last.
        today: for the end of snoozes.
    """
    if not runs:
        return ()
    newest = runs[-1]
    last = {d.resource_id: d for d in decisions}
    first: dict[str, tuple[Plan, Recommendation]] = {}
    told: dict[str, tuple[Plan, Recommendation]] = {}
    for plan in runs:
        for r in plan.recommendations:
            first.setdefault(r.resource_id, (plan, r))
            told[r.resource_id] = (plan, r)
    now = {p.workload_id: p for p in newest.placements}
    facts = {w["workload_id"]: w for w in newest.workloads.iter_rows(named=True)}
    open_now = {r.resource_id for r in newest.recommendations}
    rows = [
        _saving(
            name,
            first[name][0],
            *told[name],
            last.get(name),
            today,
            now.get(name),
            facts.get(name),
            name in open_now,
        )
        for name in told
    ]
    return tuple(sorted(rows, key=lambda s: (-s.identified_usd, s.resource_id)))


def _saving(
    name: str,
    began: Plan,
    plan: Plan,
    told: Recommendation,
    decision: Decision | None,
    today: date,
    now: Placement | None,
    facts: Mapping[str, object] | None,
    is_open: bool,
) -> Saving:
    stage = _decided(decision, today)
    advised = next((p for p in plan.placements if p.workload_id == name), None)
    is_done = not is_open and advised is not None and facts is not None and is_as_advised(advised, facts)
    if is_done:
        stage = Stage.DONE
    elif not is_open and stage in (Stage.IDENTIFIED, Stage.ACCEPTED, Stage.SNOOZED):
        stage = Stage.LAPSED
    realised = None
    if stage is Stage.DONE and advised is not None and now is not None:
        realised = advised.baseline_monthly_cost_usd - now.baseline_monthly_cost_usd
        if realised >= SEEN_SHARE * told.estimated_monthly_savings_usd:
            stage = Stage.SEEN
    return Saving(
        name,
        stage,
        told.recommended_summary,
        began.window_end,
        told.estimated_monthly_savings_usd,
        realised,
        decision.reason if decision else "",
        decision.person if decision else "",
        decision.until if decision and stage is Stage.SNOOZED else None,
    )


def _decided(decision: Decision | None, today: date) -> Stage:
    if decision is None or decision.verdict is Verdict.REOPEN:
        return Stage.IDENTIFIED
    if decision.verdict is Verdict.SNOOZE and decision.until is not None and decision.until < today:
        return Stage.IDENTIFIED
    return DECIDED[decision.verdict]
