"""Levels of family commitments and a Compute plan together: each in turn on its curve beside the others.

A family commitment is worth less where a Compute plan would have covered the same usage, and frees that plan
for other usage. With all other levels fixed the cost is piecewise linear in one level, so each step is a scan
over breakpoints, and the cost falls at every step. Numbers are floats here: levels are chosen with them,
bills are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from advisor.plan.commit_level import Ladder
from advisor.plan.draw import Draw
from advisor.plan.meters import Amount

ROUNDS = 8
"""Most rounds over all levels; gains fall geometrically, three to five are usual."""
MIN_GAIN_SHARE = 1e-4
"""A round that lowers the cost by less than a hundredth of a percent is the last."""

Row = list[float]


def joint_levels(
    usage: Sequence[Sequence[Amount]],
    prices: Sequence[float],
    families: Sequence[Ladder],
    compute: Ladder,
    start: Sequence[float],
) -> list[float]:
    """Return capacities of the family ladders and, last, of the Compute plan that applies after them.

    Args:
        usage: hour × meter, quanta that nothing else covers.
        families: EC2 Instance plans and reservations; no two reach the same meter.
        prices: on-demand price of a quantum by meter, in the unit of `Ladder.cost`.
        start: capacities to begin with, the Compute plan's last.
    """
    levels = list(start)
    full = [list(map(float, row)) for row in usage]
    rest = [row.copy() for row in full]
    for ladder, level in zip(families, levels[:-1], strict=True):
        _cover(rest, full, ladder, level)
    weights = {meter: weight for _, meter, weight in compute.draws}
    costs = [float(ladder.cost) * len(rest) for ladder in (*families, compute)]
    last = float("inf")
    for _ in range(ROUNDS):
        for k, ladder in enumerate(families):
            _cover(rest, full, ladder, 0.0)
            changes: dict[float, float] = defaultdict(float)
            for row in rest:
                _family_hour(row, levels[-1], ladder.draws, compute.draws, weights, prices, changes)
            levels[k], _ = _best(changes, costs[k])
            _cover(rest, full, ladder, levels[k])
        changes = defaultdict(float)
        for row in rest:
            _plain_hour(row, compute.draws, prices, changes)
        levels[-1], saved = _best(changes, costs[-1])
        on_demand = sum(q * p for row in rest for q, p in zip(row, prices, strict=True))
        cost = on_demand - saved + sum(x * c for x, c in zip(levels[:-1], costs[:-1], strict=True))
        if cost > last * (1.0 - MIN_GAIN_SHARE):
            break
        last = cost
    return levels


def _cover(rest: list[Row], usage: list[Row], ladder: Ladder, level: float) -> None:
    """Set the ladder's meters in `rest` to what a level of it leaves of `usage`."""
    for row, full in zip(rest, usage, strict=True):
        left = level
        for _, meter, weight in ladder.draws:
            quantity = full[meter]
            need = quantity * weight
            if need <= left:
                left -= need
                row[meter] = 0.0
            else:
                row[meter] = quantity - left / weight
                left = 0.0


def _plain_hour(
    row: Row, draws: Sequence[Draw], prices: Sequence[float], changes: dict[float, float]
) -> None:
    """Add one hour's slope changes of the saving of a commitment that nothing follows."""
    reach = last = 0.0
    for _, meter, weight in draws:
        quantity = row[meter]
        if quantity:
            slope = prices[meter] / weight
            changes[reach] += slope - last
            last = slope
            reach += quantity * weight
    changes[reach] -= last


def _family_hour(
    row: Row,
    plan_left: float,
    draws: Sequence[Draw],
    plan: Sequence[Draw],
    plan_weight: Mapping[int, float],
    prices: Sequence[float],
    changes: dict[float, float],
) -> None:
    """Add one hour's slope changes of a family commitment that a Compute plan of fixed size follows.

    Usage that the plan did not cover is saved at its on-demand price; usage that it covered frees plan money,
    which moves on to the next uncovered meter of the plan's order.
    """
    uncovered = row.copy()
    for _, meter, weight in plan:
        if plan_left <= 0.0:
            break
        if row[meter]:
            part = min(row[meter], plan_left / weight)
            uncovered[meter] = row[meter] - part
            plan_left -= part * weight
    queue = 0
    reach = last = 0.0
    for _, meter, weight in draws:
        bare = uncovered[meter]
        covered = row[meter] - bare
        if bare:
            slope = prices[meter] / weight
            changes[reach] += slope - last
            last = slope
            reach += bare * weight
            uncovered[meter] = 0.0
        while covered > 0.0:
            while queue < len(plan) and not uncovered[plan[queue].meter]:
                queue += 1
            own = plan_weight[meter]
            if queue == len(plan):
                slope, part = 0.0, covered
            else:
                _, heir, heir_weight = plan[queue]
                part = min(covered, uncovered[heir] * heir_weight / own)
                slope = prices[heir] / heir_weight * own / weight
                left = uncovered[heir] - part * own / heir_weight
                uncovered[heir] = left if left > 1e-9 * row[heir] else 0.0
            changes[reach] += slope - last
            last = slope
            reach += part * weight
            covered = covered - part if part < covered else 0.0
    changes[reach] -= last


def _best(changes: dict[float, float], cost: float) -> tuple[float, float]:
    """Return the smallest capacity with the greatest net saving, and the saving."""
    best = best_value = value = at = 0.0
    slope = -cost
    for bound in sorted(changes):
        value += slope * (bound - at)
        at = bound
        slope += changes[bound]
        if value > best_value:
            best, best_value = bound, value
    return best, best_value
