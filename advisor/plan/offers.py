"""What can be bought, and what is owned, as rate tables over the meters of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from advisor.catalog import Catalog
from advisor.config import CommitmentPolicy
from advisor.plan.meters import RESERVATIONS, Meter, Offer, discounted, discounted_rates
from advisor.terms import CommitmentKind, PaymentOption

Key = tuple[str, str, int, str]
"""Kind, scope, term in years, payment option."""


class Rates:
    """Discount shares of a region's commitments, by kind, scope, term and payment option."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._regions: dict[str, dict[Key, tuple[str, str]]] = {}
        self._scopes: dict[str, dict[str, list[tuple[Key, tuple[str, str]]]]] = {}

    def shares(self, region: str) -> Mapping[Key, tuple[str, str]]:
        """Return key → (discount share as a decimal text, method)."""
        if region not in self._regions:
            table = self._catalog.commitments(region)
            columns = ("kind", "scope", "term_years", "payment_option", "discount_share", "method")
            rows = table.select(columns).iter_rows()
            self._regions[region] = {
                (kind, scope, term, payment): (str(share), method)
                for kind, scope, term, payment, share, method in rows
            }
        return self._regions[region]

    def of_scope(self, region: str, scope: str) -> list[tuple[Key, tuple[str, str]]]:
        """Return what is sold for one scope, sorted."""
        if region not in self._scopes:
            by_scope = self._scopes[region] = {}
            for key, share in sorted(self.shares(region).items()):
                by_scope.setdefault(key[1], []).append((key, share))
        return self._scopes[region].get(scope, [])

    def of_meter(
        self, meter: Meter, kind: str, term_years: int, payment_option: str
    ) -> tuple[str, str] | None:
        """Return the discount share and its method that a commitment takes off a meter, null when it does not."""
        scope = plan_scope(meter)
        if scope is None:
            return None
        return self.shares(meter.region).get((kind, scope, term_years, payment_option))


def plan_scope(meter: Meter) -> str | None:
    """Return the catalog's scope of a meter: its family, its Fargate dimension, or null where no plan reaches.

    Spot is out (Savings Plans User Guide, sp-applying); Windows rates are not in the catalog.
    """
    if meter.operating_system != "LINUX" or "/SPOT" in meter.meter_id:
        return None
    if meter.instance_family is not None:
        return meter.instance_family
    _, architecture, _, dimension = meter.meter_id.split("/")[-4:]
    return f"FARGATE_{architecture}_{dimension}"


def offers(meters: Sequence[Meter], rates: Rates, policy: CommitmentPolicy) -> tuple[Offer, ...]:
    """Return every offer that the policy allows and that reaches at least one meter."""
    found: list[Offer] = []
    for kind in policy.kinds:
        for term in sorted(policy.terms_years):
            for payment in policy.payment_options:
                found += _offers_of(kind, term, payment, meters, rates)
    return tuple(found)


def _offers_of(kind: str, term: int, payment: str, meters: Sequence[Meter], rates: Rates) -> Iterable[Offer]:
    reached = {m.meter_id: r for m in meters if (r := rates.of_meter(m, kind, term, payment)) is not None}
    eligible = [m for m in meters if m.meter_id in reached]
    terms = CommitmentKind(kind), term, PaymentOption(payment)
    if kind == CommitmentKind.COMPUTE_SP:
        if eligible:
            yield Offer(*terms, rates=_table(eligible, reached), method=_weakest(eligible, reached))
        return
    groups: dict[tuple[str, str], list[Meter]] = {}
    for meter in eligible:
        if meter.instance_family is not None and meter.instance_type is not None:
            name = meter.instance_type if kind in RESERVATIONS else meter.instance_family
            groups.setdefault((meter.region, name), []).append(meter)
    for (region, scope), members in sorted(groups.items()):
        method = _weakest(members, reached)
        if kind not in RESERVATIONS:
            yield Offer(*terms, rates=_table(members, reached), scope=scope, region=region, method=method)
            continue
        first = members[0]
        yield Offer(
            *terms,
            scope=scope,
            region=region,
            account_id=first.account_id,
            unit_pico_usd=discounted(first.od_pico_usd, reached[first.meter_id][0]),
            normalization_units=first.normalization_units,
            method=method,
        )


def _table(meters: Sequence[Meter], reached: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    return discounted_rates(meters, {m.meter_id: reached[m.meter_id][0] for m in meters})


def _weakest(meters: Sequence[Meter], reached: Mapping[str, tuple[str, str]]) -> str:
    methods = {reached[m.meter_id][1] for m in meters}
    return next(m for m in ("estimated", "derived", "observed") if m in methods)


def largest_discount(meters: Sequence[Meter], offered: Sequence[Offer]) -> float:
    """Return the largest share that any of the offers takes off any meter's on-demand price, 0 without offers."""
    price = {m.meter_id: m.od_pico_usd for m in meters}
    by_type = {m.instance_type: m.od_pico_usd for m in meters if m.instance_type is not None}
    keep = [rate / price[meter_id] for o in offered for meter_id, rate in o.rates.items()]
    keep += [o.unit_pico_usd / by_type[o.scope] for o in offered if o.kind in RESERVATIONS]
    return 1.0 - min([*keep, 1.0])
