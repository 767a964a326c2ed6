"""Why a workload was advised what it was: class, every way with its cost, size, steps; and what was not advised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import polars as pl

from advisor.errors import InputError
from advisor.model import Placement, Plan, commitment_name
from advisor.report.margin import at_the_margin
from advisor.report.sentences import futures_text
from advisor.report.text import cut, safe, wrap
from advisor.report.view import ESTIMATED, PACKED, title
from advisor.report.ways import committed_grid, ruled_out, ways_by_cost
from advisor.report.words import (
    EFFORTS,
    action_name,
    advised_name,
    class_name,
    counted,
    pool_size,
    reaches,
    saving_name,
    size_name,
    today_name,
)
from advisor.units import SECONDS_PER_HOUR, format_share, format_usd

Row = Mapping[str, Any]
CENT = Decimal("0.01")
HALF_A_CENT = 0.005
FEWER_TASKS = 0.98
"""Share of today's mean task count from which on fewer tasks are no change: hours and samples are counted apart."""


def find_workload(plan: Plan, name: str) -> Row:
    """Return the workload's row of the plan, by id or by a name that only one has.

    Raises:
        InputError: there is none, with the closest names.
    """
    rows = list(plan.workloads.iter_rows(named=True))
    found = [r for r in rows if r["workload_id"] == name] or [r for r in rows if r["name"] == name]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(r["workload_id"] for r in found[:5])
        raise InputError(
            f'{len(found)} workloads are named "{safe(name)}"', hint=f"use the id: {safe(several)}"
        )
    ids = [r["workload_id"] for r in rows]
    lowered = {i.lower(): i for i in ids}
    close = [lowered[c] for c in get_close_matches(name.lower(), list(lowered), n=3, cutoff=0.5)]
    close += [i for i in ids if name.lower() in i.lower() and i not in close][: 3 - len(close)]
    hint = (
        f"did you mean {' or '.join(safe(c) for c in close)}?"
        if close
        else f"the plan has {', '.join(ids[:5])} …"
    )
    raise InputError(f'no workload "{safe(name)}" in this plan', hint=hint)


def explain(plan: Plan, name: str, *, width: int = 100) -> str:
    """Return everything the plan knows of one workload.

    Raises:
        InputError: no such workload.
    """
    workload_id = find_workload(plan, name)["workload_id"]
    outcomes = plan.outcomes.filter(pl.col("workload_id") == workload_id)
    lines = [cut(f"{safe(workload_id)} · {safe(title(plan))}", width)]
    *before, after = told(plan, workload_id)
    for heading, block in (
        *before,
        ("Every way to run it, by cost", ways_by_cost(outcomes, width)),
        ("The same with a commitment of its own", committed_grid(outcomes, width)),
        ("Ruled out", ruled_out(outcomes, width)),
        after,
    ):
        found = [line for text in block for line in wrap(f"  {text}", width)]
        lines += ["", heading, *found] if found else []
    return "\n".join(lines) + "\n"


def told(plan: Plan, name: str) -> list[tuple[str, list[str]]]:
    """Return what is said of a workload beside its ways: heading and lines; what to do comes last.

    Raises:
        InputError: no such workload.
    """
    workload = find_workload(plan, name)
    workload_id = workload["workload_id"]
    place = next((p for p in plan.placements if p.workload_id == workload_id), None)
    mine = plan.profiles.filter(pl.col("workload_id") == workload_id)
    profile: Row = next(mine.iter_rows(named=True), {})
    return [
        ("What it is", list(_class(workload, profile, plan))),
        ("Advice", list(_advice(plan, workload, place, profile))),
        ("Size", list(_size(workload, place, profile))),
        ("What to do", list(_steps(plan, workload, place))),
    ]


def explain_rejected(plan: Plan, *, width: int = 100) -> str:
    """Return what was not advised, by reason."""
    by_reason: dict[str, list[str]] = {}
    for rejection in plan.rejections:
        if not rejection.option:
            by_reason.setdefault(rejection.reason, []).append(rejection.workload_id)
    if not by_reason:
        return f"{cut(safe(title(plan)), width)}\n\nEvery workload is advised.\n"
    total = sum(len(ids) for ids in by_reason.values())
    lines = [cut(safe(title(plan)), width), "", f"{counted(total, 'workload')} not advised"]
    for reason, ids in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += ["", *wrap(f"  {len(ids)} × {safe(reason)}", width)]
        lines += wrap("    " + ", ".join(safe(i) for i in ids), width, 0)
    return "\n".join(lines) + "\n"


def _class(workload: Row, profile: Row, plan: Plan) -> Iterator[str]:
    places = [workload[k] for k in ("kind", "cluster", "region", "account_id") if workload[k]]
    yield safe(" · ".join(str(p) for p in places)) or "nothing is said of its cluster or region"
    if profile.get("workload_class"):
        sure = format_share(profile["class_confidence"] or 0.0)
        yield f"{class_name(profile['workload_class'])}, {sure} sure: {safe(profile['class_evidence'] or '')}"
    if profile.get("days") is not None:
        covered = format_share(profile["coverage_share"] or 0.0)
        yield f"{profile['days']:.3g} days of history, {covered} of the time measured"
    if profile.get("tasks_mean") is not None:
        yield f"{profile['tasks_mean']:.3g} tasks on average, {profile['tasks_max']:.4g} at most"
    for rejection in plan.rejections:
        if rejection.workload_id == workload["workload_id"] and not rejection.option:
            yield f"Not advised: {safe(rejection.reason)} ({rejection.bottleneck})"


def _advice(plan: Plan, workload: Row, place: Placement | None, profile: Row) -> Iterator[str]:
    if place is None:
        yield "none"
        return
    estimate = f" {PACKED} our estimate" if place.baseline_is_estimate else ""
    now = size_name(workload["task_vcpu"], workload["task_memory_mib"])
    yield f"today  {today_name(workload)}, {now}: {_usd(place.baseline_monthly_cost_usd)} a month{estimate}"
    pool = next((p for p in plan.pools if p.pool_id == place.pool_id), None)
    where = (
        "unchanged"
        if place.unchanged
        else f"{advised_name(place)}, {size_name(place.task_vcpu, place.task_memory_mib)}"
    )
    mark = f" {ESTIMATED}" if place.estimated_price else ""
    yield f"plan   {where}:{mark} {_usd(place.monthly_cost_usd)} a month"
    saved = place.baseline_monthly_cost_usd - place.monthly_cost_usd
    span = ""
    if place.estimated_price:
        low, high = place.savings_range_usd
        if _usd(low) != _usd(high):
            span = f", {_usd(low)} to {_usd(high)} as a price is estimated"
    share = saved / place.baseline_monthly_cost_usd if place.baseline_monthly_cost_usd else 0.0
    if saved < 0:
        yield f"costs  {_usd(-saved)} more a month ({format_share(-share)}{span})"
    else:
        yield f"saves  {_usd(saved)} a month ({format_share(share)}{span})"
    yield from _fewer_tasks(plan, profile)
    if pool is not None:
        types = ", ".join(pool.instance_types)
        yield (
            f"in pool {safe(pool.pool_id)}: {types}; {pool_size(pool)}, shared by {counted(len(pool.workload_ids), 'workload')}, "
            f"{format_share(pool.utilization_share[0])} of its vCPU and "
            f"{format_share(pool.utilization_share[1])} of its memory used by tasks"
        )
    yield from _lattice(plan, place)
    yield from at_the_margin(place, pool, workload)
    reaching = [c for c in plan.commitments if reaches(c, place, pool, workload)]
    if reaching:
        yield "commitments that can reach it:"
        yield from (f"  {commitment_name(c)}. {futures_text(c, CENT)}" for c in reaching)


def _lattice(plan: Plan, place: Placement) -> Iterator[str]:
    """Say what rounding up to a Fargate task size costs this workload, when it costs a cent."""
    chosen = plan.outcomes.filter((pl.col("workload_id") == place.workload_id) & pl.col("chosen"))
    waste = float(chosen["lattice_waste_monthly_usd"].sum() or 0.0)
    if waste >= HALF_A_CENT:
        yield f"rounding up to a Fargate task size costs {_usd(waste)} a month of it"


def _fewer_tasks(plan: Plan, profile: Row) -> Iterator[str]:
    """Say how the number of tasks falls, where the plan runs fewer of them."""
    demand = plan.usage_hourly.filter(pl.col("workload") == profile.get("workload", -1))
    if not len(demand) or not profile.get("tasks_mean") or not plan.hours:
        return
    mean = float(demand["task_seconds"].sum()) / SECONDS_PER_HOUR / plan.hours
    most = int(demand["tasks_peak"].cast(pl.Float64).max() or 0.0)  # type: ignore[arg-type]
    if mean < FEWER_TASKS * profile["tasks_mean"] or most < profile["tasks_max"]:
        yield (
            f"tasks  {profile['tasks_mean']:.1f} → {mean:.1f} on average, "
            f"{profile['tasks_max']:.4g} → {most} at most"
        )


def _size(workload: Row, place: Placement | None, profile: Row) -> Iterator[str]:
    now = size_name(workload["task_vcpu"], workload["task_memory_mib"])
    if place is not None:
        after = size_name(place.task_vcpu, place.task_memory_mib)
        yield f"{now} stays" if now == after else f"{now} becomes {after}"
    if profile.get("size_reason"):
        yield safe(profile["size_reason"])
    if profile.get("right_vcpu") is not None and profile.get("right_memory_mib") is not None:
        right = size_name(profile["right_vcpu"], profile["right_memory_mib"])
        yield f"right size before rounding to a Fargate size: {right} ({(profile['finding'] or '').lower().replace('_', '-')})"


def _steps(plan: Plan, workload: Row, place: Placement | None) -> Iterator[str]:
    mine = [r for r in plan.recommendations if r.resource_id == workload["workload_id"]]
    refused = any(r.workload_id == workload["workload_id"] and not r.option for r in plan.rejections)
    if place is not None and not place.unchanged and not mine and not refused:
        yield "not worth a change: it would save less a month than plan.min_savings_usd asks for"
    for todo in mine:
        owner = f", for {safe(todo.owner)}" if todo.owner else ""
        effort = EFFORTS.get(todo.implementation_effort, todo.implementation_effort)
        back = "can be undone" if todo.rollback_possible else "cannot be undone"
        cost = f" {saving_name(todo, place, workload)};" if todo.estimated_monthly_savings_usd < 0 else ""
        yield (
            f"{action_name(todo, place, workload)}:{cost} {effort} effort, {back}, "
            f"confidence {format_share(todo.confidence)}{owner}"
        )
        yield from (f"{n}. {safe(step)}" for n, step in enumerate(todo.steps, 1))


def _usd(amount_usd: float | None) -> str:
    return "no price" if amount_usd is None else format_usd(amount_usd, 2)
