"""What is billed, held against what the model says."""

from __future__ import annotations

from dataclasses import dataclass


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
