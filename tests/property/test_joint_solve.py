"""`advisor.core.solve` on tiny windows against one exact programme over all patterns, hours and levels."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing_oracle import Row, frames, lawful_patterns
from scipy.optimize import Bounds, LinearConstraint, milp
from test_pack_properties import RESOURCES
from test_room_prices import windows

from advisor.core import Offer, SolveResult, solve
from advisor.errors import InputError

Window = tuple[list[Row], list[Row], list[list[int]], list[Offer]]


@st.composite
def estates(draw: st.DrawFn) -> Window:
    """A small window, and up to two offers; the second one, as a Compute plan does, reaches everything."""
    tasks, bins, hours = draw(windows())
    for kind in bins:
        kind["committable_usd_per_hour"] = kind["usd_per_hour"] * draw(st.sampled_from([1.0, 1.0, 0.8]))
    names = [b["bin_id"] for b in bins]
    offers = []
    if draw(st.booleans()):
        some = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        share = draw(st.sampled_from([0.5, 0.62, 0.9]))
        offers.append(Offer("one", dict.fromkeys(some, share), None, draw(st.sampled_from([0.0, 0.0, 0.05]))))
    if draw(st.booleans()):
        shares = {name: draw(st.sampled_from([0.7, 0.75])) for name in names}
        offers.append(Offer("all", shares, 0.8, draw(st.sampled_from([0.0, 0.02]))))
    return tasks, bins, hours, offers


def solved(estate: Window, threads: int = 0) -> SolveResult:
    tasks, bins, hours, offers = estate
    rows = [
        (h, s, n, tasks[s]["alone_usd_per_hour"])
        for h, counts in enumerate(hours)
        for s, n in enumerate(counts)
    ]
    schema = {"hour": pl.Int64, "size": pl.UInt32, "count": pl.Int64, "alone_usd_per_hour": pl.Float64}
    demand = pl.DataFrame(rows, schema=schema, orient="row")
    frame, kinds = frames(tasks, bins)
    return solve(frame.drop("count", "alone_usd_per_hour"), kinds, demand, offers, threads=threads)


def optimum(estate: Window) -> float:
    """Least cost over all fleets, levels and ways to use them: HiGHS, one variable for each."""
    tasks, bins, hours, offers = estate
    cost: list[float] = [float(len(hours))] * len(offers)
    whole = [0] * len(offers)
    rows: list[tuple[dict[int, float], float]] = []
    for counts in hours:
        now: list[Any] = [{**t, "count": n} for t, n in zip(tasks, counts, strict=True)]
        patterns = [(at, p) for at, b in enumerate(bins) for p in lawful_patterns(now, b, RESOURCES)]
        cover: list[dict[int, float]] = [{} for _ in tasks]
        dollars: list[dict[int, float]] = [{} for _ in range(len(bins) + 1)]
        for at, pattern in patterns:
            dollars[at][len(cost)] = bins[at]["committable_usd_per_hour"]
            for s, n in enumerate(pattern):
                if n:
                    cover[s][len(cost)] = float(n)
            cost.append(bins[at]["usd_per_hour"])
            whole.append(1)
        for s, task in enumerate(tasks):
            if task["alone_usd_per_hour"] is not None:
                dollars[-1][len(cost)] = task["alone_usd_per_hour"]
                cover[s][len(cost)] = 1.0
                cost.append(task["alone_usd_per_hour"])
                whole.append(1)
        rows += [(c, float(n)) for c, n in zip(cover, counts, strict=True)]
        for o, offer in enumerate(offers):
            used: dict[int, float] = {o: 1.0}
            for at in range(len(bins) + 1):
                share = offer.alone_share if at == len(bins) else offer.bin_share.get(bins[at]["bin_id"])
                if share is not None:
                    used[len(cost)] = -share
                    dollars[at][len(cost)] = -1.0
                    cost.append(-1.0)
                    whole.append(0)
            rows.append((used, -offer.owned_usd_per_hour))
        rows += [(d, 0.0) for d in dollars]
    matrix = np.zeros((len(rows), len(cost)))
    for at, (entries, _) in enumerate(rows):
        for column, value in entries.items():
            matrix[at, column] = value
    limits = LinearConstraint(matrix, np.array([r[1] for r in rows]), np.inf)
    found = milp(np.array(cost), constraints=limits, integrality=np.array(whole), bounds=Bounds(0, np.inf))
    assert found.success
    return float(found.fun)


@settings(max_examples=120, deadline=None)
@given(estates())
def test_bound_optimum_cost(estate: Window) -> None:
    result, best = solved(estate), optimum(estate)
    assert result.lower_bound_usd <= best + 1e-6
    assert best <= result.cost_usd + 1e-6
    assert result.lower_bound_usd <= result.relaxed_usd * (1 + 1e-3)
    assert result.cost_usd <= result.sequential_usd


@settings(max_examples=80, deadline=None)
@given(estates())
def test_the_certificate_proves_the_bound(estate: Window) -> None:
    """Worths are lawful, no filling is worth more than what its bin costs at them, and the hours add up."""
    tasks, bins, hours, offers = estate
    result = solved(estate)
    worth, block = result.certificate["worth"], result.certificate["block"]
    tasks = [{**t, "count": max(column)} for t, column in zip(tasks, zip(*hours, strict=True), strict=True)]
    for offer in offers:
        assert sum(worth[block[h]][offer.offer_id] for h in range(len(hours))) <= len(hours) * (1 + 1e-9)
    usd = 0.0
    for h, counts in enumerate(hours):
        prices = (
            result.packed.shadow_prices.filter(pl.col("hour") == h).sort("size")["usd_per_hour"].to_list()
        )
        now = worth[block[h]]
        for kind in bins:
            shares = [
                now[o.offer_id] * o.bin_share[kind["bin_id"]] for o in offers if kind["bin_id"] in o.bin_share
            ]
            rate = kind["usd_per_hour"] - kind["committable_usd_per_hour"] * (1.0 - min([1.0, *shares]))
            for copies in lawful_patterns(tasks, kind, RESOURCES):
                assert sum(n * p for n, p in zip(copies, prices, strict=True)) <= rate + 1e-9
        alone = min([1.0, *(now[o.offer_id] * o.alone_share for o in offers if o.alone_share is not None)])
        for task, price in zip(tasks, prices, strict=True):
            assert task["alone_usd_per_hour"] is None or price <= task["alone_usd_per_hour"] * alone + 1e-9
        usd += sum(n * p for n, p in zip(counts, prices, strict=True))
        usd -= sum(now[o.offer_id] * o.owned_usd_per_hour for o in offers)
    assert result.lower_bound_usd <= max(usd, 0.0) + 1e-6


@settings(max_examples=80, deadline=None)
@given(estates())
def test_the_plan_is_lawful_and_costs_what_it_says(estate: Window) -> None:
    """Every hour is packed, and the bill, drawn down offer by offer, is the cost stated."""
    tasks, bins, hours, offers = estate
    result = solved(estate)
    packed = result.packed
    usd = len(hours) * sum(result.commitments_usd_per_hour.values())
    for h, counts in enumerate(hours):
        used = packed.hour_patterns.filter(pl.col("hour") == h).join(packed.patterns, on="pattern_id")
        alone = dict(packed.alone.filter(pl.col("hour") == h).select("size", "count").iter_rows())
        placed = [alone.get(s, 0) for s in range(len(tasks))]
        dollars = [0.0] * (len(bins) + 1)
        for (_, at), rows in used.group_by("pattern_id", "bin", maintain_order=True):
            bin_ = bins[int(str(at))]
            copies = [0] * len(tasks)
            for s, n in rows.select("size", "count_per_bin").iter_rows():
                copies[s] = n
            assert tuple(copies) in lawful_patterns(tasks, bin_, RESOURCES)
            times = rows["bins"][0]
            placed = [p + n * times for p, n in zip(placed, copies, strict=True)]
            dollars[int(str(at))] += bin_["committable_usd_per_hour"] * times
            usd += (bin_["usd_per_hour"] - bin_["committable_usd_per_hour"]) * times
        assert placed == counts
        dollars[-1] = sum(n * (tasks[s]["alone_usd_per_hour"] or 0.0) for s, n in alone.items())
        for offer in offers:
            left = result.commitments_usd_per_hour[offer.offer_id] + offer.owned_usd_per_hour
            share = [offer.bin_share.get(b["bin_id"]) for b in bins] + [offer.alone_share]
            for _, at in sorted((s, at) for at, s in enumerate(share) if s is not None and s < 1):
                covered = min(dollars[at], left / (share[at] or 1.0))
                dollars[at] -= covered
                left -= covered * (share[at] or 1.0)
        usd += sum(dollars)
    assert usd == pytest.approx(result.cost_usd, rel=1e-6, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(estates())
def test_threads_change_nothing(estate: Window) -> None:
    one, two = solved(estate, 1), solved(estate, 2)
    assert (one.cost_usd, one.lower_bound_usd) == (two.cost_usd, two.lower_bound_usd)
    assert one.certificate == two.certificate
    assert one.packed.hour_patterns.equals(two.packed.hour_patterns)


def test_what_it_refuses() -> None:
    tasks = pl.DataFrame({"size_id": ["a"], "vcpu": [1.0]})
    bins = pl.DataFrame({"bin_id": ["b"], "usd_per_hour": [1.0], "vcpu": [4.0]})
    demand = pl.DataFrame({"hour": [0], "size": [0], "count": [3]})
    with pytest.raises(InputError, match="there is no bin x"):
        solve(tasks, bins, demand, [Offer("o", {"x": 0.5})])
    with pytest.raises(InputError, match="limit"):
        solve(tasks, bins.with_columns(limit=2), demand)
    with pytest.raises(InputError, match="committable_usd_per_hour"):
        solve(tasks, bins.with_columns(committable_usd_per_hour=2.0), demand)
    nothing = solve(tasks, bins, demand.clear(), [Offer("o", {"b": 0.5})])
    assert (nothing.cost_usd, nothing.commitments_usd_per_hour) == (0.0, {"o": 0.0})
