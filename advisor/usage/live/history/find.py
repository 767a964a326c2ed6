"""Which sources of runs there are in an account and region."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from advisor.aws.budget import FREE, Estimate
from advisor.aws.failures import Ledger
from advisor.usage.live.history.archived import find_archived
from advisor.usage.live.history.events import find_events
from advisor.usage.live.history.performance import find_performance
from advisor.usage.live.history.sources import Deep, RunSource, Window
from advisor.usage.live.history.stopped import Stopped
from advisor.usage.live.history.trail import Trail
from advisor.usage.live.inventory import Inventory


def find_sources(
    inventory: Inventory, ledger: Ledger, deep: Deep, window: Window, now: datetime
) -> list[RunSource]:
    """Return the sources in the order in which they are read, those that tell most exactly first.

    Only what costs nothing is asked, but for the list of objects in S3 where one is named ($0.005 for a million), for how
    many there are is the price of reading them; what is refused is in the ledger.

    Args:
        now: UTC.
    """
    caller = inventory.caller
    clusters = sorted(c.name for c in inventory.clusters)
    if not clusters:
        return []
    found: list[RunSource] = []
    searches: Sequence[tuple[str, Callable[..., Sequence[RunSource]]]] = (
        *([("s3", find_archived)] if deep.archives else []),
        ("logs", find_events),
        ("logs", find_performance),
    )
    for api, search in searches:
        with ledger.reading(caller, api):
            found.extend(search(caller, deep, clusters, window, now))
    # where Container Insights count tasks by the minute, starts without stops say nothing better
    dark = frozenset(c.name for c in inventory.clusters if not c.insights)
    if dark:
        found.append(Trail(caller, dark, now))
    # what stopped lately is known already, and its lengths complete starts without stops
    return [Stopped(inventory.clusters, now), *found]


def is_whole(source: RunSource, window: Window) -> bool:
    """Return whether a source goes back to the start of a window.

    One that does not is not read: where runs are known, the time between them counts as rest, and time that nobody
    wrote down is no rest.
    """
    return source.since <= window.start


def estimate(sources: Sequence[RunSource], clusters: Iterable[str], window: Window) -> Estimate:
    """Return what it takes to read those that will be read: for every cluster the first that tells of the whole window."""
    total, left = FREE, set(clusters)
    for source in sources:
        if left & source.clusters and is_whole(source, window):
            total += source.estimate
            left -= source.clusters
    return total
