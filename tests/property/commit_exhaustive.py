"""The cheapest purchase by trying every combination of offers at every level of a grid: slow, obvious, exact.

It knows nothing of the product: on-demand dollars by family, hour by hour; reservations first, then the family's
plan, then the Compute plan from its largest discount down. A family may have a plan and reservations. Of one kind
and family one term is bought: the terms of `commit_cases` differ in price only, and the dearer covers nothing more.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
from commit_cases import MILL, SIZES, UNIT, Case
from commit_cases import STEP as GRID

SCALE = 24
"""Money is counted in 24ths of a mill: a Compute dollar over 4, 6 or 8 tenths is then a whole number."""
LARGE = UNIT // MILL * SCALE
STEP = GRID // MILL * SCALE
NOTHING = np.zeros(1, dtype=np.int64)

Terms = tuple[int | None, int | None]
"""Which term of a family's plan and of its reservations is bought, if any."""


def cheapest_pico_usd(case: Case) -> Fraction:
    """Return the least that the hours can cost with any purchase, buying nothing included."""
    names = sorted({m.instance_family or "FARGATE" for m in case.meters})
    terms = range(len(case.terms))

    def sold(kind: str, name: str) -> list[int | None]:
        return [None, *(terms if (kind, name) in case.keep else [])]

    families = [list(product(sold("EC2_INSTANCE_SP", n), sold("RI_STANDARD", n))) for n in names]
    # an owned plan applies whether more of it is bought or not
    compute = sold("COMPUTE_SP", names[0])[1 if case.owned_steps else 0 :]
    costs = [least(case, names, list(chosen), term) for chosen in product(*families) for term in compute]
    return Fraction(min(costs), SCALE) * MILL


def least(case: Case, names: list[str], chosen: list[Terms], compute: int | None) -> int:
    """Return the least cost of one combination of offers over all their levels."""
    use = {n: on_demand(case, n) for n in names}
    owned = case.owned_steps * STEP
    hours = len(case.hours)

    def tenths(kind: str, name: str, term: int) -> int:
        return case.keep[kind, name][term]

    # levels as on-demand dollars that they cover, those of the Compute plan as what is paid
    axes = []
    for name, (plan, reserved) in zip(names, chosen):
        most = max(use[name])
        step = LARGE if compute is None else STEP * 10 // tenths("COMPUTE_SP", name, compute)
        one = LARGE * smallest(case, name)
        axes.append(NOTHING if plan is None else np.arange(0, most + step, step))
        axes.append(NOTHING if reserved is None else np.arange(0, most + one, one))
    whole = sum(max(u) for u in use.values())
    axes.append(NOTHING if compute is None else np.arange(0, whole + STEP, STEP))
    grid = np.meshgrid(*axes, indexing="ij", sparse=True)

    cost = hours * (grid[-1] + owned)
    for i, (name, (plan, reserved)) in enumerate(zip(names, chosen)):
        if plan is not None:
            cost = cost + hours * (grid[2 * i] * tenths("EC2_INSTANCE_SP", name, plan) // 10)
        if reserved is not None:
            cost = cost + hours * (grid[2 * i + 1] * tenths("RI_STANDARD", name, reserved) // 10)
    order = list(range(len(names)))
    if compute is not None:
        order.sort(key=lambda i: tenths("COMPUTE_SP", names[i], compute))
    for hour in range(hours):
        left = grid[-1] + owned
        for i in order:
            rest = np.maximum(use[names[i]][hour] - grid[2 * i + 1] - grid[2 * i], 0)
            if compute is not None:
                share = tenths("COMPUTE_SP", names[i], compute)
                paid = np.minimum(rest * share // 10, left)
                left = left - paid
                rest = rest - paid * 10 // share
            cost = cost + rest
    return int(cost.min())


def on_demand(case: Case, name: str) -> list[int]:
    """Return what a family would cost on demand, hour by hour."""
    mine = [i for i, m in enumerate(case.meters) if (m.instance_family or "FARGATE") == name]
    return [sum(row[i] * case.meters[i].od_pico_usd // MILL * SCALE for i in mine) for row in case.hours]


def smallest(case: Case, name: str) -> int:
    """Return the smallest size used of a family, in `large`."""
    sizes = [
        m.instance_type.partition(".")[2]
        for m in case.meters
        if m.instance_type and m.instance_family == name
    ]
    return min((SIZES[s] for s in sizes), default=1)
