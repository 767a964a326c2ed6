"""How much of a workload's past is known, and whether that is enough to advise on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from advisor.config import ProfilePolicy
from advisor.units import SECONDS_PER_DAY
from advisor.workload.run_shape import Runs


@dataclass(frozen=True)
class History:
    """Span in days, and the measured share of it."""

    days: float
    coverage_share: float


def history(load: Mapping[str, Any] | None, runs: Runs | None) -> History | None:
    """Return the history of a workload, null when there is none.

    Args:
        load: the shape of its load, as `core.usage_features` returns it.
        runs: its runs; a log of runs has no gaps.
    """
    spans = [load["span_s"] / SECONDS_PER_DAY] if load is not None else []
    if runs is not None:
        spans.extend([runs.span_s / SECONDS_PER_DAY] if runs.span_s is not None else [])
        return History(max(spans), 1.0) if spans else None
    if load is None:
        return None
    return History(spans[0], min(1.0, load["covered_s"] / load["span_s"]))


def withheld(past: History | None, policy: ProfilePolicy) -> str | None:
    """Return why nothing can be advised, in words; null when something can."""
    if past is None:
        return "no usage in the window"
    if past.days < policy.min_days:
        return f"short history: {past.days:.1f} days, {policy.min_days:g} are asked for (profile.min_days)"
    if past.coverage_share < policy.min_coverage_share:
        return (
            f"gappy history: {past.coverage_share:.0%} of the time is measured, "
            f"{policy.min_coverage_share:.0%} is asked for (profile.min_coverage_share)"
        )
    return None
