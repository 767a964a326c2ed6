"""Commitments already owned: paid whatever the plan does, and used first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from advisor.catalog import Catalog
from advisor.plan.discounts import Discounts, fargate_architecture
from advisor.plan.meters import RESERVATIONS, Meter, Owned, discounted, discounted_rates, normalization_units
from advisor.plan.offers import Rates
from advisor.terms import CommitmentKind, PaymentOption
from advisor.units import PICO_PER_USD, pico_usd


@dataclass(frozen=True)
class _Line:
    """One owned commitment with what is needed to rate meters under it."""

    name: str
    kind: CommitmentKind
    scope: str
    account_id: str
    region: str
    term_years: int
    payment_option: PaymentOption
    hourly_pico: int
    count: int
    on_demand_pico: int


@dataclass(frozen=True)
class Sunk:
    """Owned Savings Plans and reservations that outlive the window.

    Attributes:
        notes: what was left out and why (ended, no rate known).
    """

    lines: tuple[_Line, ...]
    notes: tuple[str, ...]
    rates: Rates

    def cost_usd(self, hours: int) -> float:
        """Return what they cost over so many hours."""
        return hours * sum(line.hourly_pico for line in self.lines) / PICO_PER_USD

    def cover_usd(self, hours: int) -> float:
        """Return the most on-demand dollars that they can displace over so many hours.

        A plan's dollar displaces at most 1 / (1 − the largest discount of its kind) dollars of on-demand usage.
        """
        total = 0.0
        for line in self.lines:
            if line.kind in RESERVATIONS:
                total += line.count * line.on_demand_pico / PICO_PER_USD
            else:
                total += line.hourly_pico / PICO_PER_USD / (1.0 - self._largest(line))
        return total * hours

    @property
    def has_plans(self) -> bool:
        """Whether any of them is a Savings Plan: of these it depends on prices what they are best used for."""
        return any(line.kind not in RESERVATIONS for line in self.lines)

    def displaced(
        self, hours: int, for_sale: Mapping[str, Discounts], quantile: float
    ) -> tuple[dict[str, Discounts], float]:
        """Return the best rates with what is owned at a price of its own, and the most dollars of usage it displaces.

        A dollar of an owned plan displaces (1 − d) / (1 − δ) dollars of usage at the best rate for sale, d, δ being its own
        discount on the same meter: more on some meters than on others. At a price μ for a dollar of it no meter costs more
        than μ (1 − δ) of on-demand, and the plan displaces μ dollars for each of its own, whatever μ is (Lagrange; what is
        paid for it is counted apart).

        Args:
            for_sale: region → what the policy can buy there.
            quantile: where μ lies among the plan's meters: 1 for the largest, at which no rate falls.
        """
        rates = {region: (dict(d.family), dict(d.fargate)) for region, d in for_sale.items()}
        total = 0.0
        for line in self.lines:
            if line.kind in RESERVATIONS:
                continue
            reached = [
                (region, scope, 1.0 - float(share))
                for region in for_sale
                for (kind, scope, term, payment), (share, _) in self.rates.shares(region).items()
                if (kind, term, payment) == (line.kind.value, line.term_years, line.payment_option.value)
                and (not line.scope or (line.scope, line.region) == (scope, region))
            ]
            factors = sorted(
                (1.0 - self._for_sale(region, scope, for_sale)) / kept for region, scope, kept in reached
            )
            price = (
                factors[round(quantile * (len(factors) - 1))]
                if factors
                else 1.0 / (1.0 - self._largest(line))
            )
            for region, scope, kept in reached:
                family, fargate = rates[region]
                table, name = (
                    (fargate, fargate_architecture(scope).value)
                    if scope.startswith("FARGATE_")
                    else (family, scope)
                )
                table[name] = max(table.get(name, 0.0), 1.0 - price * kept)
            total += price * line.hourly_pico / PICO_PER_USD
        raised = {region: Discounts(family, fargate) for region, (family, fargate) in rates.items()}
        for line in self.lines:
            if line.kind in RESERVATIONS:
                kept = 1.0 - self._for_sale(line.region, line.scope.partition(".")[0], raised)
                total += line.count * line.on_demand_pico / PICO_PER_USD * kept
        return raised, total * hours

    @staticmethod
    def _for_sale(region: str, scope: str, for_sale: Mapping[str, Discounts]) -> float:
        if region not in for_sale:
            return 0.0
        if scope.startswith("FARGATE_"):
            return for_sale[region].of_fargate(fargate_architecture(scope))
        return for_sale[region].of_family(scope)

    def owned(self, meters: Sequence[Meter]) -> tuple[Owned, ...]:
        """Return them with their rate tables over the meters of a plan."""
        return tuple(self._owned(line, meters) for line in self.lines)

    def _largest(self, line: _Line) -> float:
        regions = [line.region] if line.region else ["us-east-1"]
        terms = (line.kind.value, line.term_years, line.payment_option.value)
        shares = [
            float(share)
            for region in regions
            for (kind, _, term, payment), (share, _) in self.rates.shares(region).items()
            if (kind, term, payment) == terms
        ]
        return min(max(shares, default=0.75), 0.95)

    def _owned(self, line: _Line, meters: Sequence[Meter]) -> Owned:
        table: dict[str, int] = {}
        if line.kind not in RESERVATIONS:
            shares = {}
            for meter in meters:
                found = self.rates.of_meter(meter, line.kind, line.term_years, line.payment_option)
                if found is not None:
                    shares[meter.meter_id] = found[0]
            table = discounted_rates(meters, shares)
        return Owned(
            owned_id=line.name,
            kind=line.kind,
            hourly_pico_usd=line.hourly_pico,
            rates=table,
            scope=line.scope,
            account_id=line.account_id,
            region=line.region,
            count=line.count,
            normalization_units=normalization_units(line.scope) if line.kind in RESERVATIONS else None,
            term_years=line.term_years,
            payment_option=line.payment_option,
        )


def sunk(commitments: pl.DataFrame, catalog: Catalog, window_end: datetime | None) -> Sunk:
    """Return what is owned and outlives the window.

    Args:
        commitments: `schema.COMMITMENTS`.
        window_end: end of the usage; what ended before it no longer counts.
    """
    rates = Rates(catalog)
    lines, notes = [], []
    for number, row in enumerate(commitments.iter_rows(named=True), 1):
        kind = CommitmentKind(row["kind"])
        name = f"owned:{kind}" + (f"/{row['scope']}" if row["scope"] else "") + f" #{number}"
        if row["end"] is not None and window_end is not None and row["end"] <= window_end:
            notes.append(f"{name} ended on {row['end']:%Y-%m-%d} and is left out")
            continue
        term, payment = (
            row["term_years"] or 1,
            PaymentOption(row["payment_option"] or PaymentOption.NO_UPFRONT),
        )
        hourly, count, on_demand = pico_usd(str(row["usd_per_hour"] or 0)), round(row["count"] or 0), 0
        if kind in RESERVATIONS:
            found = _reservation(row, kind, term, payment, rates, catalog)
            if found is None:
                notes.append(f"{name}: no rate is known for it, so it is left out")
                continue
            fee, on_demand = found
            hourly = fee * count
        if kind is CommitmentKind.EC2_INSTANCE_SP and not (row["scope"] and row["region"]):
            notes.append(
                f"{name} is paid for but covers nothing: give its instance family (scope) and its region"
            )
        lines.append(
            _Line(
                name,
                kind,
                row["scope"] or "",
                row["account_id"] or "",
                row["region"] or "",
                term,
                payment,
                hourly,
                count,
                on_demand,
            )
        )
    return Sunk(tuple(lines), tuple(notes), rates)


def _reservation(
    row: dict[str, object],
    kind: CommitmentKind,
    term: int,
    payment: PaymentOption,
    rates: Rates,
    catalog: Catalog,
) -> tuple[int, int] | None:
    region, scope = str(row["region"] or ""), str(row["scope"] or "")
    if region not in catalog.regions():
        return None
    prices = dict(catalog.ec2(region).select("instance_type", "on_demand_pico_usd_per_hour").iter_rows())
    on_demand = prices.get(scope)
    share = rates.shares(region).get((kind.value, scope.partition(".")[0], term, payment.value))
    if on_demand is None or share is None:
        return None
    return discounted(on_demand, share[0]), on_demand
