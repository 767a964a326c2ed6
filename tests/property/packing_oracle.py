"""Slow, obvious checks of packings that share no code with the core: feasibility, certificate, exact optimum."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import Bounds, LinearConstraint, milp

from advisor.core import PackResult

Row = dict[str, Any]


def allowed(task: Row, kind: Row) -> bool:
    """Whether the size may use bins of the kind's group."""
    return task.get("groups") is None or kind.get("group") in task["groups"]


def check_feasible(tasks: list[Row], bins: list[Row], resources: list[str], result: PackResult) -> None:
    """Every task placed once, every bin within its rules, the cost as stated."""
    by_size, by_bin = {t["size_id"]: t for t in tasks}, {b["bin_id"]: b for b in bins}
    placed: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    cost = 0.0
    for _, pattern in result.patterns.group_by("pattern_id", maintain_order=True):
        rows = pattern.to_dicts()
        kind, times = by_bin[rows[0]["bin_id"]], rows[0]["bins"]
        assert len({(r["bin_id"], r["bins"]) for r in rows}) == 1
        assert times >= 1
        opened[kind["bin_id"]] += times
        cost += kind["usd_per_hour"] * times
        for name in resources:
            load = sum(Fraction(by_size[r["size_id"]][name]) * r["count_per_bin"] for r in rows)
            assert load <= Fraction(kind[name]) * (1 + Fraction(1, 10**9)), f"{name} of {kind['bin_id']}"
        for r in rows:
            task = by_size[r["size_id"]]
            assert allowed(task, kind)
            assert 1 <= r["count_per_bin"] <= (task.get("max_per_bin") or r["count_per_bin"])
            placed[r["size_id"]] += r["count_per_bin"] * times
    for r in result.alone.to_dicts():
        assert by_size[r["size_id"]].get("alone_usd_per_hour") is not None
        cost += by_size[r["size_id"]]["alone_usd_per_hour"] * r["count"]
        placed[r["size_id"]] += r["count"]
    assert dict(placed) == {t["size_id"]: t["count"] for t in tasks if t["count"]}
    for kind in bins:
        assert opened[kind["bin_id"]] <= (kind["limit"] if kind.get("limit") is not None else 10**12)
    assert abs(cost - result.cost_usd_per_hour) <= 1e-9 * max(1.0, cost)
    assert result.lower_bound_usd_per_hour <= result.cost_usd_per_hour * (1 + 1e-12)


def lawful_patterns(tasks: list[Row], kind: Row, resources: list[str]) -> list[tuple[int, ...]]:
    """All fillings of one bin with no more than the wanted tasks; for a handful of tasks only."""
    most = [min(t["count"], t.get("max_per_bin") or t["count"]) if allowed(t, kind) else 0 for t in tasks]
    found = []
    for copies in product(*(range(m + 1) for m in most)):
        loads = [sum(n * Fraction(t[r]) for n, t in zip(copies, tasks, strict=True)) for r in resources]
        if any(copies) and all(load <= Fraction(kind[r]) for load, r in zip(loads, resources, strict=True)):
            found.append(copies)
    return found


def check_certificate(tasks: list[Row], bins: list[Row], resources: list[str], result: PackResult) -> None:
    """The claim of the certificate, in integers and fractions, over every lawful filling of every bin."""
    c = result.certificate
    price, scale = c["prices"], c["scale"]
    assert sum(price[t["size_id"]] * t["count"] for t in tasks) == c["lower_bound_scaled"]
    if c["bound"] == "dual":
        assert result.lower_bound_usd_per_hour <= c["lower_bound_scaled"] / scale
        assert result.lower_bound_usd_per_hour >= c["lower_bound_scaled"] / scale * (1 - 1e-12)
    for t in tasks:
        if t.get("alone_usd_per_hour") is not None:
            assert price[t["size_id"]] <= Fraction(t["alone_usd_per_hour"]) * scale or not t["count"]
    for kind in bins:
        limit = Fraction(kind["usd_per_hour"]) * scale
        for copies in lawful_patterns(tasks, kind, resources):
            assert sum(n * price[t["size_id"]] for n, t in zip(copies, tasks, strict=True)) <= limit


def exact_optimum(tasks: list[Row], bins: list[Row], resources: list[str]) -> float:
    """Least cost over all packings: one integer variable per lawful filling, solved by HiGHS."""
    columns: list[tuple[float, tuple[int, ...], int | None]] = []
    for at, kind in enumerate(bins):
        columns += [(kind["usd_per_hour"], p, at) for p in lawful_patterns(tasks, kind, resources)]
    for s, t in enumerate(tasks):
        if t.get("alone_usd_per_hour") is not None:
            columns.append((t["alone_usd_per_hour"], tuple(int(i == s) for i in range(len(tasks))), None))
    if not columns:
        return 0.0
    cost = np.array([c[0] for c in columns])
    cover = np.array([c[1] for c in columns]).T
    counts = np.array([t["count"] for t in tasks])
    limits = [LinearConstraint(cover, counts, np.inf)]
    for at, kind in enumerate(bins):
        if kind.get("limit") is not None:
            limits.append(
                LinearConstraint(np.array([[float(c[2] == at) for c in columns]]), 0, kind["limit"])
            )
    found = milp(cost, constraints=limits, integrality=np.ones(len(cost)), bounds=Bounds(0, np.inf))
    assert found.success, found.message
    return float(found.fun)


def frames(tasks: list[Row], bins: list[Row]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows as frames."""
    return pl.DataFrame(tasks, infer_schema_length=None), pl.DataFrame(bins, infer_schema_length=None)
