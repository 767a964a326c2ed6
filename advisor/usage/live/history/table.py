"""Runs as rows of the runs table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from advisor.schema import RUNS, dtypes
from advisor.usage.live.definitions import family
from advisor.usage.live.history.sources import Run
from advisor.usage.live.inventory import Inventory


def run_rows(inventory: Inventory, ids: Sequence[str], runs: Iterable[Run]) -> pl.DataFrame:
    """Return `schema.RUNS` of the runs whose workload is known.

    Args:
        ids: `workload_id` of each workload of the inventory.
    """
    known: Mapping[tuple[str, str], str] = {
        (found.row["cluster"], found.row["name"]): workload_id
        for found, workload_id in zip(inventory.workloads, ids, strict=True)
        if not found.service
    }
    rows = [
        {
            "workload_id": workload_id,
            "created_at": run.created_at,
            "pull_started_at": run.pull_started_at,
            "started_at": run.started_at,
            "stopped_at": run.stopped_at,
            "stop_code": run.stop_code,
        }
        for run in runs
        if (workload_id := known.get((run.cluster, family(run.definition_arn))))
    ]
    return pl.DataFrame(rows, schema=dtypes(RUNS))
