"""The plan, and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from advisor.model.advice import FolkRule, Recommendation
from advisor.model.bill import Reconciliation
from advisor.model.commitment import Commitment
from advisor.model.placement import Placement, Pool, Rejection
from advisor.model.usage import Usage

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Origin:
    """What a plan was made from, while it is in the same process: to draw usage beside advice, and to ask what if.

    Attributes:
        catalog: the `Catalog`.
        config: the `Config`.
    """

    usage: Usage
    catalog: Any
    config: Any


@dataclass(frozen=True)
class Plan:
    """The answer, with enough in it to be explained, drawn and checked without its inputs.

    Attributes:
        outcomes: one row per workload × option, `plan.outcome_table.OUTCOMES` names the columns.
        profiles: `schema.PROFILES`.
        workloads: `schema.WORKLOADS`.
        uncommitted_monthly_cost_usd: what the same plan would cost with no commitment bought: doing nothing.
        fleet_hours: pool × hour × instance type × count × capacity option.
        usage_hourly: workload × hour demand, `schema.DEMAND`.
        cost_lines: the bill of the plan by meter: pool or workload, item, quantity, price with date, USD.
        baseline_lines: the same for today.
        certificate: the bound's proof as data.
        audit: name of each check → "ok" or what is wrong.
        reconciliation: today's cost held against the bill; null where no bill was given.
        hosts: `schema.HOSTS`: which instance holds which tasks in a few hours; null in documents of older versions.
        covered_hours: `schema.COVERED_HOURS`: which commitment pays for what; null in documents of older versions.
        settings: dotted key → value of every setting that was not at its default.
        advised: workload → the way that an earlier run advised, where one was given; null where none was.
        origin: what it was made from; null for one read from a document. No document holds it.
    """

    name: str
    as_of: date
    regions: tuple[str, ...]
    lookback_days: float
    hours: int
    window_start: str
    window_end: str
    placements: tuple[Placement, ...]
    pools: tuple[Pool, ...]
    commitments: tuple[Commitment, ...]
    recommendations: tuple[Recommendation, ...]
    rejections: tuple[Rejection, ...]
    folk_rules: tuple[FolkRule, ...]
    monthly_cost_usd: float
    uncommitted_monthly_cost_usd: float
    baseline_monthly_cost_usd: float
    lower_bound_monthly_usd: float
    gap_share: float
    existing_commitments_monthly_usd: float
    operations_monthly_usd: float | None
    lattice_waste_monthly_usd: float
    price_range_usd: tuple[float, float]
    outcomes: pl.DataFrame
    profiles: pl.DataFrame
    workloads: pl.DataFrame
    fleet_hours: pl.DataFrame
    usage_hourly: pl.DataFrame
    cost_lines: pl.DataFrame
    baseline_lines: pl.DataFrame
    certificate: dict[str, Any]
    audit: dict[str, str]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    rows_read: int
    rows_rejected: int
    catalog_as_of: str
    catalog_digest: str
    config_digest: str
    inputs_digest: str
    reconciliation: Reconciliation | None = None
    hosts: pl.DataFrame | None = None
    covered_hours: pl.DataFrame | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    advised: dict[str, str] | None = None
    origin: Origin | None = field(default=None, repr=False, compare=False)
