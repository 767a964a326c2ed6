"""What to change, what it saves, and whether a folk rule holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INCLUDED = "included in the workloads' savings above"
"""What a commitment saves is part of what its workloads save: adding both would count it twice."""


@dataclass(frozen=True)
class Recommendation:
    """One thing to do; field names follow Cost Optimization Hub."""

    rank: int
    action_type: str
    resource_id: str
    current_summary: str
    recommended_summary: str
    estimated_monthly_savings_usd: float
    estimated_monthly_savings_low_usd: float
    estimated_monthly_savings_high_usd: float
    implementation_effort: str
    restart_needed: bool
    rollback_possible: bool
    lookback_days: float
    confidence: float
    owner: str | None
    evidence: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class FolkRule:
    """One rule of thumb held against the plan, with the workloads that contradict it."""

    rule: str
    holds: int
    fails: int
    counter_examples: tuple[dict[str, Any], ...]
