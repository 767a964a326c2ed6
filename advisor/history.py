"""Nouns of what happens over time: runs that were kept, what changed between two, decisions and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What somebody decided of a recommendation."""

    ACCEPT = "accept"
    SNOOZE = "snooze"
    DISMISS = "dismiss"
    DONE = "done"
    REOPEN = "reopen"


class Stage(StrEnum):
    """How far a saving has come."""

    IDENTIFIED = "identified"
    ACCEPTED = "accepted"
    DONE = "done"
    SEEN = "seen"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Run:
    """A run document that was kept.

    Attributes:
        run_id: the first digits of the document's sha256: the same bytes are the same run.
        kept_at: UTC.
        name: what the source is called.
    """

    run_id: str
    kept_at: datetime
    name: str
    window_start: str
    window_end: str
    monthly_cost_usd: float
    baseline_monthly_cost_usd: float
    lower_bound_monthly_usd: float
    advisor_version: str


@dataclass(frozen=True)
class Decision:
    """What a person decided of the recommendation for a workload or a commitment.

    Attributes:
        resource_id: as in `Recommendation`.
        until: the last day of a snooze; null otherwise.
    """

    made_at: datetime
    name: str
    resource_id: str
    verdict: Verdict
    reason: str
    person: str
    until: date | None = None


@dataclass(frozen=True)
class AdviceChange:
    """A workload or commitment that is not advised as it was.

    Attributes:
        change: `terms.Change`.
        before, after: the advice in words; null where there was or is none.
        savings_before_usd, savings_after_usd: what it saves a month.
        reason: what brought it about, as far as the two runs tell.
    """

    resource_id: str
    change: str
    before: str | None
    after: str | None
    savings_before_usd: float | None
    savings_after_usd: float | None
    reason: str


@dataclass(frozen=True)
class RunDiff:
    """What changed between two runs of one source; money is a month's.

    Attributes:
        workloads_new, workloads_gone: ids.
        advice: changes, those that move most dollars first.
        unchanged_count: recommendations that stand as they were.
        catalog_changed, settings_changed: other prices, other policy.
    """

    name: str
    window_before: tuple[str, str]
    window_after: tuple[str, str]
    baseline_before_usd: float
    baseline_after_usd: float
    cost_before_usd: float
    cost_after_usd: float
    bound_before_usd: float
    bound_after_usd: float
    workloads_new: tuple[str, ...]
    workloads_gone: tuple[str, ...]
    advice: tuple[AdviceChange, ...]
    unchanged_count: int
    catalog_changed: bool
    settings_changed: bool


@dataclass(frozen=True)
class Saving:
    """One line of the ledger: a saving from the day it was found.

    Attributes:
        since: window end of the run that first told it.
        identified_usd: what the newest run that tells it says it saves a month.
        realised_usd: by how much less the workload costs a month today than when the saving was found; null until done.
        reason, person: of the last decision; empty without.
        until: the last day of a snooze.
    """

    resource_id: str
    stage: Stage
    summary: str
    since: str
    identified_usd: float
    realised_usd: float | None = None
    reason: str = ""
    person: str = ""
    until: date | None = None
