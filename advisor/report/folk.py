"""What the plan says about four rules of thumb, a line each."""

from __future__ import annotations

from advisor.model import FolkRule
from advisor.report.words import counted
from advisor.units import format_usd

NAMED = 2
"""Workloads named where there is little room: the two that the rule would cost most."""


def folk_line(rule: FolkRule, most: int | None = None) -> str:
    """Return `small or bursty → Fargate: held by 9 workloads, contradicted by 2 (… $31 a month more: search $20, api $11)`.

    Args:
        most: workloads that are named, all of them when null.
    """
    if not rule.holds + rule.fails:
        return f"{rule.rule}: speaks of no workload here"
    held = f"held by {counted(rule.holds, 'workload')}"
    if not rule.fails:
        return f"{rule.rule}: {held}, contradicted by none"
    extra = sum(example["costs_more_usd"] for example in rule.counter_examples)
    named = [f"{e['workload_id']} {_usd(e['costs_more_usd'])}" for e in rule.counter_examples]
    shown = ", ".join(named[:most])
    if most is not None and len(named) > most:
        shown += f" and {len(named) - most} more"
    return (
        f"{rule.rule}: {held}, contradicted by {rule.fails} (would cost {_usd(extra)} a month more: {shown})"
    )


def _usd(amount_usd: float) -> str:
    return "<$1" if 0 < amount_usd < 0.5 else format_usd(amount_usd)
