"""One fleet through the peers and through `core.pack`: cost over the proven bound, and seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from peers import Fleet, cp_sat, eva_like, first_fit_decreasing, highs_mip, karpenter_like

from advisor.core import pack

OURS = "advisor"
THREADS = 2
MIP_S = 20.0
"""Seconds that a solver of the plain model gets."""


@dataclass(frozen=True)
class Entry:
    """What one packer made of one fleet.

    Attributes:
        fleet: its name.
        packer: whose rule.
        usd_per_hour: null where it found nothing in time.
        over: share by which that is above the proven bound; null likewise.
        seconds: wall time.
    """

    fleet: str
    packer: str
    usd_per_hour: float | None
    over: float | None
    seconds: float


def contest(
    name: str,
    tasks: pl.DataFrame,
    kinds: pl.DataFrame,
    resources: Sequence[str],
    *,
    limits_s: Sequence[float | None] = (None,),
    solvers: bool = False,
) -> Iterator[Entry]:
    """Yield the entries of the peers, then ours.

    Args:
        name: of the fleet.
        tasks: as for `core.pack`, with `groups`.
        kinds: as for `core.pack`, with `group`.
        resources: what a task needs.
        limits_s: time limits of ours; all are measured against the best bound.
        solvers: whether the plain model is small enough to try HiGHS and OR-tools on.
    """
    ours = []
    for limit_s in limits_s:
        began = time.perf_counter()
        result = pack(tasks, kinds, threads=THREADS, time_limit_s=limit_s)
        label = OURS if limit_s is None else f"{OURS}, {limit_s:.0f} s"
        ours.append((label, result, time.perf_counter() - began))
    bound = max(result.lower_bound_usd_per_hour for _, result, _ in ours)
    arrays = fleet(tasks, kinds, resources)
    peers: dict[str, Callable[[], float | None]] = {
        "FFD, best single type": lambda: first_fit_decreasing(arrays),
        "Karpenter-like": lambda: karpenter_like(arrays),
        "Eva-like": lambda: eva_like(arrays),
    }
    if solvers:
        most = 1 + min(int(result.patterns.unique("pattern_id")["bins"].sum()) for _, result, _ in ours)
        peers[f"HiGHS MIP, {MIP_S:.0f} s"] = lambda: highs_mip(arrays, most, MIP_S)
        peers[f"OR-tools CP-SAT, {MIP_S:.0f} s"] = lambda: cp_sat(arrays, most, MIP_S, THREADS)
    for peer, run in peers.items():
        began = time.perf_counter()
        usd = run()
        took_s = time.perf_counter() - began
        assert usd is None or usd >= bound * (1 - 1e-9), f"{peer} undercuts the bound on {name}"
        yield Entry(name, peer, usd, None if usd is None else usd / bound - 1, took_s)
    for label, result, took_s in ours:
        usd = result.cost_usd_per_hour
        yield Entry(name, label, usd, usd / bound - 1, took_s)


def fleet(tasks: pl.DataFrame, kinds: pl.DataFrame, resources: Sequence[str]) -> Fleet:
    """Return the frames as arrays."""
    need, has = tasks.select(resources).to_numpy(), kinds.select(resources).to_numpy()
    lawful = np.array([[g in groups for g in kinds["group"]] for groups in tasks["groups"]])
    fits = (need[:, None, :] <= has[None, :, :]).all(axis=2)
    return Fleet(need, tasks["count"].to_numpy(), has, kinds["usd_per_hour"].to_numpy(), lawful & fits)


def shown(entries: Iterable[Entry]) -> list[Entry]:
    """Print the entries as they come, and return them."""
    print(f"\n{'fleet':<14}{'packer':<24}{'USD/h':>10}{'over bound':>12}{'seconds':>10}")
    kept = []
    for e in entries:
        usd = "-" if e.usd_per_hour is None else f"{e.usd_per_hour:.3f}"
        over = "-" if e.over is None else f"{e.over:.2%}"
        print(f"{e.fleet:<14}{e.packer:<24}{usd:>10}{over:>12}{e.seconds:>10.2f}", flush=True)
        kept.append(e)
    return kept
