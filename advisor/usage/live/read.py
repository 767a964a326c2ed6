"""`read_live`: what runs in accounts and what it uses, into the same checked tables that files make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

import polars as pl

from advisor.aws import coverage
from advisor.aws.budget import FREE, Estimate
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.operations import OPERATIONS, Tier
from advisor.aws.together import together
from advisor.config import HistoryPolicy
from advisor.errors import InputError
from advisor.model import Usage
from advisor.schema import USAGE, WORKLOADS, dtypes
from advisor.usage.assemble import assemble
from advisor.usage.live.bills import COST_APIS, read_bills, read_owned
from advisor.usage.live.history.find import estimate as runs_estimate
from advisor.usage.live.history.find import find_sources
from advisor.usage.live.history.read import read_history
from advisor.usage.live.history.sources import Deep, RunSource, Window
from advisor.usage.live.history.table import run_rows
from advisor.usage.live.inventory import Inventory, read_inventory
from advisor.usage.live.names import short_ids
from advisor.usage.live.pieces import pieces
from advisor.usage.live.points import read_points, reading_of, readings
from advisor.usage.live.spans import HOUR, spans
from advisor.usage.live.wanted import price
from advisor.usage.store.store import Store
from advisor.usage.table import Table, typed_table

AT_ONCE = 8
"""Accounts and regions that are read together."""

NOTHING = "there was nothing to ask"


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
    deep: Deep | None = None,
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
        bill: read what is billed and which commitments are owned, too.
        bill_tag: key of the cost allocation tag that names the cluster in the bill.
        deep: look for single runs of batch tasks too, this way; null: do not.
        store: where final days are kept and looked for first; null to ask AWS for all.
        final_after: how long after its end a day is final.

    Raises:
        InputError: no workload, or no usage of any, could be read.
        StoreError: the store cannot be written, or another process holds it.
    """
    asked = spans(days, now)
    window = Window(asked[0].start, asked[-1].end)
    wanted = apis(deep=deep is not None, bill=bill, archived=bool(deep and deep.archives))
    inventories = read_inventories(callers, ledger, wanted, asked[-1].end - HOUR)
    sources = together(
        lambda inventory: find_sources(inventory, ledger, deep, window, now) if deep else [],
        inventories,
        AT_ONCE,
    )
    if not any(i.workloads or known for i, known in zip(inventories, sources, strict=True)):
        raise no_workload(name, ledger)
    owned = read_owned(callers, ledger, days, now) if bill else None
    to_read = pieces(asked, now, final_after if store else None)
    with readings(inventories, to_read, store) as found_there:
        before_paying(
            price([e for reading in found_there for e in reading.split.errands])
            + _runs_estimate(inventories, sources, window)
            + (owned.estimate if owned else FREE)
        )
        histories = together(
            lambda pair: read_history(*pair, ledger, window), zip(inventories, sources, strict=True), AT_ONCE
        )
        # runs tell of families that neither a schedule nor a running task told of
        found_there = [
            reading if wider is reading.inventory else reading_of(wider, to_read, store)
            for reading, (wider, _) in zip(found_there, histories, strict=True)
        ]
        inventories = [wider for wider, _ in histories]
        rows = [found.row for inventory in inventories for found in inventory.workloads]
        if not rows:
            raise no_workload(name, ledger)
        ids = short_ids(rows)
        rest = iter(ids)
        named = [list(islice(rest, len(inventory.workloads))) for inventory in inventories]
        parts = together(
            lambda pair: read_points(pair[0], ledger, store, pair[1]),
            zip(found_there, named, strict=True),
            AT_ONCE,
        )
    points = _joined([p for p in parts if len(p)])
    runs = pl.concat(
        run_rows(inventory, known, history.runs)
        for (inventory, history), known in zip(histories, named, strict=True)
    )
    if points.is_empty() and runs.is_empty():
        raise _nothing(name, "no usage of any workload was found", ledger)
    workloads = pl.DataFrame(
        [{**row, "workload_id": known} for row, known in zip(rows, ids, strict=True)],
        schema=dtypes(WORKLOADS),
    )
    measured = [c for c in points.columns if points[c].null_count() < len(points)]
    found = {
        "usage": points.select(measured),
        "runs": runs,
        "instances": pl.concat([i.instances for i in inventories]),
    }
    # all that holds on to the points holds on to gigabytes
    del points, parts
    said = [note for _, history in histories for note in history.notes]
    if owned is not None:
        billed, told = read_bills(owned, ledger, bill_tag)
        found |= billed
        said += told
    tables = [typed_table("workloads", "AWS workloads", workloads)]
    for kind in list(found):
        frame = found.pop(kind)
        tables += [typed_table(kind, f"AWS {kind}", frame)] if len(frame) else []
        del frame
    said += _notes(inventories, tables, ledger)
    return assemble(name, tables, assume or {}, said)


def apis(*, deep: bool, bill: bool, archived: bool = False) -> list[str]:
    """Return what is asked in every account and region.

    Args:
        deep: for single runs too.
        bill: for what is billed and owned too.
        archived: for single runs that are told of in S3, too.
    """
    tiers = (Tier.BASIC, Tier.DEEP) if deep else (Tier.BASIC,)
    asked = {o.service for o in OPERATIONS.values() if o.tier in tiers} | set(COST_APIS if bill else ())
    return sorted(asked if archived else asked - {"s3"})


def read_inventories(
    callers: Sequence[Caller], ledger: Ledger, wanted: Sequence[str], last_hour: datetime
) -> list[Inventory]:
    """Return what runs in accounts and regions, as far as it may be seen.

    Args:
        wanted: the APIs that will be asked in each; those that are not, for there is nothing to ask, are in the ledger.
        last_hour: to which today's instances are ascribed.
    """
    for caller in callers:
        for api in wanted:
            ledger.skip(caller, api, NOTHING)
    return together(lambda caller: read_inventory(caller, ledger, last_hour), callers, AT_ONCE)


def no_workload(name: str, ledger: Ledger) -> InputError:
    """Return the error that says that there is nothing to plan for, and why that may be."""
    return _nothing(name, "no ECS workload was found", ledger)


def _runs_estimate(
    inventories: Sequence[Inventory], sources: Sequence[Sequence[RunSource]], window: Window
) -> Estimate:
    parts = (
        runs_estimate(known, [c.name for c in inventory.clusters], window)
        for inventory, known in zip(inventories, sources, strict=True)
    )
    return sum(parts, start=FREE)


def _joined(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the parts, which are used up, as one frame: column by column, for all at once need the room twice."""
    if not parts:
        return pl.DataFrame(schema=dtypes(USAGE))
    names = dict.fromkeys(name for p in parts for name in p.columns)
    rows = [len(p) for p in parts]

    def column(name: str) -> pl.Series:
        nothing = pl.Series(name, [None], pl.Float64)
        pieces = [
            p.drop_in_place(name) if name in p.columns else nothing.new_from_index(0, n)
            for p, n in zip(parts, rows, strict=True)
        ]
        return pl.concat(pieces, rechunk=True)

    return pl.DataFrame([column(name) for name in names])


def _notes(inventories: Sequence[Inventory], tables: Sequence[Table], ledger: Ledger) -> list[str]:
    said = [note for inventory in inventories for note in inventory.notes]
    unseen = sum(not w.service and not w.insights for i in inventories for w in i.workloads)
    if unseen:
        said.append(
            f"{unseen} task families have no metrics: only Container Insights see tasks without a service, and they are off, "
            "or a service runs tasks of the same family"
        )
    said += [
        f"{len(table.set_aside)} rows set aside: {table.problems[0]}" for table in tables if table.problems
    ]
    cells = ledger.cells()
    return [*said, f"read {coverage.summary(cells)}", *coverage.holes(cells)]


def _nothing(name: str, what: str, ledger: Ledger) -> InputError:
    problems = tuple(coverage.holes(ledger.cells()))
    return InputError(f"{name}: {what}", hint="check profile and region", problems=problems)
