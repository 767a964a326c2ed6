"""Runs of an account and region, for every cluster from the best source that tells of the whole window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median

from advisor.aws.failures import Ledger
from advisor.usage.live.definitions import family
from advisor.usage.live.families import family_rows
from advisor.usage.live.history.find import is_whole
from advisor.usage.live.history.sources import Run, RunSource, Window, short
from advisor.usage.live.inventory import Inventory
from advisor.usage.live.rows import Found

Key = tuple[str, str]
"""Cluster and family."""


@dataclass(frozen=True)
class History:
    """What is known of runs.

    Attributes:
        runs: with their stops, each once.
        notes: which source was used, what it covers, and what was assumed, in words.
    """

    runs: tuple[Run, ...]
    notes: tuple[str, ...]


def read_history(
    inventory: Inventory, sources: Sequence[RunSource], ledger: Ledger, window: Window
) -> tuple[Inventory, History]:
    """Return the inventory with the families that ran in the window, and their runs; refusals are in the ledger."""
    if not sources:
        return inventory, History((), ())
    where = f"{inventory.caller.account_id} {inventory.caller.region}"
    notes: list[str] = []
    runs: list[Run] = []
    late: list[Run] = []
    open_clusters = {c.name for c in inventory.clusters}
    for source in sources:
        mine = open_clusters & source.clusters
        if not mine:
            continue
        if not is_whole(source, window) and source.estimate.requests:
            notes.append(f"{where}: {_too_short(source, window)}")
            continue
        with ledger.reading(inventory.caller, source.api):
            found = [run for run in source.read(window) if run.cluster in mine]
            late.extend(found)
            if is_whole(source, window):
                open_clusters -= mine
                runs.extend(found)
                notes.append(
                    f"{where}: {len(found):,} runs in {_names(mine)} are from {source.name}, {window.days:.0f} days of it"
                )
    running = {short(t["taskArn"]) for c in inventory.clusters for t in c.tasks if not t.get("stoppedAt")}
    ended = [run for run in runs if run.stopped_at or run.task not in running]
    whole = _with_stops(ended, late, window, where, notes)
    if open_clusters:
        notes.append(
            f"{where}: no source tells of all runs in {_names(open_clusters)} in {window.days:.0f} days"
        )
    wider = _with_families(inventory, runs)
    return wider, History(tuple(_once(whole)), tuple(notes))


def _too_short(source: RunSource, window: Window) -> str:
    reaches = window.length_days(source.since)
    mend = f", or keep more from now on: {source.mend}" if source.mend else ""
    return (
        f"{source.name} goes back {reaches:.1f} of {window.days:.0f} days and is not read, for the time before would pass for "
        f"rest: --days {max(int(reaches), 1)}{mend}"
    )


def _with_stops(
    runs: Iterable[Run], stopped: Iterable[Run], window: Window, where: str, notes: list[str]
) -> list[Run]:
    """Give runs whose stop no source tells the usual length of their family; those without one are left out, and said."""
    exact = {run.task: run for run in stopped if run.stopped_at}
    lengths: dict[Key, list[float]] = {}
    for run in exact.values():
        began = run.started_at or run.created_at
        if began and run.stopped_at:
            lengths.setdefault(_key(run), []).append((run.stopped_at - began).total_seconds())
    found: list[Run] = []
    assumed: dict[Key, int] = {}
    unknown: dict[Key, int] = {}
    for run in runs:
        run = exact.get(run.task, run)
        key = _key(run)
        if run.stopped_at is None and run.created_at is not None and key in lengths:
            run = replace(run, stopped_at=run.created_at + timedelta(seconds=median(lengths[key])))
            assumed[key] = assumed.get(key, 0) + 1
        if run.stopped_at is None:
            unknown[key] = unknown.get(key, 0) + 1
        elif run.stopped_at <= window.end:
            found.append(run)
    for (cluster, name), count in sorted(assumed.items()):
        usual_s = median(lengths[cluster, name])
        notes.append(
            f"{where}: {count:,} runs of {cluster}/{name} have a start and no stop: taken to last {usual_s:,.0f} s, the "
            f"median of {len(lengths[cluster, name])} that were seen to stop"
        )
    for (cluster, name), count in sorted(unknown.items()):
        notes.append(
            f"{where}: {count:,} starts of {cluster}/{name} are left out: nothing tells how long they ran; write task state "
            "changes into a log group /aws/events/ecs (an EventBridge rule), or switch on Container Insights"
        )
    return found


def _with_families(inventory: Inventory, runs: Iterable[Run]) -> Inventory:
    """Add the families that ran and that neither a schedule nor a running task tells of."""
    known = {(w.row["cluster"], w.row["name"]) for w in inventory.workloads if not w.service}
    tasks: dict[str, list[Mapping[str, object]]] = {}
    for run in runs:
        if _key(run) not in known:
            task = {
                "taskDefinitionArn": run.definition_arn,
                "createdAt": run.created_at,
                "launchType": run.launch_type,
                "capacityProviderName": run.provider,
            }
            tasks.setdefault(run.cluster, []).append(task)
    noted = len(inventory.sources.notes)
    new: list[Found] = [
        found
        for cluster in inventory.clusters
        for found in family_rows(
            replace(cluster, tasks=[dict(t) for t in tasks.get(cluster.name, ())]), [], inventory.sources
        )
    ]
    if not new:
        return inventory
    workloads = sorted((*inventory.workloads, *new), key=lambda w: (w.row["cluster"], w.row["name"]))
    notes = (*inventory.notes, *inventory.sources.notes[noted:])
    return replace(inventory, workloads=tuple(workloads), notes=notes)


def _once(runs: Iterable[Run]) -> list[Run]:
    return list({(run.cluster, run.task): run for run in runs}.values())


def _key(run: Run) -> Key:
    return run.cluster, family(run.definition_arn)


def _names(clusters: Iterable[str]) -> str:
    return "cluster " + ", ".join(sorted(clusters))
