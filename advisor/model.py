"""The nouns: few things are dataclasses, many things are columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from advisor.terms import CommitmentKind, PaymentOption

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Usage:
    """What was read, checked and put into our own units.

    Attributes:
        name: what the source is called in outputs (`shop`).
        workloads: `schema.WORKLOADS`, sorted by `workload_id`; the row number is the key `workload` elsewhere.
        usage: `schema.USAGE` with `workload` (UInt32) instead of `workload_id`, sorted by workload and start.
        runs: `schema.RUNS` with `workload` instead of `workload_id`, sorted; may be empty.
        instances: `schema.INSTANCES`, sorted; may be empty.
        commitments: `schema.COMMITMENTS`; may be empty.
        bill: `schema.BILL`, sorted; null where none was given.
        assumptions: what the user asked us to assume, repeated in every output.
        notes: what the reader decided or changed (delimiter guessed, duplicates merged), in words.
        rows_read, rows_rejected: rows in = rows kept + rows rejected, always.
        conflicts: duplicate points that disagreed.
        digest: sha256 of the inputs in canonical form.
    """

    name: str
    workloads: pl.DataFrame
    usage: pl.DataFrame
    runs: pl.DataFrame
    instances: pl.DataFrame
    commitments: pl.DataFrame
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rows_read: int = 0
    rows_rejected: int = 0
    conflicts: int = 0
    digest: str = ""
    bill: pl.DataFrame | None = None

    @property
    def window_end(self) -> datetime | None:
        """Start of the newest interval, null when there is none."""
        newest = self.usage["start"].max()
        return newest if isinstance(newest, datetime) else None


@dataclass(frozen=True)
class Profiles:
    """What each workload is.

    Attributes:
        table: `schema.PROFILES`.
        demand: `schema.DEMAND` at the right sizes.
        observed: `schema.DEMAND` as it was.
    """

    table: pl.DataFrame
    demand: pl.DataFrame
    observed: pl.DataFrame


@dataclass(frozen=True)
class Rejection:
    """A "no" with its reason: for one option of a workload, or for the whole workload (`option` empty).

    Attributes:
        workload_id: the workload.
        option: `FARGATE SPOT ARM64` and the like; empty when nothing can be advised at all.
        reason: one sentence for people.
        bottleneck: `terms.Bottleneck`.
        context: figures behind the reason.
    """

    workload_id: str
    option: str
    reason: str
    bottleneck: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Placement:
    """Where a workload goes; money is a month (730 h) of the covered window's mean hour.

    Attributes:
        monthly_cost_usd: its share of the plan: instances are split as AWS does, a vCPU weighs nine GB; the shares add
            up to the plan less commitments that nothing uses.
        marginal_monthly_cost_usd: what the cheapest plan would save at the most if it went away; its own bill where it
            shares no instance. These do not add up to the plan.
        baseline_doubt_usd: how far today's cost may be off because its prices are estimates.
        one_more_task_monthly_usd: about what one more task in every hour of a month would add.
        dearest_hour: when room on its instances costs most (ISO 8601); null where it costs much the same always.
        dearest_hour_usd: one task's room in that hour.
    """

    workload_id: str
    launch_type: str
    capacity_option: str
    cpu_architecture: str
    pool_id: str | None
    task_vcpu: float
    task_memory_mib: float
    spot_share: float
    monthly_cost_usd: float
    marginal_monthly_cost_usd: float | None
    baseline_monthly_cost_usd: float
    baseline_is_estimate: bool
    estimated_price: bool
    monthly_cost_low_usd: float
    monthly_cost_high_usd: float
    unchanged: bool
    baseline_doubt_usd: float = 0.0
    one_more_task_monthly_usd: float | None = None
    dearest_hour: str | None = None
    dearest_hour_usd: float | None = None

    @property
    def savings_range_usd(self) -> tuple[float, float]:
        """Least and most that it saves, as far as estimated prices on both sides go."""
        saves = self.baseline_monthly_cost_usd
        return (
            saves - self.monthly_cost_high_usd - self.baseline_doubt_usd,
            saves - self.monthly_cost_low_usd + self.baseline_doubt_usd,
        )

    def option(self) -> str:
        """Return its name in outputs, `FARGATE SPOT ARM64`."""
        return f"{self.launch_type} {self.capacity_option} {self.cpu_architecture}"


@dataclass(frozen=True)
class Pool:
    """An ECS capacity provider one can create.

    Attributes:
        utilization_share: (vCPU, memory) sold to tasks over registered, over the window.
        fluid_monthly_cost_usd: what its tasks would cost on its types if instances came in parts; null where today's
            instances are kept.
        interchangeable_types: of a Spot pool, each of its types → every type that holds the same tasks for little more,
            itself included, cheapest first: what the Auto Scaling group should be free to start instead.
    """

    pool_id: str
    account_id: str
    region: str
    cluster: str
    launch_type: str
    capacity_option: str
    cpu_architecture: str
    operating_system: str
    instance_types: tuple[str, ...]
    min_instances: int
    max_instances: int
    mean_instances: float
    monthly_cost_usd: float
    utilization_share: tuple[float, float]
    workload_ids: tuple[str, ...]
    fluid_monthly_cost_usd: float | None = None
    interchangeable_types: dict[str, tuple[str, ...]] = field(default_factory=dict)


DEMAND_CHANGE_TENTHS = 3
"""Regret is told for demand that falls or grows by three tenths: a lost customer or a right-sizing round, or a good year."""


@dataclass(frozen=True)
class Commitment:
    """A Savings Plan or reservation to buy, and what it does.

    Attributes:
        hourly_commitment_usd: Savings Plan dollars of a plan, the amortised fee of reservations.
        monthly_savings_usd: what the bill would be without it, all else kept, less what it is.
        monthly_savings_if_demand_falls_usd: the same with 30 % less in every hour of the usage that it can cover, which is
            billed anew, not packed anew; below zero it is a loss.
        monthly_savings_if_demand_grows_usd: with 30 % more.
        monthly_loss_if_moved_away_usd: with none of that usage left: all that is paid for it, for nothing.
        break_even_months: months of use that are worth the whole term's payments, upfront included.
    """

    kind: str
    scope: str
    region: str
    term_years: int
    payment_option: str
    hourly_commitment_usd: float
    count: int | None
    upfront_usd: float
    monthly_cost_usd: float
    monthly_savings_usd: float
    monthly_savings_if_demand_falls_usd: float
    monthly_savings_if_demand_grows_usd: float
    monthly_loss_if_moved_away_usd: float
    utilization_share: float
    break_even_months: float | None
    method: str


COMMITMENTS: dict[str, str] = {
    CommitmentKind.COMPUTE_SP: "Compute Savings Plan",
    CommitmentKind.EC2_INSTANCE_SP: "EC2 Instance Savings Plan",
    CommitmentKind.RI_STANDARD: "standard Reserved Instance",
    CommitmentKind.RI_CONVERTIBLE: "convertible Reserved Instance",
}
PAYMENTS = {
    PaymentOption.NO_UPFRONT: "no upfront",
    PaymentOption.PARTIAL_UPFRONT: "partial upfront",
    PaymentOption.ALL_UPFRONT: "all upfront",
}
INCLUDED = "included in the workloads' savings above"
"""What a commitment saves is part of what its workloads save: adding both would count it twice."""


def commitment_name(bought: Commitment) -> str:
    """Return `1-yr Compute Savings Plan, no upfront`."""
    scope = f" {bought.scope} {bought.region}" if bought.scope else ""
    count = f"{bought.count} × " if bought.count else ""
    payment = PAYMENTS.get(PaymentOption(bought.payment_option), bought.payment_option)
    return f"{count}{bought.term_years}-yr {COMMITMENTS.get(bought.kind, bought.kind)}{scope}, {payment}"


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


@dataclass(frozen=True)
class BillRow:
    """One usage type of a region in a reconciliation; money and quantities are a month's.

    Attributes:
        region: empty where the line is of the whole account.
        usage_type: as AWS spells it, without the region's prefix where we know its meter.
        standing: `terms.Standing`: whether the two sides ought to agree.
        model_quantity, billed_quantity: in the usage type's own unit; null where a side does not know it.
    """

    region: str
    usage_type: str
    standing: str
    model_monthly_usd: float
    billed_monthly_usd: float
    model_quantity: float | None = None
    billed_quantity: float | None = None


@dataclass(frozen=True)
class Residual:
    """Where the bill and the model's cost of today differ by more than the gate.

    Attributes:
        capacity: `FARGATE` or `EC2`, Managed Instances with it.
        share: what they differ by, as a part of the bill.
        usage_types: where most of it sits, largest first.
        clusters: of the workloads that run there today.
        workload_ids: these workloads; their recommendations are the less sure.
    """

    region: str
    capacity: str
    model_monthly_usd: float
    billed_monthly_usd: float
    share: float
    usage_types: tuple[str, ...]
    clusters: tuple[str, ...]
    workload_ids: tuple[str, ...]


@dataclass(frozen=True)
class Reconciliation:
    """The model's cost of today held against the bill, month (730 h) by month.

    Attributes:
        bill_start, bill_end: what the bill covers, ISO 8601.
        gate_share: from which difference on it is doubted.
        rows: every usage type of either side, largest difference first; they add up to both.
        residuals: capacity of regions beyond the gate.
        model_monthly_usd, billed_monthly_usd: of all rows.
        compared_model_usd, compared_billed_usd: of the rows that ought to agree.
    """

    bill_start: str
    bill_end: str
    gate_share: float
    rows: tuple[BillRow, ...]
    residuals: tuple[Residual, ...]
    model_monthly_usd: float
    billed_monthly_usd: float
    compared_model_usd: float
    compared_billed_usd: float


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


@dataclass(frozen=True)
class RulePrice:
    """What a rule of the policy costs a month, or would cost.

    Attributes:
        name: what it is asked for by.
        rule: the rule in words; the stricter of the two policies that are compared.
        effect: `terms.Effect`: whether the other policy is without the rule (relaxes) or with it (restricts).
        settings: dotted key → what the other policy has there.
        low_usd, high_usd: the true price lies between; null when the two cannot be compared.
        plans_differ_usd: how far the two plans that were found lie apart.
        other_cost_usd, other_bound_usd: of the plan under the other policy.
        reason: why there is no price.
    """

    name: str
    rule: str
    effect: str
    settings: dict[str, Any]
    low_usd: float | None = None
    high_usd: float | None = None
    plans_differ_usd: float | None = None
    other_cost_usd: float | None = None
    other_bound_usd: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class RulePrices:
    """A policy's plan, what each of its rules costs, and what its gap to the bound is made of.

    Attributes:
        cost_usd, bound_usd: a month of the plan and of the bound, people's time included where it is counted.
        gap_usd: words → dollars a month, indicatively; they add up to the gap.
    """

    name: str
    regions: tuple[str, ...]
    catalog_as_of: str
    cost_usd: float
    bound_usd: float
    rules: tuple[RulePrice, ...]
    gap_usd: dict[str, float]
    assumptions: tuple[str, ...]
    config_digest: str
    inputs_digest: str


@dataclass(frozen=True)
class Moved:
    """A workload that two plans treat differently; what is null, the plan does not have.

    Attributes:
        change: `terms.Change`.
        before, after: where each plan runs it and how big a task is, `EC2 ARM, 1 vCPU/2 GiB`.
        monthly_cost_before_usd, monthly_cost_after_usd: its share of each plan.
        reason: why one of the plans has no place for it.
    """

    workload_id: str
    change: str
    before: str | None
    after: str | None
    monthly_cost_before_usd: float | None
    monthly_cost_after_usd: float | None
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """What becomes of a plan under other settings: before is under the settings as they are, after under the others.

    Attributes:
        cost_before_usd, cost_after_usd: a month, people's time included where it is counted.
        people_before_usd, people_after_usd: people's time in these costs; null where it is not counted.
        bound_before_usd, bound_after_usd: what no plan under these settings costs less than, people's time included too.
        baseline_before_usd, baseline_after_usd: a month of today.
        low_usd, high_usd: what the cheapest plan costs more under the other settings lies between; null when the two plans
            are not of the same workloads.
        moved: workloads with another place or size, or in one plan only; most dollars first.
        unchanged_count: workloads with the same place and size in both plans.
        commitments_before, commitments_after: what is to be bought, in short words, and its dollars an hour.
        settings_changed: dotted key → (old value, new value), as text.
    """

    name: str
    regions: tuple[str, ...]
    catalog_as_of: str
    cost_before_usd: float
    cost_after_usd: float
    people_before_usd: float | None
    people_after_usd: float | None
    bound_before_usd: float
    bound_after_usd: float
    baseline_before_usd: float
    baseline_after_usd: float
    low_usd: float | None
    high_usd: float | None
    moved: tuple[Moved, ...]
    unchanged_count: int
    commitments_before: tuple[tuple[str, float], ...]
    commitments_after: tuple[tuple[str, float], ...]
    settings_changed: dict[str, tuple[str, str]]
    assumptions: tuple[str, ...]
    config_digest_before: str
    config_digest_after: str
    inputs_digest: str
