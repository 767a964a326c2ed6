"""The exact cost of a solution: metered, commitments applied, every dollar given to a workload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from advisor.catalog import Catalog
from advisor.plan.bill import Bill, bill
from advisor.plan.metering import Metered, metered
from advisor.plan.meters import Owned, exact_share
from advisor.plan.solution import PoolPlan, Solution
from advisor.plan.sunk import Sunk
from advisor.terms import LaunchType, PriceMethod
from advisor.units import HOURS_PER_MONTH, MIB_PER_GIB, usd

VCPU_WEIGHT = 9
GIB_WEIGHT = 1
"""AWS's split cost allocation: one vCPU weighs nine GB (CUR user guide, split-cost-allocation-data)."""

LINES = {
    "owner": pl.String,
    "item": pl.String,
    "quantity": pl.Float64,
    "unit": pl.String,
    "usd_per_unit": pl.Float64,
    "price_as_of": pl.String,
    "method": pl.String,
    "billed": pl.Boolean,
    "monthly_cost_usd": pl.Float64,
}
"""The bill by line: quantities and dollars are a month's (730 h of the window's mean hour)."""


@dataclass(frozen=True)
class Settled:
    """What a solution costs over its window, in exact pico-dollars.

    Attributes:
        workload_pico: every workload's allocated cost; they add up to the total less unused owned commitments.
        estimated_pico: the part of it that rests on estimated rates.
        unused_pico: owned commitments that nothing uses.
        net_share: what the private discount (EDP, PPA) leaves of a dollar; it comes off last, after commitments.
    """

    solution: Solution
    metered: Metered
    bill: Bill
    workload_pico: Mapping[int, Fraction]
    estimated_pico: Mapping[int, Fraction]
    unused_pico: Fraction
    total_pico: Fraction
    lines: pl.DataFrame
    net_share: Fraction

    @property
    def to_month(self) -> Fraction:
        """Window → month: 730 hours of the mean covered hour, less the private discount."""
        return Fraction(HOURS_PER_MONTH, self.solution.window.hours) * self.net_share

    def monthly_usd(self, pico: Fraction | int) -> float:
        """Return pico-dollars over the window as dollars a month."""
        return usd(pico * self.to_month)

    @property
    def total_usd(self) -> float:
        """Dollars a month, commitments and expected rework included."""
        return self.monthly_usd(self.total_pico)


def settle(
    solution: Solution,
    owned: Sunk,
    bought: Sequence[Owned],
    catalog: Catalog,
    *,
    estimated: frozenset[str] = frozenset(),
    meters: Metered | None = None,
    edp_share: float = 0.0,
) -> Settled:
    """Bill a solution under owned and bought commitments and allocate it.

    Args:
        bought: commitments that the plan buys.
        estimated: ids of commitments whose rates are estimates.
        meters: `metered(solution)`, when already known.
        edp_share: private discount off everything.
    """
    use = meters or metered(solution, catalog)
    paid = bill(use.meters, use.usage, (*owned.owned(use.meters), *bought))
    new = {c.owned_id for c in bought}
    unused = paid.unused_pico_usd
    sunk_unused = sum((p for name, p in unused.items() if name not in new), Fraction(0))
    costs = _meter_costs(use, paid, {name: p for name, p in unused.items() if name in new})
    owners = _owner_costs(use, costs, _estimated_meters(use, paid, estimated))
    allocated, doubtful = _allocate(solution, owners)
    items = sum((i.pico for i in use.items), Fraction(0))
    total = paid.total_pico_usd + items
    net = 1 - exact_share(edp_share)
    lines = _lines(solution, use, paid, total, net)
    return Settled(solution, use, paid, allocated, doubtful, sunk_unused, total, lines, net)


def _meter_costs(use: Metered, paid: Bill, unused: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return each meter's cost, with the unused part of bought commitments carried by the meters that they cover."""
    costs = dict(paid.effective_pico_usd)
    for name, pico in unused.items():
        covered = {m: q for (o, m), q in paid.covered.items() if o == name}
        prices = {m.meter_id: m.od_pico_usd for m in use.meters}
        worth = {m: q * prices[m] for m, q in covered.items()}
        whole = sum(worth.values(), Fraction(0))
        for meter_id, part in worth.items():
            costs[meter_id] += pico * part / whole
    return costs


def _estimated_meters(use: Metered, paid: Bill, estimated: frozenset[str]) -> dict[str, Fraction]:
    """Return for each meter the share of its cost that rests on an estimated rate."""
    shares: dict[str, Fraction] = {}
    used = {
        m.meter_id: Fraction(sum(c), m.scale)
        for m, c in zip(use.meters, zip(*use.usage, strict=True), strict=True)
    }
    for meter_id, fact in use.facts.items():
        if fact[2] == PriceMethod.ESTIMATED:
            shares[meter_id] = Fraction(1)
    for (owned_id, meter_id), quantity in paid.covered.items():
        if owned_id in estimated and used.get(meter_id):
            shares[meter_id] = min(Fraction(1), shares.get(meter_id, Fraction(0)) + quantity / used[meter_id])
    return shares


def _owner_costs(
    use: Metered, costs: Mapping[str, Fraction], estimated: Mapping[str, Fraction]
) -> dict[str, tuple[Fraction, Fraction]]:
    """Return owner → (cost, part of it that is estimated)."""
    totals: dict[str, int] = {}
    for (_, meter_id), quanta in use.owners.items():
        totals[meter_id] = totals.get(meter_id, 0) + quanta
    owners: dict[str, tuple[Fraction, Fraction]] = {}
    for (owner, meter_id), quanta in sorted(use.owners.items()):
        if totals[meter_id]:
            part = costs[meter_id] * quanta / totals[meter_id]
            before = owners.get(owner, (Fraction(0), Fraction(0)))
            owners[owner] = before[0] + part, before[1] + part * estimated.get(meter_id, 0)
    for item in use.items:
        before = owners.get(item.owner, (Fraction(0), Fraction(0)))
        doubt = item.pico if item.method == PriceMethod.ESTIMATED else Fraction(0)
        owners[item.owner] = before[0] + item.pico, before[1] + doubt
    return owners


def _allocate(
    solution: Solution, owners: Mapping[str, tuple[Fraction, Fraction]]
) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
    seconds = solution.window.task_seconds
    zero = Fraction(0), Fraction(0)
    ids = {w: way.workload_id for w, way in solution.assignment.items()}
    cost: dict[int, Fraction] = {}
    doubt: dict[int, Fraction] = {}
    for workload, way in solution.assignment.items():
        if way.launch_type is LaunchType.FARGATE:
            cost[workload], doubt[workload] = owners.get(way.workload_id, zero)
    for pool in solution.pools:
        spent, doubtful = owners.get(pool.pool_id, zero)
        for workload, share in pool_shares(pool, seconds).items():
            own = owners.get(ids[workload], zero)
            cost[workload], doubt[workload] = spent * share + own[0], doubtful * share + own[1]
    return cost, doubt


def pool_shares(pool: PoolPlan, seconds: Mapping[int, int]) -> dict[int, Fraction]:
    """Return what part of a pool each of its workloads bears; a pool whose tasks never ran is shared evenly.

    Args:
        seconds: task-seconds over the window by workload.
    """
    weights = {
        w.workload: Fraction(seconds.get(w.workload, 0))
        * (
            VCPU_WEIGHT * Fraction(str(w.task_vcpu))
            + GIB_WEIGHT * Fraction(str(w.task_memory_mib)) / MIB_PER_GIB
        )
        for w in pool.ways
    }
    whole = sum(weights.values(), Fraction(0))
    return {w: weight / whole if whole else Fraction(1, len(weights)) for w, weight in weights.items()}


def _lines(solution: Solution, use: Metered, paid: Bill, total: Fraction, net: Fraction) -> pl.DataFrame:
    to_month = Fraction(HOURS_PER_MONTH, solution.window.hours)
    rows = []
    totals: dict[str, int] = {}
    for (_, meter_id), quanta in use.owners.items():
        totals[meter_id] = totals.get(meter_id, 0) + quanta
    on_demand = paid.on_demand_pico_usd
    for (owner, meter_id), quanta in sorted(use.owners.items()):
        meter = next(m for m in use.meters if m.meter_id == meter_id)
        item, unit, method, as_of = use.facts[meter_id]
        share = Fraction(quanta, totals[meter_id]) if totals[meter_id] else Fraction(0)
        rows.append(
            (
                owner,
                item,
                float(Fraction(quanta, meter.scale) * to_month),
                unit,
                usd(meter.od_pico_usd),
                as_of,
                method,
                True,
                usd(on_demand[meter_id] * share * to_month),
            )
        )
    for line in use.items:
        rows.append(
            (
                line.owner,
                line.item,
                float(line.quantity * to_month),
                line.unit,
                usd(line.pico_per_unit_hour),
                line.as_of,
                line.method,
                line.billed,
                usd(line.pico * to_month),
            )
        )
    for name, pico in sorted(paid.commitment_pico_usd.items()):
        hours = Fraction(HOURS_PER_MONTH)
        rows.append(
            (
                "commitments",
                name,
                float(hours),
                "commitment-hour",
                usd(Fraction(pico, solution.window.hours)),
                "",
                "",
                True,
                usd(pico * to_month),
            )
        )
    if net != 1:
        off = usd(total * (net - 1) * to_month)
        rows.append(("private discount", "EDP", 1.0, "month", off, "", "", True, off))
    return pl.DataFrame(rows, schema=LINES, orient="row").sort("owner", "item")
