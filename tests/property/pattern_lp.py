"""The relaxation of one hour over every maximal way of filling a bin, solved by HiGHS: nothing of the core in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import Bounds, LinearConstraint, linprog, milp


@dataclass(frozen=True)
class Fleet:
    """Sizes and kinds of bin by row; resources are whole numbers, so that "does it fit" is exact.

    Attributes:
        weight: resources of a task, size × resource.
        count: tasks by size.
        alone: USD per hour of one task outside every bin by size; infinite where it cannot.
        most: most tasks of a size in one bin.
        groups: groups a size may use.
        capacity: resources of a bin, kind × resource.
        price: USD per hour by kind.
        group: group of each kind.
    """

    weight: np.ndarray
    count: np.ndarray
    alone: np.ndarray
    most: np.ndarray
    groups: list[list[str]]
    capacity: np.ndarray
    price: np.ndarray
    group: list[str]

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The same as `core.pack` takes it."""
        resources = range(self.weight.shape[1])
        tasks = {
            "size_id": [f"s{i}" for i in range(len(self.count))],
            "count": self.count.tolist(),
            "groups": self.groups,
            "alone_usd_per_hour": [p if np.isfinite(p) else None for p in self.alone.tolist()],
            "max_per_bin": self.most.tolist(),
        }
        bins = {
            "bin_id": [f"b{i}" for i in range(len(self.price))],
            "usd_per_hour": self.price.tolist(),
            "group": self.group,
        }
        return (
            pl.DataFrame(tasks | {f"r{k}": self.weight[:, k].tolist() for k in resources}),
            pl.DataFrame(bins | {f"r{k}": self.capacity[:, k].tolist() for k in resources}),
        )


def random_fleet(seed: int) -> Fleet:
    """Up to eight sizes, some sixty tasks and six kinds of bin; every size has a place."""
    rng = np.random.default_rng(seed)
    n, t, dims = int(rng.integers(3, 9)), int(rng.integers(1, 7)), int(rng.integers(1, 4))
    names = ["arm64", "x86_64"][: int(rng.integers(1, 3))]
    # A bin holds up to thirty of the smallest tasks: more would be too many patterns to list.
    weight = rng.integers(2, 13, (n, dims)) * rng.choice([1, 64, 250], dims)
    capacity = weight.max(axis=0) * rng.integers(4, 21, (t, dims)) // 4
    group = [names[i % len(names)] for i in range(t)]
    groups = [[g for g in names if rng.random() < 0.8] for _ in range(n)]
    open_to = [{group[b] for b in range(t) if (capacity[b] >= weight[s]).all()} for s in range(n)]
    alone = rng.integers(40, 400, n) / 1000
    placed = np.array([bool(open_to[s] & set(groups[s])) for s in range(n)])
    return Fleet(
        weight=weight,
        count=rng.integers(1, 13, n),
        alone=np.where(placed & (rng.random(n) < 0.7), np.inf, alone),
        most=np.where(rng.random(n) < 0.2, rng.integers(1, 4, n), 100),
        groups=groups,
        capacity=capacity,
        price=(capacity / weight.max(axis=0)).mean(axis=1) * rng.integers(60, 140, t) / 1000,
        group=group,
    )


def maximal_patterns(fleet: Fleet, kind: int) -> np.ndarray:
    """Every filling of one bin to which no wanted task can be added, one a row."""
    open_to = np.array([fleet.group[kind] in groups for groups in fleet.groups])
    most = np.minimum(fleet.count, fleet.most) * open_to
    room = fleet.capacity[kind]

    def fill(size: int, free: np.ndarray) -> Iterator[list[int]]:
        if size == len(most):
            yield []
            return
        fits = int(min(most[size], (free // fleet.weight[size]).min()))
        # The last size takes what it can: fewer is never maximal.
        for copies in range(fits if size == len(most) - 1 else 0, fits + 1):
            for rest in fill(size + 1, free - copies * fleet.weight[size]):
                yield [copies, *rest]

    found = np.array(list(fill(0, room)))
    free = room - found @ fleet.weight
    another = (free[:, None, :] >= fleet.weight).all(axis=2) & (found < most)
    return found[~another.any(axis=1) & found.any(axis=1)]


@dataclass(frozen=True)
class Programme:
    """Every column of the relaxation: what it costs and what it covers."""

    cost: np.ndarray
    cover: np.ndarray
    count: np.ndarray

    @classmethod
    def of(cls, fleet: Fleet) -> Programme:
        """All maximal patterns of all kinds, and each task alone that may be."""
        per_kind = [maximal_patterns(fleet, b) for b in range(len(fleet.price))]
        lone = np.isfinite(fleet.alone)
        cost = [np.full(len(p), price) for p, price in zip(per_kind, fleet.price, strict=True)]
        return cls(
            cost=np.concatenate([*cost, fleet.alone[lone]]),
            cover=np.vstack([*per_kind, np.eye(len(lone), dtype=int)[lone]]),
            count=fleet.count,
        )

    def relaxed(self) -> float:
        """Least cost when bins may be opened fractionally often."""
        found = linprog(self.cost, A_ub=-self.cover.T, b_ub=-self.count, method="highs")
        assert found.success, found.message
        return float(found.fun)

    def whole(self) -> float:
        """Least cost of all packings."""
        cover = LinearConstraint(self.cover.T, self.count, np.inf)
        found = milp(
            self.cost,
            constraints=[cover],
            integrality=np.ones(len(self.cost)),
            bounds=Bounds(0, np.inf),
            options={"mip_rel_gap": 0.0},
        )
        assert found.success, found.message
        return float(found.fun)
