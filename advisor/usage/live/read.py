"""`read_live`: what runs in accounts and what it uses, into the same checked tables that files make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice

import polars as pl

from advisor.aws import coverage
from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.operations import OPERATIONS, Tier
from advisor.aws.together import together
from advisor.errors import InputError
from advisor.model import Usage
from advisor.schema import WORKLOADS, dtypes
from advisor.usage.assemble import assemble
from advisor.usage.live.cloudwatch import estimate
from advisor.usage.live.inventory import Inventory, read_inventory
from advisor.usage.live.names import short_ids
from advisor.usage.live.points import read_points, series
from advisor.usage.live.spans import HOUR, Span, spans
from advisor.usage.table import Table, typed_table

AT_ONCE = 8
"""Accounts and regions that are read together."""

NOTHING = "there was nothing to ask"
APIS = sorted({o.service for o in OPERATIONS.values() if o.tier is Tier.BASIC})
"""What is asked in every account and region, where there is something to ask."""


def read_live(
    callers: Sequence[Caller],
    ledger: Ledger,
    *,
    name: str,
    days: int,
    now: datetime,
    assume: Mapping[str, str] | None = None,
    before_paying: Callable[[Estimate], None] = lambda _: None,
) -> Usage:
    """Return the usage of accounts and regions, as far as they may be read.

    Args:
        callers: one for each account and region.
        ledger: where it is written down what became of each account × region × API.
        name: what the source is called in outputs.
        days: how far to look back.
        now: UTC.
        assume: column → value for what AWS does not say; repeated in every output.
        before_paying: is told what the paid calls will cost when all else is read; it may raise to stop there.

    Raises:
        InputError: no workload, or no usage of any, could be read.
    """
    for caller in callers:
        for api in APIS:
            ledger.skip(caller, api, NOTHING)
    asked = spans(days, now)
    last_hour = asked[-1].end - HOUR
    inventories = together(lambda caller: read_inventory(caller, ledger, last_hour), callers, AT_ONCE)
    rows = [found.row for inventory in inventories for found in inventory.workloads]
    if not rows:
        raise _nothing(name, "no ECS workload was found", ledger)
    before_paying(_estimate(inventories, asked))
    ids = short_ids(rows)
    rest = iter(ids)
    named = [(inventory, list(islice(rest, len(inventory.workloads)))) for inventory in inventories]
    parts = together(lambda pair: read_points(ledger, pair[0], asked, pair[1]), named, AT_ONCE)
    points = pl.concat([p for p in parts if len(p)] or [pl.DataFrame()])
    if points.is_empty():
        raise _nothing(name, "no usage of any workload was found", ledger)
    points = points.drop(c for c in points.columns if points[c].null_count() == len(points))
    workloads = pl.DataFrame(
        [{**row, "workload_id": known} for row, known in zip(rows, ids, strict=True)],
        schema=dtypes(WORKLOADS),
    )
    tables = [typed_table("workloads", "AWS workloads", workloads), typed_table("usage", "AWS usage", points)]
    instances = pl.concat([i.instances for i in inventories])
    if len(instances):
        tables.append(typed_table("instances", "AWS instances", instances))
    return assemble(name, tables, assume or {}, _notes(inventories, tables, ledger))


def _estimate(inventories: Sequence[Inventory], asked: Sequence[Span]) -> Estimate:
    # each account and region fills requests of its own
    parts = [estimate(len(series(inventory)), asked) for inventory in inventories]
    return Estimate(sum(p.requests for p in parts), sum((p.price_usd for p in parts), Decimal(0)))


def _notes(inventories: Sequence[Inventory], tables: Sequence[Table], ledger: Ledger) -> list[str]:
    said = [note for inventory in inventories for note in inventory.notes]
    unseen = sum(not w.service and not w.insights for i in inventories for w in i.workloads)
    if unseen:
        said.append(
            f"{unseen} task families have no metrics: only Container Insights see tasks without a service, and they are off, "
            "or a service runs tasks of the same family"
        )
    said += [
        f"{len(table.bad_rows)} rows set aside: {table.problems[0]}" for table in tables if table.problems
    ]
    cells = ledger.cells()
    return [*said, f"read {coverage.summary(cells)}", *coverage.holes(cells)]


def _nothing(name: str, what: str, ledger: Ledger) -> InputError:
    problems = tuple(coverage.holes(ledger.cells()))
    return InputError(f"{name}: {what}", hint="check profile and region", problems=problems)
