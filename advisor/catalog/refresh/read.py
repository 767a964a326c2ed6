"""Every source asked, region by region; what one refuses keeps its old rows and costs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import polars as pl

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.catalog.book import Catalog
from advisor.catalog.refresh.bands import ADVISOR, bands
from advisor.catalog.refresh.fargate import fargate, fargate_prices
from advisor.catalog.refresh.managed_fee import fee_shares, managed_fee
from advisor.catalog.refresh.on_demand import on_demand, read_on_demand, windows_licence
from advisor.catalog.refresh.others import others
from advisor.catalog.refresh.price_list import offers
from advisor.catalog.refresh.reading import Fault, Faults, Reading, Row, merged
from advisor.catalog.refresh.reserved import read_reserved, reserved
from advisor.catalog.refresh.sanity import faults
from advisor.catalog.refresh.savings_plans import read_rates, savings_plans
from advisor.catalog.refresh.shapes import read_shapes, shapes
from advisor.catalog.refresh.spot import read_spot, spot
from advisor.config import RefreshLimits

T = TypeVar("T")
PRICING, EC2, PLANS, SPOT_ADVISOR = "pricing", "ec2", "savingsplans", "spot-advisor"


@dataclass(frozen=True)
class Refreshed:
    """New tables beside the old ones, not yet in force.

    Attributes:
        old: the tables of before.
        tables: the same with what was read put in.
        readings: what was read.
        faults: what is wrong with it, as far as can be told.
        as_of: the day of everything that was read.
    """

    old: Mapping[str, pl.DataFrame]
    tables: Mapping[str, pl.DataFrame]
    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]
    as_of: str


def refresh(
    old: Catalog,
    callers: Sequence[Caller],
    home: Caller,
    ledger: Ledger,
    now: datetime,
    *,
    fetch: Callable[[str], Any],
    tell: Callable[[str], None] = lambda _: None,
    limits: RefreshLimits | None = None,
) -> Refreshed:
    """Read what is for sale in some regions.

    Args:
        old: what was known before.
        callers: one for each region.
        home: the caller of us-east-1, where the Price List and Savings Plans answer.
        ledger: told what became of every region × API.
        now: the moment, in UTC.
        fetch: returns a public JSON document by its address; raises AwsError.
        tell: told what happens next.
    """
    as_of = str(now.date())
    known = {row["instance_type"]: row for row in old.tables["instance_types"].iter_rows(named=True)}
    readings: list[Reading] = []
    for caller in callers:
        tell(f"reading instance types in {caller.region}")
        described = _read(ledger, caller, EC2, partial(read_shapes, caller))
        readings.append(shapes(described, known, as_of))
    known = {row["instance_type"]: row for r in readings for row in r.rows} | known
    fees: list[tuple[str, Decimal]] = []
    fee_faults = Faults()
    for caller in callers:
        tell(f"reading prices in {caller.region}")
        region = _Region(caller, home, ledger, now, known)
        readings += region.readings()
        fees += region.fees(fee_faults).items()
    scopes = old.tables["managed_instances"]["scope"].to_list()
    readings.append(managed_fee(fees, scopes, fee_faults, as_of))
    with ledger.reading(home, SPOT_ADVISOR):
        tell("reading how often Spot is interrupted")
        readings.append(bands(fetch(ADVISOR), [c.region for c in callers], known, as_of))
    tables = merged(old.tables, readings)
    wrong = faults(old.tables, tables, readings, limits or RefreshLimits())
    return Refreshed(old.tables, tables, tuple(readings), wrong, as_of)


def _read(ledger: Ledger, caller: Caller, api: str, read: Callable[[], list[T]]) -> list[T]:
    """Return all that a source says, or nothing where AWS refused."""
    with ledger.reading(caller, api):
        return read()
    return []


class _Region:
    """What one region says; each list is asked for once and held against the others."""

    def __init__(
        self, caller: Caller, home: Caller, ledger: Ledger, now: datetime, known: Mapping[str, Row]
    ) -> None:
        self._caller, self._ledger, self._now, self._known = caller, ledger, now, known
        self._home, self._region, self._as_of = home, caller.region, str(now.date())
        self._linux = self._listed(lambda: read_on_demand(home, caller.region, "Linux"))
        self._ecs = self._listed(lambda: offers(home, "AmazonECS", caller.region))
        self._on_demand = on_demand(self._linux, self._region, known, self._as_of)
        self._instances = {row["instance_type"]: row["on_demand_pico"] for row in self._on_demand.rows}

    def readings(self) -> Iterator[Reading]:
        """Yield what every source says but for fees."""
        region, as_of, home = self._region, self._as_of, self._home
        yield self._used(PRICING, "EC2 on-demand", self._linux, self._on_demand)
        windows = self._listed(lambda: read_on_demand(home, region, "Windows"))
        licence = windows_licence(self._linux, windows, region, self._known, as_of)
        yield self._used(PRICING, "Windows", windows, licence)
        yield self._used(PRICING, "Fargate", self._ecs, fargate(self._ecs, region, as_of))
        disks = self._listed(lambda: offers(home, "AmazonEC2", region, volumeApiName="gp3"))
        yield self._used(PRICING, "disks", disks, others(disks, region, as_of))
        network = self._listed(lambda: offers(home, "AmazonVPC", region))
        yield self._used(PRICING, "addresses", network, others(network, region, as_of))
        history = _read(self._ledger, self._caller, EC2, lambda: read_spot(self._caller, self._now))
        limit: dict[str, int | None] = {name: self._instances.get(name) for name in self._known}
        yield self._used(EC2, "Spot", history, spot(history, region, limit, as_of))
        rates = _read(self._ledger, self._caller, PLANS, lambda: read_rates(home, region))
        meters = fargate_prices(self._ecs, region, Faults())  # its faults are told by `fargate` already
        plans = savings_plans(rates, region, self._instances, meters, as_of)
        yield self._used(PLANS, "Savings Plans", rates, plans)
        offerings = _read(self._ledger, self._caller, EC2, lambda: read_reserved(self._caller))
        owned = reserved(offerings, region, self._instances, as_of)
        yield self._used(EC2, "reservations", offerings, owned)

    def _used(self, api: str, what: str, listed: list[Any], reading: Reading) -> Reading:
        """Say where much was listed and nothing of it could be used: another spelling must not pass as silence."""
        if listed and not reading.rows:
            reason = f"of {what} {len(listed):,} prices were listed and none could be used"
            self._ledger.partial(self._caller, api, reason)
        return reading

    def fees(self, wrong: Faults) -> dict[str, Decimal]:
        """Return the Managed Instances fee of each type, as a share of on-demand."""
        return fee_shares(self._ecs, self._region, self._instances, wrong)

    def _listed(self, read: Callable[[], list[Any]]) -> list[Any]:
        return _read(self._ledger, self._caller, PRICING, read)
