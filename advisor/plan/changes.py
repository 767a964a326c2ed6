"""What changed from one run of a source to the next: workloads, advice with its reason, money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.history import AdviceChange, RunDiff
from advisor.model import Placement, Plan, Recommendation
from advisor.terms import Change, place_name
from advisor.units import format_share, short_size

MOVED_DEMAND = 0.1
"""Tasks that are a tenth more or fewer are a reason; a week is never quite like the one before."""


def changes(before: Plan, after: Plan) -> RunDiff:
    """Return what changed between two runs; their windows, prices and settings may differ.

    Args:
        before: the earlier run.
        after: the later one.
    """
    was, now = ({r.resource_id: r for r in plan.recommendations} for plan in (before, after))
    there, here = (set(plan.workloads["workload_id"].to_list()) for plan in (before, after))
    why = _Reasons(before, after)
    advice = [
        _changed(name, was.get(name), now.get(name), why.of(name))
        for name in sorted(was.keys() | now.keys())
        if _said(was.get(name)) != _said(now.get(name))
    ]
    advice.sort(
        key=lambda c: (-abs((c.savings_after_usd or 0.0) - (c.savings_before_usd or 0.0)), c.resource_id)
    )
    return RunDiff(
        name=after.name,
        window_before=(before.window_start, before.window_end),
        window_after=(after.window_start, after.window_end),
        baseline_before_usd=before.baseline_monthly_cost_usd,
        baseline_after_usd=after.baseline_monthly_cost_usd,
        cost_before_usd=before.monthly_cost_usd,
        cost_after_usd=after.monthly_cost_usd,
        bound_before_usd=before.lower_bound_monthly_usd,
        bound_after_usd=after.lower_bound_monthly_usd,
        workloads_new=tuple(sorted(here - there)),
        workloads_gone=tuple(sorted(there - here)),
        advice=tuple(advice),
        unchanged_count=len(was.keys() & now.keys()) - sum(c.change == Change.CHANGED for c in advice),
        catalog_changed=before.catalog_digest != after.catalog_digest,
        settings_changed=before.config_digest != after.config_digest,
    )


def _said(r: Recommendation | None) -> str | None:
    return None if r is None else r.recommended_summary


def _changed(name: str, was: Recommendation | None, now: Recommendation | None, reason: str) -> AdviceChange:
    change = Change.ADDED if was is None else Change.REMOVED if now is None else Change.CHANGED
    saves = [None if r is None else r.estimated_monthly_savings_usd for r in (was, now)]
    return AdviceChange(name, change, _said(was), _said(now), saves[0], saves[1], reason)


class _Reasons:
    """Why a workload's advice is another one, as far as two runs tell; the first that applies."""

    def __init__(self, before: Plan, after: Plan) -> None:
        self._plans = before, after
        self._profiles = [
            {p["workload_id"]: p for p in plan.profiles.iter_rows(named=True)} for plan in self._plans
        ]
        self._facts = [
            {w["workload_id"]: w for w in plan.workloads.iter_rows(named=True)} for plan in self._plans
        ]
        self._places = [{p.workload_id: p for p in plan.placements} for plan in self._plans]

    def of(self, name: str) -> str:
        """Return the reason in words."""
        return next(self._found(name))

    def _found(self, name: str) -> Iterator[str]:
        before, after = self._plans
        was, now = (facts.get(name) for facts in self._facts)
        if was is None and now is not None:
            yield "the workload is new"
        if now is None and was is not None:
            yield "the workload is gone"
        if was is not None and now is not None:
            yield from self._done(name, now)
            yield from _moved(was, now)
            yield from self._sized(name)
        if before.config_digest != after.config_digest:
            yield "the settings changed"
        if before.catalog_digest != after.catalog_digest:
            yield f"prices changed ({before.catalog_as_of} → {after.catalog_as_of})"
        yield "what it shares instances or commitments with changed"

    def _done(self, name: str, now: Mapping[str, Any]) -> Iterator[str]:
        place = self._places[0].get(name)
        if place is not None and is_as_advised(place, now):
            yield "it was done: the workload runs as was advised"

    def _sized(self, name: str) -> Iterator[str]:
        was, now = (profiles.get(name) for profiles in self._profiles)
        if was is None or now is None:
            return
        sizes = [(p["right_vcpu"], p["right_memory_mib"]) for p in (was, now)]
        if sizes[0] != sizes[1] and None not in (*sizes[0], *sizes[1]):
            yield f"it needs another size: {short_size(*sizes[0])} → {short_size(*sizes[1])}"
        tasks = was["tasks_mean"], now["tasks_mean"]
        if all(tasks) and abs(tasks[1] / tasks[0] - 1.0) > MOVED_DEMAND:
            more = tasks[1] / tasks[0] - 1.0
            yield f"it runs {format_share(abs(more))} {'more' if more > 0 else 'fewer'} tasks"
        if was["workload_class"] != now["workload_class"]:
            yield f"it is {now['workload_class'] or 'without load'} now, {was['workload_class'] or 'without load'} before"


def _moved(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    keys = ("launch_type", "capacity_option", "cpu_architecture")
    if [was[k] for k in keys] != [now[k] for k in keys]:
        one, other = (
            place_name(
                w["launch_type"] or "?",
                w["capacity_option"] or "ON_DEMAND",
                w["cpu_architecture"] or "X86_64",
            )
            for w in (was, now)
        )
        yield f"it was moved meanwhile: {one} → {other}"
    sizes = [(w["task_vcpu"], w["task_memory_mib"]) for w in (was, now)]
    if sizes[0] != sizes[1] and None not in (*sizes[0], *sizes[1]):
        yield f"its tasks were resized meanwhile: {short_size(*sizes[0])} → {short_size(*sizes[1])}"


def is_as_advised(place: Placement, facts: Mapping[str, Any]) -> bool:
    """Return whether a workload now runs where and as big as was advised."""
    return (
        facts["launch_type"] == place.launch_type
        and (facts["capacity_option"] or "ON_DEMAND") == place.capacity_option
        and (facts["cpu_architecture"] or "X86_64") == place.cpu_architecture
        and facts["task_vcpu"] is not None
        and abs(facts["task_vcpu"] - place.task_vcpu) < 1 / 1024
        and abs((facts["task_memory_mib"] or 0.0) - place.task_memory_mib) < 1.0
    )
