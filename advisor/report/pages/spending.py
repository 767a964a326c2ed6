"""Where the money goes: by way of running and by team, today and in the plan, each adding up to the fleet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from advisor.report.pages.facts import Facts
from advisor.report.pages.page import Cell, Column, Table, Unit
from advisor.report.words import advised_name, today_name

NOBODYS = "idle commitments"
"""What is paid and used by no workload."""
MONEY = (
    Column("Today", Unit.USD),
    Column("Plan", Unit.USD),
    Column("Saves", Unit.USD),
    Column("of today", Unit.SHARE),
)
SHARED = (
    "The cost of shared instances is split over the tasks that reserve them, a vCPU weighing as much as nine GB of memory, as "
    "AWS splits it; what stays free on an instance is split the same way."
)


def by_place(facts: Facts) -> Table:
    """Return each way of running with what it costs today and in the plan."""
    sums: dict[str, list[Decimal]] = {}
    for name, place in facts.places.items():
        was, now = facts.costs[name]
        sums.setdefault(today_name(facts.workloads[name]), [Decimal(0), Decimal(0)])[0] += was
        sums.setdefault(advised_name(place), [Decimal(0), Decimal(0)])[1] += now
    return _table(facts, "by_place", "Where it runs", "Cost by where workloads run", sums, {})


def by_team(facts: Facts) -> Table:
    """Return each owner with what its workloads cost today and in the plan."""
    sums: dict[str, list[Decimal]] = {}
    counts: dict[str, int] = {}
    for name in facts.places:
        owner = facts.owners[name]
        was, now = facts.costs[name]
        entry = sums.setdefault(owner, [Decimal(0), Decimal(0)])
        entry[0] += was
        entry[1] += now
        counts[owner] = counts.get(owner, 0) + 1
    return _table(facts, "by_team", "Team", "Cost by the team that owns the workload", sums, counts)


def _table(
    facts: Facts,
    key: str,
    name: str,
    caption: str,
    sums: Mapping[str, list[Decimal]],
    counts: Mapping[str, int],
) -> Table:
    ordered = sorted(sums.items(), key=lambda item: (-max(item[1]), item[0]))
    rows = [_row(owner, was, now, counts.get(owner) if counts else None) for owner, (was, now) in ordered]
    was, now = facts.costs[""]
    if was or now:
        rows.append(_row(NOBODYS, was, now, None))
    total = _row("Fleet", facts.today, facts.planned, sum(counts.values()) if counts else None)
    columns = (Column(name), Column("Workloads", Unit.COUNT), *MONEY)
    keep = range(len(columns)) if counts else [0, 2, 3, 4, 5]
    return Table(
        key,
        f"{caption}. {facts.monthly}",
        tuple(columns[i] for i in keep),
        tuple(tuple(row[i] for i in keep) for row in rows),
        tuple(total[i] for i in keep),
        note=SHARED if counts else "",
    )


def _row(name: str, was: Decimal, now: Decimal, count: int | None) -> tuple[Cell, ...]:
    return (name, count, was, now, was - now, saved_share(was, now))


def saved_share(was: Decimal, now: Decimal) -> float | None:
    """Return what is saved as a part of what was paid; null where that was next to nothing."""
    return float((was - now) / was) if was > 0 and now <= 2 * was else None
