"""`read_live`: what runs in accounts and what it uses, into the same checked tables that files make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice

import polars as pl

from advisor.aws import coverage
from advisor.aws.budget import FREE, Estimate
from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger
from advisor.aws.operations import OPERATIONS, Tier
from advisor.aws.together import together
from advisor.errors import InputError
from advisor.model import Usage
from advisor.schema import USAGE, WORKLOADS, dtypes
from advisor.usage.assemble import assemble
from advisor.usage.live.cloudwatch import estimate
from advisor.usage.live.history.find import estimate as runs_estimate
from advisor.usage.live.history.find import find_sources
from advisor.usage.live.history.read import read_history
from advisor.usage.live.history.sources import Deep, RunSource, Window
from advisor.usage.live.history.table import run_rows
from advisor.usage.live.inventory import Inventory, read_inventory
from advisor.usage.live.names import short_ids
from advisor.usage.live.points import read_points, series
from advisor.usage.live.spans import HOUR, Span, spans
from advisor.usage.table import Table, typed_table

AT_ONCE = 8
"""Accounts and regions that are read together."""

NOTHING = "there was nothing to ask"
NO_WORKLOAD = "no ECS workload was found"


def read_live(
    callers: Sequence[Caller],
    ledger: Ledger,
    *,
    name: str,
    days: int,
    now: datetime,
    assume: Mapping[str, str] | None = None,
    before_paying: Callable[[Estimate], None] = lambda _: None,
    deep: Deep | None = None,
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
        deep: look for single runs of batch tasks too, this way; null: do not.

    Raises:
        InputError: no workload, or no usage of any, could be read.
    """
    for caller in callers:
        for api in apis(deep is not None):
            ledger.skip(caller, api, NOTHING)
    asked = spans(days, now)
    last_hour = asked[-1].end - HOUR
    inventories = together(lambda caller: read_inventory(caller, ledger, last_hour), callers, AT_ONCE)
    window = Window(asked[0].start, asked[-1].end)
    sources = together(
        lambda inventory: find_sources(inventory, ledger, deep, window, now) if deep else [],
        inventories,
        AT_ONCE,
    )
    if not any(i.workloads or known for i, known in zip(inventories, sources, strict=True)):
        raise _nothing(name, NO_WORKLOAD, ledger)
    before_paying(_estimate(inventories, sources, asked, window))
    histories = together(
        lambda pair: read_history(*pair, ledger, window), zip(inventories, sources, strict=True), AT_ONCE
    )
    inventories = [wider for wider, _ in histories]
    rows = [found.row for inventory in inventories for found in inventory.workloads]
    if not rows:
        raise _nothing(name, NO_WORKLOAD, ledger)
    ids = short_ids(rows)
    rest = iter(ids)
    named = [(inventory, list(islice(rest, len(inventory.workloads)))) for inventory in inventories]
    parts = together(lambda pair: read_points(ledger, pair[0], asked, pair[1]), named, AT_ONCE)
    points = pl.concat([p for p in parts if len(p)] or [pl.DataFrame(schema=dtypes(USAGE))])
    runs = pl.concat(
        [run_rows(*pair, history.runs) for pair, (_, history) in zip(named, histories, strict=True)]
    )
    if points.is_empty() and runs.is_empty():
        raise _nothing(name, "no usage of any workload was found", ledger)
    workloads = pl.DataFrame(
        [{**row, "workload_id": known} for row, known in zip(rows, ids, strict=True)],
        schema=dtypes(WORKLOADS),
    )
    found = {
        "usage": points.drop(c for c in points.columns if points[c].null_count() == len(points)),
        "runs": runs,
        "instances": pl.concat([i.instances for i in inventories]),
    }
    tables = [typed_table("workloads", "AWS workloads", workloads)]
    tables += [typed_table(kind, f"AWS {kind}", frame) for kind, frame in found.items() if len(frame)]
    told = [note for _, history in histories for note in history.notes]
    return assemble(name, tables, assume or {}, [*told, *_notes(inventories, tables, ledger)])


def apis(deep: bool) -> list[str]:
    """Return what is asked in every account and region.

    Args:
        deep: for single runs too.
    """
    tiers = (Tier.BASIC, Tier.DEEP) if deep else (Tier.BASIC,)
    return sorted({o.service for o in OPERATIONS.values() if o.tier in tiers})


def _estimate(
    inventories: Sequence[Inventory],
    sources: Sequence[Sequence[RunSource]],
    asked: Sequence[Span],
    window: Window,
) -> Estimate:
    # each account and region fills requests of its own
    total = FREE
    for inventory, known in zip(inventories, sources, strict=True):
        clusters = [c.name for c in inventory.clusters]
        total += estimate(len(series(inventory)), asked) + runs_estimate(known, clusters, window)
    return total


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
