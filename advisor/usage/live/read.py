"""`read_live`: what runs in accounts and what it uses, into the same checked tables that files make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice

import polars as pl

from advisor.aws.calls import Caller
from advisor.aws.failures import Ledger, Status
from advisor.errors import InputError
from advisor.model import Usage
from advisor.schema import WORKLOADS, dtypes
from advisor.usage.assemble import assemble
from advisor.usage.live.inventory import Inventory, read_inventory
from advisor.usage.live.names import short_ids
from advisor.usage.live.points import read_points
from advisor.usage.live.spans import HOUR, spans
from advisor.usage.table import Table, typed_table

AT_ONCE = 8
"""Accounts and regions that are read together."""


def read_live(
    callers: Sequence[Caller],
    ledger: Ledger,
    *,
    name: str,
    days: int,
    now: datetime,
    assume: Mapping[str, str] | None = None,
) -> Usage:
    """Return the usage of accounts and regions, as far as they may be read.

    Args:
        callers: one for each account and region.
        ledger: where it is written down what became of each account × region × API.
        name: what the source is called in outputs.
        days: how far to look back.
        now: UTC.
        assume: column → value for what AWS does not say; repeated in every output.

    Raises:
        InputError: no workload, or no usage of any, could be read.
    """
    asked = spans(days, now)
    last_hour = asked[-1].end - HOUR
    with ThreadPoolExecutor(AT_ONCE) as pool:
        inventories = list(pool.map(lambda caller: read_inventory(caller, ledger, last_hour), callers))
        rows = [found.row for inventory in inventories for found in inventory.workloads]
        if not rows:
            raise _nothing(name, "no ECS workload was found", ledger)
        ids = short_ids(rows)
        rest = iter(ids)
        own = [list(islice(rest, len(inventory.workloads))) for inventory in inventories]
        parts = list(
            pool.map(
                lambda pair: read_points(ledger, pair[0], asked, pair[1]), zip(inventories, own, strict=True)
            )
        )
    points = pl.concat([p for p in parts if len(p)] or [pl.DataFrame()])
    if points.is_empty():
        raise _nothing(name, "no usage of any workload was found", ledger)
    workloads = pl.DataFrame(
        [{**row, "workload_id": known} for row, known in zip(rows, ids, strict=True)],
        schema=dtypes(WORKLOADS),
    )
    tables = [typed_table("workloads", "AWS workloads", workloads), typed_table("usage", "AWS usage", points)]
    instances = pl.concat([i.instances for i in inventories])
    if len(instances):
        tables.append(typed_table("instances", "AWS instances", instances))
    return assemble(name, tables, assume or {}, _notes(inventories, tables, ledger))


def _notes(inventories: Sequence[Inventory], tables: Sequence[Table], ledger: Ledger) -> list[str]:
    said = [note for inventory in inventories for note in inventory.notes]
    said += [
        f"{len(table.bad_rows)} rows set aside: {table.problems[0]}" for table in tables if table.problems
    ]
    return said + _holes(ledger)


def _holes(ledger: Ledger) -> list[str]:
    return [str(cell) for cell in ledger.cells() if cell.status is not Status.COMPLETE]


def _nothing(name: str, what: str, ledger: Ledger) -> InputError:
    return InputError(f"{name}: {what}", hint="check profile and region", problems=tuple(_holes(ledger)))
