"""What would be saved without a workload, and what one more of its tasks costs, in the words of who pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from advisor.model import Placement, Pool
from advisor.terms import LaunchType, WorkloadKind
from advisor.units import HOURS_PER_MONTH, format_usd

CENTS_BELOW_USD = 10
"""Months that cost less are said in cents."""
NOTHING_USD = 0.01
CLEARLY = 1.05
"""How many times its share a saving is from which on it is said to be more."""
RUNS = (WorkloadKind.SCHEDULED, WorkloadKind.STANDALONE)


def at_the_margin(place: Placement, pool: Pool | None, workload: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line each on what moving the workload away saves, and on what one more task costs."""
    if pool is None and place.launch_type != LaunchType.FARGATE:
        return  # its pool is not known: nothing can be said of who shares it
    share, saves = place.monthly_cost_usd, place.marginal_monthly_cost_usd
    if saves is not None and share >= NOTHING_USD:
        yield _without_it(share, saves, pool)
    if place.one_more_task_monthly_usd is not None:
        yield _one_more(place, pool, workload)


def _without_it(share: float, saves: float, pool: Pool | None) -> str:
    if pool is None:
        return f"it shares no instance: moving it away would save its whole {format_usd(share, 2)} a month"
    if len(pool.workload_ids) == 1:
        return (
            f"it has its pool for itself: moving it away would save its whole {format_usd(share, 2)} a month"
        )
    split = f"its share of the plan is {format_usd(share, 2)} a month (AWS's split by vCPU and memory)"
    if saves < NOTHING_USD:
        return f"{split}; moving it away would save next to nothing: it uses room that others leave"
    more = ", more than its share: it takes up what is scarce there" if saves > CLEARLY * share else ""
    return f"{split}; moving it away would save up to about {_about(saves)}{more}"


def _one_more(place: Placement, pool: Pool | None, workload: Mapping[str, Any]) -> str:
    month = place.one_more_task_monthly_usd or 0.0
    if workload["kind"] in RUNS:
        return f"one more hour of a task costs about {format_usd(month / HOURS_PER_MONTH, 3)}"
    if pool is None:
        return f"one more task costs about {_about(month)} a month"
    if month < NOTHING_USD:
        return "one more task costs next to nothing: it fits into room that others leave"
    dearest = ""
    if place.dearest_hour is not None and place.dearest_hour_usd is not None:
        hour = datetime.fromisoformat(place.dearest_hour).astimezone(UTC)
        rate = _about(place.dearest_hour_usd * HOURS_PER_MONTH)
        dearest = f" ({rate} at the rate of {hour:%Y-%m-%d %H:%M} UTC, when room is dearest)"
    return (
        f"one more task costs about {_about(month)} a month on average{dearest}: nothing while instances have room, "
        "a whole instance when they are full"
    )


def _about(amount_usd: float) -> str:
    return format_usd(amount_usd, 2 if amount_usd < CENTS_BELOW_USD else 0)
