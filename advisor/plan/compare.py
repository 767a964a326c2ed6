"""Two plans for the same usage side by side: what moves, what is bought instead, and what is proven of the difference."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.errors import InputError
from advisor.model import Comparison, Moved, Placement, Plan, commitment_name
from advisor.plan.proven import Proven, change_interval, price_interval, proven
from advisor.terms import Change, Effect, place_name
from advisor.units import short_size


def compare(
    before: Plan,
    after: Plan,
    settings_changed: Mapping[str, tuple[str, str]] | None = None,
    effect: Effect = Effect.CHANGES,
) -> Comparison:
    """Return what becomes of a plan under other settings.

    Args:
        before: the plan under the settings as they are.
        after: the plan under the others, for the same usage and prices.
        settings_changed: dotted key → (old value, new value), as text; repeated in the report.
        effect: what the other settings do to the plans that are lawful, where that is known.

    Raises:
        InputError: the plans are for different usage, or at the prices of different catalogs.
    """
    for what in ("inputs", "catalog"):
        if getattr(before, f"{what}_digest") != getattr(after, f"{what}_digest"):
            raise InputError(
                f"the two plans are not made from the same {what}",
                hint="plan the same usage with the same catalog twice, under different settings",
            )
    one, two = proven(before), proven(after)
    low, high = _interval(one, two, effect) if one.workload_ids == two.workload_ids else (None, None)
    moved = _moved(before, after)
    return Comparison(
        name=after.name,
        regions=after.regions,
        catalog_as_of=after.catalog_as_of,
        cost_before_usd=one.cost_usd,
        cost_after_usd=two.cost_usd,
        people_before_usd=before.operations_monthly_usd,
        people_after_usd=after.operations_monthly_usd,
        bound_before_usd=one.bound_usd,
        bound_after_usd=two.bound_usd,
        baseline_before_usd=before.baseline_monthly_cost_usd,
        baseline_after_usd=after.baseline_monthly_cost_usd,
        low_usd=low,
        high_usd=high,
        moved=moved,
        unchanged_count=len(one.workload_ids | two.workload_ids) - len(moved),
        commitments_before=_commitments(before),
        commitments_after=_commitments(after),
        settings_changed=dict(settings_changed or {}),
        assumptions=after.assumptions,
        config_digest_before=before.config_digest,
        config_digest_after=after.config_digest,
        inputs_digest=after.inputs_digest,
    )


def _interval(before: Proven, after: Proven, effect: Effect) -> tuple[float, float]:
    """Return between what the cheapest plan costs more under the other settings; none is cheaper where less is lawful."""
    if effect is Effect.RESTRICTS:
        return price_interval(after, before)
    if effect is Effect.RELAXES:
        low, high = price_interval(before, after)
        return -high, -low
    return change_interval(before, after)


def _moved(before: Plan, after: Plan) -> tuple[Moved, ...]:
    """Return the workloads that are not treated alike, those that move most dollars first."""
    was = {p.workload_id: p for p in before.placements}
    now = {p.workload_id: p for p in after.placements}
    refused = [{r.workload_id: r.reason for r in plan.rejections if not r.option} for plan in (before, after)]
    found = [
        _changed(was[name], now[name])
        for name in was.keys() & now.keys()
        if _where(was[name]) != _where(now[name])
    ]
    found += [_lone(now[name], Change.ADDED, refused[0]) for name in now.keys() - was.keys()]
    found += [_lone(was[name], Change.REMOVED, refused[1]) for name in was.keys() - now.keys()]
    return tuple(sorted(found, key=lambda m: (-abs(_difference(m)), m.workload_id)))


def _difference(moved: Moved) -> float:
    return (moved.monthly_cost_after_usd or 0.0) - (moved.monthly_cost_before_usd or 0.0)


def _where(place: Placement) -> tuple[object, ...]:
    """Return all that makes two placements the same; a share of the cost moves with the neighbours and does not count."""
    return (
        *(place.launch_type, place.capacity_option, place.cpu_architecture, place.pool_id),
        *(place.task_vcpu, place.task_memory_mib),
    )


def _changed(was: Placement, now: Placement) -> Moved:
    # as short as still tells the two apart
    said = next((s for s in (_short, _exact, _pooled) if s(was) != s(now)), _pooled)
    return Moved(
        was.workload_id, Change.CHANGED, said(was), said(now), was.monthly_cost_usd, now.monthly_cost_usd
    )


def _lone(place: Placement, change: Change, refused: Mapping[str, str]) -> Moved:
    """Return a workload that only one plan has, with the other plan's reason."""
    words, usd, reason = _short(place), place.monthly_cost_usd, refused.get(place.workload_id, "")
    if change is Change.ADDED:
        return Moved(place.workload_id, change, None, words, None, usd, reason)
    return Moved(place.workload_id, change, words, None, usd, None, reason)


def _place(place: Placement) -> str:
    return place_name(place.launch_type, place.capacity_option, place.cpu_architecture)


def _short(place: Placement) -> str:
    return f"{_place(place)}, {short_size(place.task_vcpu, place.task_memory_mib)}"


def _exact(place: Placement) -> str:
    return f"{_place(place)}, {place.task_vcpu:.12g} vCPU/{place.task_memory_mib:.12g} MiB"


def _pooled(place: Placement) -> str:
    pool = f" in {place.pool_id}" if place.pool_id else ""
    return f"{_place(place)}{pool}, {short_size(place.task_vcpu, place.task_memory_mib)}"


def _commitments(plan: Plan) -> tuple[tuple[str, float], ...]:
    return tuple((commitment_name(c), c.hourly_commitment_usd) for c in plan.commitments)
