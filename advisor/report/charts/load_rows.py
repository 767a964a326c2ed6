"""Hours by load: what is used of what commitments can reach, which commitment pays for it, what is paid for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from advisor.model import COMMITMENTS, Plan, commitment_name
from advisor.report.charts.lines import short

STEPS = 120
"""Most steps of the curve: each is the mean of its hours."""
NAMED = 5
"""Commitments with a layer of their own, those that pay for most; the rest are one layer."""
MORE = ""
ON_DEMAND = "on demand"
UNUSED = "paid, not used"


@dataclass(frozen=True)
class Load:
    """Hours by load, busiest first.

    Attributes:
        steps: `from, to` (shares of the hours), `hours`, `layer`, `usd` an hour at on-demand prices.
        unused: the same, `usd` an hour of the commitments' price, below zero.
        layers: names, what is owned first, what is left to on-demand last.
    """

    steps: tuple[dict[str, Any], ...]
    unused: tuple[dict[str, Any], ...]
    layers: tuple[str, ...]


def load(plan: Plan, table: pl.DataFrame) -> Load:
    """Return the hours of a plan's `covered_hours` by load."""
    totals = dict(table.group_by("hour").agg(pl.col("usage_usd").sum()).iter_rows())
    order = sorted(range(plan.hours), key=lambda h: (-round(totals.get(h, 0.0), 9), h))
    count = min(STEPS, len(order)) or 1
    edges = [i * len(order) // count for i in range(count + 1)]
    step_of = {h: s for s in range(count) for h in order[edges[s] : edges[s + 1]]}
    sums = (
        table.with_columns(pl.col("hour").replace_strict(step_of, return_dtype=pl.Int64).alias("step"))
        .group_by("step", "commitment")
        .agg(pl.col("usage_usd", "unused_usd").sum())
        .rows()
    )
    used: dict[tuple[int, str | None], float] = {(s, c): u for s, c, u, _ in sums}
    idle: dict[int, float] = {}
    for s, _, _, u in sums:
        idle[s] = idle.get(s, 0.0) + u
    ids = sorted({c for _, c, _, _ in sums if c}, key=lambda c: (not c.startswith("owned:"), c))
    worth = {c: sum(used.get((s, c), 0.0) for s in range(count)) for c in ids}
    least = sorted(ids, key=lambda c: (-worth[c], c))[NAMED:]
    if len(least) > 1:
        for s in range(count):
            used[s, MORE] = sum(used.pop((s, c), 0.0) for c in least)
        ids = [c for c in ids if c not in least]
    names: dict[str | None, str] = {c: layer_name(plan, c) for c in ids}
    if len(least) > 1:
        names[MORE] = f"{len(least)} more commitments"
    names[None] = ON_DEMAND

    def rows(layer: str, usd: Sequence[float]) -> list[dict[str, Any]]:
        found = []
        for s in range(count):
            hours = edges[s + 1] - edges[s]
            found.append(
                {
                    "from": edges[s] / len(order),
                    "to": edges[s + 1] / len(order),
                    "hours": hours,
                    "layer": layer,
                    "usd": usd[s] / hours,
                }
            )
        return found

    steps = [
        {**row, "order": n}
        for n, c in enumerate(names)
        for row in rows(names[c], [used.get((s, c), 0.0) for s in range(count)])
    ]
    unused = rows(UNUSED, [-idle.get(s, 0.0) for s in range(count)])
    return Load(tuple(steps), tuple(unused), tuple(names.values()))


def layer_name(plan: Plan, commitment: str) -> str:
    """Return what people call a commitment of the bill, `owned Compute Savings Plan #1`."""
    where, _, rest = commitment.partition(":")
    kind, _, tail = rest.partition(" ")
    if where == "owned":
        return short(f"owned {COMMITMENTS.get(kind, kind)} {tail}".strip(), 60)
    for bought in plan.commitments:
        parts = rest.split("/")
        mine = (bought.kind, bought.payment_option, f"{bought.term_years}y")
        if all(part in parts for part in (*mine, *filter(None, (bought.scope, bought.region)))):
            return short(f"buy {commitment_name(bought)}", 60)
    return short(rest, 60)
