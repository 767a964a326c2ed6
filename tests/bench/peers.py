"""How others pack, as far as they publish it: rules re-implemented to compare with, nowhere else used.

A fleet is arrays: what a task of each size needs, how many there are, what each type of instance has and costs, and which
sizes may run on which types.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

Floats = NDArray[np.float64]
CP_SAT_UNITS = 1_000_000
"""Parts of a dollar that CP-SAT, which knows whole numbers only, counts in."""


@dataclass(frozen=True)
class Fleet:
    """Tasks and instances.

    Attributes:
        need: size × resource.
        count: tasks by size.
        has: type × resource.
        price: USD an hour by type.
        may: size × type, whether the size may run there and one task fits.
    """

    need: Floats
    count: NDArray[np.int64]
    has: Floats
    price: Floats
    may: NDArray[np.bool_]


def first_fit_decreasing(fleet: Fleet) -> float:
    """Return the cost of first-fit-decreasing on the best single type; sizes that it may not hold get a type of their own."""
    left = np.flatnonzero(fleet.count)
    total = 0.0
    while len(left):
        # a type for as many sizes as any holds, the cheapest of them
        holds = fleet.may[left].sum(axis=0)
        candidates = np.flatnonzero(holds == holds.max())
        costs = [_ffd_on(fleet, left[fleet.may[left, t]], t) for t in candidates]
        best = int(np.argmin(costs))
        total += costs[best]
        left = left[~fleet.may[left, candidates[best]]]
    return total


def _ffd_on(fleet: Fleet, sizes: NDArray[np.int64], kind: int) -> float:
    has = fleet.has[kind]
    order = sizes[np.argsort(-(fleet.need[sizes] / np.maximum(has, 1e-9)).max(axis=1), kind="stable")]
    free = np.empty((0, len(has)))
    for size in order:
        need, left = fleet.need[size], int(fleet.count[size])
        if len(free):
            # equal tasks one after the other fill the first bins as far as they go
            fits = _times(free, need)
            put = np.diff(np.minimum(np.cumsum(fits), left), prepend=0)
            free -= put[:, None] * need
            left -= int(put.sum())
        each = int(_times(has[None, :], need)[0])
        new = -(-left // each)
        if new:
            filled = np.full(new, each)
            filled[-1] = left - each * (new - 1)
            free = np.vstack([free, has - filled[:, None] * need])
    return len(free) * float(fleet.price[kind])


def _times(free: Floats, need: Floats) -> NDArray[np.int64]:
    used = need > 0
    return np.floor((free[:, used] + 1e-9) / need[used]).min(axis=1).astype(np.int64)


def karpenter_like(fleet: Fleet) -> float:
    """Return the cost by Karpenter's provisioning rules (kubernetes-sigs/karpenter, scheduler.go and queue.go).

    Pods by CPU, then memory, largest first; each goes to the in-flight node with the fewest pods that some type can still
    hold with it; a node is launched as the cheapest type left to it.
    """
    order = np.lexsort((-fleet.need[:, 1], -fleet.need[:, 0]))
    used: list[Floats] = []
    types: list[NDArray[np.bool_]] = []
    pods: list[int] = []
    for size in order:
        # a node that refuses a pod refuses every other of its size: nodes only fill
        queue = [(n, node) for node, n in enumerate(pods)]
        heapify(queue)
        for _ in range(int(fleet.count[size])):
            while queue:
                _, node = heappop(queue)
                grown = used[node] + fleet.need[size]
                still = types[node] & fleet.may[size] & (fleet.has + 1e-9 >= grown).all(axis=1)
                if still.any():
                    used[node], types[node] = grown, still
                    pods[node] += 1
                    break
            else:
                node = len(used)
                used.append(fleet.need[size].copy())
                types.append(fleet.may[size].copy())
                pods.append(1)
            heappush(queue, (pods[node], node))
    return sum(float(fleet.price[left].min()) for left in types)


def eva_like(fleet: Fleet) -> float:
    """Return the cost by reservation prices (Eva, EuroSys '25, full reconfiguration).

    A task's reservation price is its cheapest instance alone. From the dearest type down: fill an instance with the tasks
    of the highest reservation price that fit, and open it when they add up to its price.
    """
    alone = np.where(fleet.may, fleet.price[None, :], np.inf).min(axis=1)
    left = fleet.count.astype(np.int64).copy()
    total = 0.0
    by_worth = np.argsort(-alone, kind="stable")
    for kind in np.argsort(-fleet.price, kind="stable"):
        while left.any():
            free, worth, put = fleet.has[kind].copy(), 0.0, np.zeros_like(left)
            for size in by_worth:
                if left[size] and fleet.may[size, kind]:
                    n = min(int(left[size]), int(_times(free[None, :], fleet.need[size])[0]))
                    put[size] = n
                    free -= n * fleet.need[size]
                    worth += n * alone[size]
            if not put.any() or worth < fleet.price[kind] * (1 - 1e-9):
                break
            # the same filling again and again, as long as there are tasks for it
            again = int((left[put > 0] // put[put > 0]).min())
            total += again * float(fleet.price[kind])
            left -= again * put
    return total


def highs_mip(fleet: Fleet, most_bins: int, time_limit_s: float) -> float | None:
    """Return the cost of HiGHS on the plain model (a type for each bin, tasks by bin), null when it finds nothing in time."""
    sizes, kinds = fleet.may.shape
    resources = fleet.has.shape[1]
    opened = most_bins * kinds
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    low: list[float] = []
    high: list[float] = []

    def row(entries: list[tuple[int, float]], least: float, most: float) -> None:
        for column, value in entries:
            rows.append(len(low))
            columns.append(column)
            values.append(value)
        low.append(least)
        high.append(most)

    def put(b: int, s: int) -> int:
        return opened + b * sizes + s

    for b in range(most_bins):
        row([(b * kinds + t, 1.0) for t in range(kinds)], 0.0, 1.0)
        for r in range(resources):
            need = [(put(b, s), float(fleet.need[s, r])) for s in range(sizes) if fleet.need[s, r]]
            row(need + [(b * kinds + t, -float(fleet.has[t, r])) for t in range(kinds)], -np.inf, 0.0)
        for s in range(sizes):
            where = [(b * kinds + t, -float(fleet.count[s])) for t in range(kinds) if fleet.may[s, t]]
            row([(put(b, s), 1.0), *where], -np.inf, 0.0)
    for s in range(sizes):
        row([(put(b, s), 1.0) for b in range(most_bins)], float(fleet.count[s]), np.inf)
    n = opened + most_bins * sizes
    matrix = coo_matrix((values, (rows, columns)), shape=(len(low), n)).tocsr()
    upper = np.concatenate([np.ones(opened), np.tile(fleet.count.astype(float), most_bins)])
    cost = np.concatenate([np.tile(fleet.price, most_bins), np.zeros(most_bins * sizes)])
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, low, high),
        integrality=np.ones(n),
        bounds=Bounds(np.zeros(n), upper),
        options={"time_limit": time_limit_s},
    )
    return None if found.x is None else float(cost @ np.round(found.x))


def cp_sat(fleet: Fleet, most_bins: int, time_limit_s: float, threads: int = 2) -> float | None:
    """Return the cost of OR-tools' CP-SAT on the same model, null when it finds nothing in time.

    Needs are rounded up and instances down to whole units; bins come by falling price, so that no two orders of the same
    bins are both looked at.
    """
    sizes, kinds = fleet.may.shape
    need, has = np.ceil(fleet.need).astype(int), np.floor(fleet.has).astype(int)
    price = np.round(fleet.price * CP_SAT_UNITS).astype(int)
    model = cp_model.CpModel()
    cost, put, chosen = [], [], []
    for b in range(most_bins):
        opened = [model.new_bool_var(f"open {b} {t}") for t in range(kinds)]
        held = [model.new_int_var(0, int(fleet.count[s]), f"put {b} {s}") for s in range(sizes)]
        model.add_at_most_one(opened)
        for r in range(need.shape[1]):
            room = cp_model.LinearExpr.weighted_sum(opened, has[:, r].tolist())
            model.add(cp_model.LinearExpr.weighted_sum(held, need[:, r].tolist()) <= room)
        for s in range(sizes):
            lawful = [opened[t] for t in np.flatnonzero(fleet.may[s])]
            model.add(held[s] <= int(fleet.count[s]) * cp_model.LinearExpr.sum(lawful))
        cost.append(cp_model.LinearExpr.weighted_sum(opened, price.tolist()))
        put.append(held)
        chosen += [(kind, float(fleet.price[t])) for t, kind in enumerate(opened)]
    for dear, cheap in pairwise(cost):
        model.add(dear >= cheap)
    for s in range(sizes):
        model.add(cp_model.LinearExpr.sum([held[s] for held in put]) >= int(fleet.count[s]))
    model.minimize(cp_model.LinearExpr.sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = time_limit_s
    solver.parameters.num_workers = threads
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return sum(usd for kind, usd in chosen if solver.boolean_value(kind))
