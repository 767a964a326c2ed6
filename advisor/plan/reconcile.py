"""The model's cost of today against the bill, usage type by usage type: what agrees, what does not, and where.

A bill knows no ECS: Fargate's lines are ECS's own, instances may be anybody's, disks and addresses are everybody's. Only what
ought to agree is compared; all the rest is listed with its dollars, so that the rows add up to both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from advisor.model import BillRow, Reconciliation, Residual
from advisor.plan.billed import Line, billed, plus
from advisor.plan.charges import Charge
from advisor.plan.usage_types import COMMITMENTS, REWORK, Payer, capacity, is_of_ecs, payer
from advisor.terms import LaunchType, Standing
from advisor.units import usd

LARGEST = 3
"""Usage types that are named as the seat of a residual."""
NO_USAGE = frozenset({"credit", "refund", "tax"})
"""Record types that are no price of usage."""

Key = tuple[str, str, Standing]
"""Region, usage type, standing."""


@dataclass(frozen=True)
class Sums:
    """Both sides of a row, exact; a month's."""

    model_pico: Fraction = Fraction(0)
    billed_pico: Fraction = Fraction(0)
    model_quantity: Fraction | None = None
    billed_quantity: Fraction | None = None

    @property
    def off_pico(self) -> Fraction:
        """What is billed beyond the model."""
        return self.billed_pico - self.model_pico


@dataclass(frozen=True)
class Runs:
    """Where a workload runs today.

    Attributes:
        capacity: `FARGATE` or `EC2`, Managed Instances with it.
    """

    workload_id: str
    region: str
    cluster: str
    capacity: str


def reconcile(
    charges: Sequence[Charge], bill: pl.DataFrame, runs: Sequence[Runs], gate_share: float
) -> Reconciliation | None:
    """Return the model's cost of today against the bill; null where the bill has no line.

    Args:
        charges: of today.
        bill: `schema.BILL`.
        runs: the workloads of today.
        gate_share: difference, as a part of the bill, from which on capacity of a region is doubted.
    """
    if bill.is_empty():
        return None
    start, end, lines = billed(bill)
    rows = tally(charges, lines)
    compared = [sums for (_, _, standing), sums in rows.items() if standing is Standing.COMPARED]
    return Reconciliation(
        bill_start=start.isoformat(),
        bill_end=end.isoformat(),
        gate_share=gate_share,
        rows=tuple(_row(key, rows[key]) for key in sorted(rows, key=lambda k: (-abs(rows[k].off_pico), k))),
        residuals=tuple(_residuals(rows, runs, gate_share)),
        model_monthly_usd=usd(sum((s.model_pico for s in rows.values()), Fraction(0))),
        billed_monthly_usd=usd(sum((s.billed_pico for s in rows.values()), Fraction(0))),
        compared_model_usd=usd(sum((s.model_pico for s in compared), Fraction(0))),
        compared_billed_usd=usd(sum((s.billed_pico for s in compared), Fraction(0))),
    )


def tally(charges: Iterable[Charge], lines: Sequence[Line]) -> dict[Key, Sums]:
    """Return the rows: every charge and every line is in exactly one of them."""
    charges = list(charges)
    known = {(c.region, c.meter) for c in charges if not c.assumed}
    guessed = {c.region for c in charges if c.assumed}
    regions = {line.region for line in lines}
    tagged = any(line.cluster for line in lines)
    rows: dict[Key, Sums] = {}
    for charge in charges:
        key = charge.region, charge.meter, _standing_of_charge(charge, regions)
        sums = rows.get(key, Sums())
        rows[key] = replace(
            sums,
            model_pico=sums.model_pico + charge.pico,
            model_quantity=plus(sums.model_quantity, charge.quantity),
        )
    for line in lines:
        key = _place(line, known, guessed, tagged=tagged)
        sums = rows.get(key, Sums())
        rows[key] = replace(
            sums,
            billed_pico=sums.billed_pico + line.pico,
            billed_quantity=plus(sums.billed_quantity, line.quantity),
        )
    return rows


def _standing_of_charge(charge: Charge, billed_regions: set[str]) -> Standing:
    if charge.meter == REWORK:
        return Standing.ASIDE
    if charge.meter == COMMITMENTS:
        return Standing.SHARED
    if payer(charge.meter) is Payer.ALL and charge.region in billed_regions:
        return Standing.SHARED
    aside = charge.assumed or charge.region not in billed_regions
    return Standing.ASIDE if aside else Standing.COMPARED


def _place(line: Line, known: set[tuple[str, str]], guessed: set[str], *, tagged: bool) -> Key:
    """Return the row of a line.

    Args:
        known: region and meter of the model's charges.
        guessed: regions where the model has instances of its own choice.
        tagged: the bill names clusters: instances that are in none are not ECS's.
    """
    if line.record_type.lower() in NO_USAGE:
        return line.region, line.record_type, Standing.ASIDE
    if line.meter == COMMITMENTS:
        return "", COMMITMENTS, Standing.SHARED
    if line.meter is None:
        of_ecs = is_of_ecs(line.usage_type, line.service)
        return line.region, line.usage_type, Standing.UNKNOWN if of_ecs else Standing.SHARED
    behind = payer(line.meter)
    if behind is Payer.ECS:
        ours = is_of_ecs(line.usage_type, line.service)
    else:
        ours = behind is Payer.INSTANCES and (
            bool(line.cluster) if tagged else (line.region, line.meter) in known
        )
    if not ours:
        return line.region, line.meter, Standing.SHARED
    # some of the types that ran stand on the model's side under the names of others
    on_instances = capacity(line.meter) is LaunchType.EC2 and line.region in guessed
    aside = on_instances and (line.region, line.meter) not in known
    return line.region, line.meter, Standing.ASIDE if aside else Standing.COMPARED


def _residuals(rows: Mapping[Key, Sums], runs: Sequence[Runs], gate_share: float) -> Iterable[Residual]:
    places: dict[tuple[str, str], dict[str, Sums]] = {}
    for (region, name, standing), sums in rows.items():
        if standing is Standing.COMPARED:
            places.setdefault((region, capacity(name).value), {})[name] = sums
    for (region, kind), meters in sorted(places.items()):
        model = sum((s.model_pico for s in meters.values()), Fraction(0))
        on_bill = sum((s.billed_pico for s in meters.values()), Fraction(0))
        share = _share_off(model, on_bill)
        if share > gate_share:
            largest = sorted(meters, key=lambda m: (-abs(meters[m].off_pico), m))[:LARGEST]
            there = [r for r in runs if (r.region, r.capacity) == (region, kind)]
            yield Residual(
                region,
                kind,
                usd(model),
                usd(on_bill),
                share,
                tuple(name for name in largest if meters[name].off_pico),
                tuple(sorted({r.cluster for r in there})),
                tuple(r.workload_id for r in there),
            )


def _share_off(model: Fraction, billed: Fraction) -> float:
    """Return by what part of the bill the two differ; all of it where nothing is billed for what the model has."""
    if not billed:
        return 1.0 if model else 0.0
    return float(abs(billed - model) / abs(billed))


def _row(key: Key, sums: Sums) -> BillRow:
    region, usage_type, standing = key
    quantities = (None if q is None else float(q) for q in (sums.model_quantity, sums.billed_quantity))
    return BillRow(
        region, usage_type, standing.value, usd(sums.model_pico), usd(sums.billed_pico), *quantities
    )
