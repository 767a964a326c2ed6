"""What the plan says about four rules of thumb, a line each."""

from __future__ import annotations

from advisor.model import FolkRule
from advisor.report.words import counted
from advisor.units import format_usd


def folk_line(rule: FolkRule) -> str:
    """Return `small or bursty → Fargate: held by 9, contradicted by 2 ($31 a month dearer: search, api)`."""
    if not rule.holds + rule.fails:
        return f"{rule.rule}: speaks of no workload here"
    held = f"held by {counted(rule.holds, 'workload')}"
    if not rule.fails:
        return f"{rule.rule}: {held}, contradicted by none"
    extra = sum(example["costs_more_usd"] for example in rule.counter_examples)
    names = [str(example["workload_id"]) for example in rule.counter_examples]
    shown = ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
    return f"{rule.rule}: {held}, contradicted by {rule.fails} (would cost {format_usd(extra)} a month more: {shown})"
