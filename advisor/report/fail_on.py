"""Thresholds such as `savings>500`: what a pipeline stops at. One figure, one comparison, one number; nothing else is read."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from advisor.errors import ConfigError
from advisor.model import Plan

FIGURES: Mapping[str, str] = {
    "cost": "USD a month of the plan",
    "today": "USD a month of today",
    "savings": "USD a month that the plan saves",
    "savings_share": "the same as a share of today",
    "gap_share": "how far the plan may be above the cheapest possible one",
    "bound": "USD a month that no plan costs less than",
    "actions": "recommendations",
    "rejected": "workloads that were not advised",
    "holes": "APIs of accounts that could not be read whole",
    "change": "USD a month that today costs more than at the last report of the schedule",
    "change_share": "the same as a share of then",
}
"""Name → what it is. Holes are known of accounts, the last two after another report: what is unknown stops nothing."""
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
THRESHOLD = re.compile(r"([a-z_]+) *(>=|<=|>|<) *\$?(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)(%?)")


@dataclass(frozen=True)
class Threshold:
    """`savings>500`; `text` is as it was written."""

    text: str
    figure: str
    comparison: str
    number: float

    def is_hit(self, figures: Mapping[str, float]) -> bool:
        """Return whether the figures are beyond it; a figure that is not known never is."""
        value = figures.get(self.figure)
        return value is not None and COMPARISONS[self.comparison](value, self.number)


def threshold(text: str) -> Threshold:
    """Return a threshold from its text: `savings>500`, `savings_share >= 20%`.

    Raises:
        ConfigError: it is none.
    """
    read = THRESHOLD.fullmatch(text.strip())
    if read is None:
        raise ConfigError(
            f"{text[:60]!r} is no threshold: write FIGURE>NUMBER, as savings>500 or gap_share>=10%"
        )
    figure, comparison, number, percent = read.groups()
    if figure not in FIGURES:
        guess = get_close_matches(figure, FIGURES, n=1, cutoff=0.6)
        told = f'did you mean "{guess[0]}"?' if guess else f"there are {', '.join(FIGURES)}"
        raise ConfigError(f"{text!r}: no such figure; {told}")
    return Threshold(text.strip(), figure, comparison, float(number) / (100 if percent else 1))


def figures_of(plan: Plan, earlier: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the figures that thresholds may be set on.

    Args:
        earlier: those of the last report; null where there is none.
    """
    today, cost = plan.baseline_monthly_cost_usd, plan.monthly_cost_usd
    found = {
        "cost": cost,
        "today": today,
        "savings": today - cost,
        "savings_share": (today - cost) / today if today else 0.0,
        "gap_share": plan.gap_share,
        "bound": plan.lower_bound_monthly_usd,
        "actions": float(len(plan.recommendations)),
        "rejected": float(len({r.workload_id for r in plan.rejections if not r.option})),
    }
    then = (earlier or {}).get("today")
    if then is not None:
        found["change"] = today - then
        if then:
            found["change_share"] = (today - then) / then
    return {name: value for name, value in found.items() if math.isfinite(value)}


def hit(thresholds: Sequence[Threshold], figures: Mapping[str, float]) -> tuple[Threshold, ...]:
    """Return the thresholds that the figures are beyond."""
    return tuple(t for t in thresholds if t.is_hit(figures))
