"""`read_live`: what runs in accounts and what it uses, into the same checked tables that files make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

import polars as pl

from advisor.aws.budget import Estimate
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.operations import OPERATIONS, Tier
from advisor.config import HistoryPolicy
from advisor.errors import InputError
from advisor.model import Usage
from advisor.schema import WORKLOADS, dtypes
from advisor.usage.assemble import assemble
from advisor.usage.live.bills import COST_APIS, read_bills, read_owned
from advisor.usage.live.inventory import Inventory, read_inventory
from advisor.usage.live.names import short_ids
from advisor.usage.live.pieces import pieces
from advisor.usage.live.points import read_points, readings
from advisor.usage.live.spans import HOUR, spans
from advisor.usage.live.together import together
from advisor.usage.live.wanted import price
from advisor.usage.store.store import Store
from advisor.usage.table import Table, typed_table

AT_ONCE = 8
"""Accounts and regions that are read together."""

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
    bill: bool = True,
    bill_tag: str | None = None,
    store: Store | None = None,
    final_after: timedelta = timedelta(hours=HistoryPolicy.final_after_hours),
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
        store: where final days are kept and looked for first; null to ask AWS for all.
        final_after: how long after its end a day is final.
        bill: read what is billed and which commitments are owned, too.
        bill_tag: key of the cost allocation tag that names the cluster in the bill.

    Raises:
        InputError: no workload, or no usage of any, could be read.
        StoreError: the store cannot be written, or another process holds it.
    """
    if bill:
        for caller in callers:
            for api in COST_APIS:
                ledger.skip(caller, api, "there was nothing to ask")
    asked = spans(days, now)
    inventories = read_inventories(callers, ledger, asked[-1].end - HOUR)
    rows = [found.row for inventory in inventories for found in inventory.workloads]
    if not rows:
        raise nothing(name, "no ECS workload was found", ledger)
    owned = read_owned(callers, ledger, days, now) if bill else None
    ids = short_ids(rows)
    rest = iter(ids)
    named = [list(islice(rest, len(inventory.workloads))) for inventory in inventories]
    with readings(inventories, pieces(asked, now, final_after if store else None), store) as found_there:
        asking = price([e for reading in found_there for e in reading.split.errands])
        before_paying(asking if owned is None else asking + owned.estimate)
        parts = together(
            lambda pair: read_points(pair[0], ledger, store, pair[1]),
            zip(found_there, named, strict=True),
            AT_ONCE,
        )
    points = _joined([p for p in parts if len(p)])
    if points.is_empty():
        raise nothing(name, "no usage of any workload was found", ledger)
    points = points.drop(c for c in points.columns if points[c].null_count() == len(points))
    workloads = pl.DataFrame(
        [{**row, "workload_id": known} for row, known in zip(rows, ids, strict=True)],
        schema=dtypes(WORKLOADS),
    )
    tables = [typed_table("workloads", "AWS workloads", workloads), typed_table("usage", "AWS usage", points)]
    instances = pl.concat([i.instances for i in inventories])
    if len(instances):
        tables.append(typed_table("instances", "AWS instances", instances))
    said: list[str] = []
    if owned is not None:
        billed, told = read_bills(owned, ledger, bill_tag)
        tables += [typed_table(kind, f"AWS {kind}", frame) for kind, frame in billed.items()]
        said += told
    return assemble(name, tables, assume or {}, [*said, *_notes(inventories, tables, ledger)])


def _joined(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the parts, which are used up, as one frame: column by column, for all at once need the room twice."""
    names = parts[0].columns if parts else []
    return pl.DataFrame([pl.concat([p.drop_in_place(n) for p in parts], rechunk=True) for n in names])


def read_inventories(callers: Sequence[Caller], ledger: Ledger, last_hour: datetime) -> list[Inventory]:
    """Return what runs in accounts and regions, as far as it may be seen.

    Args:
        last_hour: to which today's instances are ascribed.
    """
    for caller in callers:
        for api in APIS:
            ledger.skip(caller, api, "there was nothing to ask")
    return together(lambda caller: read_inventory(caller, ledger, last_hour), callers, AT_ONCE)


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
    return said + _holes(ledger)


def _holes(ledger: Ledger) -> list[str]:
    return [str(cell) for cell in ledger.cells() if cell.is_hole]


def nothing(name: str, what: str, ledger: Ledger) -> InputError:
    """Return the error that says what was not found, and why that may be."""
    return InputError(f"{name}: {what}", hint="check profile and region", problems=tuple(_holes(ledger)))
