"""What all sections of a report share: the plan's rows by name, owners, printed totals, what happened meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from advisor.history import RunDiff, Saving
from advisor.model import Placement, Plan, Recommendation
from advisor.report.pages.cells import grained, parts
from advisor.report.view import CENTS_BELOW_USD, view
from advisor.report.words import PURCHASES
from advisor.units import format_usd

NO_OWNER = "no owner"
OWNER_TAG = "team"
"""The tag that names an owner unless the settings say otherwise."""


@dataclass(frozen=True, eq=False)
class Facts:
    """A plan and what is known beside it, as sections read it.

    Attributes:
        diff: what changed since the last report; null without one.
        savings: the ledger; empty without one.
    """

    plan: Plan
    diff: RunDiff | None = None
    savings: tuple[Saving, ...] = ()

    @cached_property
    def step(self) -> Decimal:
        """The grain of printed money: whole dollars, cents for fleets that cost next to nothing."""
        return Decimal(1) if self.plan.baseline_monthly_cost_usd >= CENTS_BELOW_USD else Decimal("0.01")

    @property
    def digits(self) -> int:
        """Decimals of printed money."""
        return 0 if self.step == 1 else 2

    @cached_property
    def today(self) -> Decimal:
        """Today's cost a month as printed."""
        return grained(self.plan.baseline_monthly_cost_usd, self.step)

    @cached_property
    def planned(self) -> Decimal:
        """The plan's cost a month as printed."""
        return grained(self.plan.monthly_cost_usd, self.step)

    @property
    def saves(self) -> Decimal:
        """What the plan saves a month: the difference of the two as printed, so that it adds up on paper."""
        return self.today - self.planned

    @cached_property
    def costs(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Workload → its cost today and in the plan, as printed; last, under the empty name, what is nobody's."""
        names = [p.workload_id for p in self.plan.placements]
        was = [p.baseline_monthly_cost_usd for p in self.plan.placements]
        now = [p.monthly_cost_usd for p in self.plan.placements]
        was.append(self.plan.baseline_monthly_cost_usd - sum(was))
        now.append(self.plan.monthly_cost_usd - sum(now))
        printed = zip(parts(was, self.today, self.step), parts(now, self.planned, self.step), strict=True)
        return dict(zip([*names, ""], printed, strict=True))

    @cached_property
    def workloads(self) -> dict[str, Mapping[str, Any]]:
        """Workload → its row of the workloads table."""
        return {w["workload_id"]: w for w in self.plan.workloads.iter_rows(named=True)}

    @cached_property
    def places(self) -> dict[str, Placement]:
        """Workload → where it goes."""
        return {p.workload_id: p for p in self.plan.placements}

    @cached_property
    def owners(self) -> dict[str, str]:
        """Workload → its owner by the tag; without one, `NO_OWNER`."""
        tag = str(self.plan.settings.get("plan.owner_tag", OWNER_TAG))
        known = self.plan.settings.get("plan.owners", {})
        names = known if isinstance(known, Mapping) else {}
        owners = {name: _tagged(w["tags"], tag) for name, w in self.workloads.items()}
        owners = {name: str(names.get(owner, owner)) for name, owner in owners.items()}
        told = {r.resource_id: r.owner for r in self.plan.recommendations if r.owner}
        return {name: told.get(name) or owner for name, owner in owners.items()}

    @cached_property
    def changes(self) -> tuple[Recommendation, ...]:
        """Recommendations for workloads, the largest saving first."""
        todo = [r for r in self.plan.recommendations if r.action_type not in PURCHASES]
        return tuple(sorted(todo, key=lambda r: (-r.estimated_monthly_savings_usd, r.rank)))

    @cached_property
    def saved(self) -> dict[str, Decimal]:
        """Recommended change → what it saves as printed; last, under the empty name, what changes by itself."""
        told = [r.estimated_monthly_savings_usd for r in self.changes]
        rest = self.plan.baseline_monthly_cost_usd - self.plan.monthly_cost_usd - sum(told)
        names = [*(r.resource_id for r in self.changes), ""]
        return dict(zip(names, parts([*told, rest], self.saves, self.step), strict=True))

    @property
    def purchases(self) -> tuple[Recommendation, ...]:
        """Recommendations to buy, in their order."""
        return tuple(r for r in self.plan.recommendations if r.action_type in PURCHASES)

    @cached_property
    def stages(self) -> dict[str, Saving]:
        """What is known of a recommendation from the ledger."""
        return {s.resource_id: s for s in self.savings}

    def money(self, amount_usd: float | Decimal) -> str:
        """Return money in the printed grain."""
        return format_usd(amount_usd, self.digits)

    @property
    def doubt(self) -> str:
        """Return `$3,188 to $3,245`, what the plan saves as far as prices are estimated; empty where none is."""
        return view(self.plan, 0).fleet.span

    @property
    def span(self) -> str:
        """Return the days of usage, `2026-06-15 to 2026-07-19`."""
        return f"{self.plan.window_start[:10]} to {self.plan.window_end[:10]}"

    @property
    def monthly(self) -> str:
        """Return the unit of money, for captions."""
        return f"US dollars a month (730 hours), usage {self.span}, prices as of {self.plan.catalog_as_of}"


def _tagged(tags: str | None, tag: str) -> str:
    try:
        value = json.loads(tags).get(tag) if tags else None
    except (ValueError, AttributeError):
        return NO_OWNER
    return NO_OWNER if value in (None, "") else str(value)
