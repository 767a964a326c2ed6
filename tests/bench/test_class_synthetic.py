"""Classes of 2,000 drawn series whose kind is known, and the periods of those that have one. `pytest -m slow -s` prints it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from advisor.config import ProfilePolicy
from advisor.core import usage_features
from advisor.workload.classify import classify
from advisor.workload.evidence import period

STEP_S = 900
DAY = 86_400 // STEP_S
N = 28 * DAY
EACH = 500
SLOT = np.arange(N)


@dataclass(frozen=True)
class Drawn:
    """A series in vCPU of a task of one vCPU, its kind, and its period in hours, 0 when it has none."""

    kind: str
    load: np.ndarray
    period_h: int = 0


def batch(rng: np.random.Generator) -> Drawn:
    """Runs of half an hour to four hours, by the clock or not, on a floor of up to 8 % of their height."""
    length = int(rng.integers(2, 17))
    every_h = int(rng.choice([0, 6, 8, 12, 24, 168]))
    height, floor = rng.uniform(0.3, 1.0), rng.uniform(0, 0.08)
    load = np.full(N, floor * height)
    if every_h:
        length = min(length, every_h * 4 // 4)
        starts = np.arange(int(rng.integers(0, every_h * 4)), N - length, every_h * 4)
    else:
        starts = rng.choice(N - length, int(rng.integers(8, 60)), replace=False)
    for start in starts:
        load[start : start + length] = height * max(0.4, rng.normal(1.0, 0.2))
    return Drawn("BATCH", load * rng.normal(1.0, 0.1, N).clip(0.5), every_h)


def burst(rng: np.random.Generator) -> Drawn:
    """A wave of the day of 1 to 3.5 … 12, or an even base with short peaks of 3 to 20 times it at any time."""
    if rng.random() < 0.5:
        ratio = rng.uniform(3.5, 12.0)
        wave = (1 + np.sin(2 * np.pi * (SLOT / DAY + rng.random()))) / 2
        return Drawn("BURST", 0.05 * (1 + (ratio - 1) * wave) * rng.normal(1.0, 0.08, N).clip(0.5), 24)
    base = rng.uniform(0.02, 0.06)
    load = base * rng.normal(1.0, 0.1, N).clip(0.3)
    peaks = rng.choice(N, int(rng.integers(N // 60, N // 20)), replace=False)
    load[peaks] = base * rng.uniform(3.0, 20.0, len(peaks))
    return Drawn("BURST", load)


def steady(rng: np.random.Generator) -> Drawn:
    """A level with noise; often a weak wave of the day, a shift to at most twice the level, an outage of some hours."""
    level = rng.uniform(0.05, 0.6) * np.ones(N)
    wave = rng.random() < 0.5
    if wave:
        ratio = rng.uniform(1.2, 2.5)
        level *= 1 + (ratio - 1) * (1 + np.sin(2 * np.pi * (SLOT / DAY + rng.random()))) / 2
    if rng.random() < 0.3:
        level[int(rng.integers(N // 4, 3 * N // 4)) :] *= rng.uniform(0.5, 2.0)
    level *= rng.normal(1.0, rng.uniform(0.01, 0.3), N).clip(0.1)
    if rng.random() < 0.2:
        at = int(rng.integers(0, N - 40))
        level[at : at + int(rng.integers(2, 40))] = 0.0
    return Drawn("STEADY_STATE", level, 0)


def idle(rng: np.random.Generator) -> Drawn:
    """A few thousandths of the reservation, with the blips of a host that looks after itself."""
    load = rng.uniform(0.0005, 0.005) * rng.normal(1.0, 0.2, N).clip(0.1)
    load[rng.choice(N, N // 300, replace=False)] = rng.uniform(0.01, 0.05)
    return Drawn("IDLE", load)


@pytest.mark.slow
def test_drawn_series() -> None:
    rng = np.random.default_rng(20_260_720)
    drawn = [kind(rng) for kind in (batch, burst, steady, idle) for _ in range(EACH)]
    points = pl.DataFrame(
        {
            "series": np.repeat(np.arange(len(drawn), dtype=np.uint32), N),
            "start_s": np.tile(SLOT.astype(np.int64) * STEP_S + 1_750_003_200, len(drawn)),
            "interval_s": np.full(len(drawn) * N, STEP_S, np.int64),
            "value": np.concatenate([d.load for d in drawn]),
        }
    )
    policy = ProfilePolicy()
    shapes = list(usage_features(points).iter_rows(named=True))
    found = [classify(s, policy, (s["p99"], s["max"])).workload_class.value for s in shapes]
    kinds = ("BATCH", "BURST", "STEADY_STATE", "IDLE")
    scores = {}
    print("\nkind \\ found    " + "".join(f"{k:>14}" for k in kinds))
    for kind in kinds:
        got = [f for d, f in zip(drawn, found) if d.kind == kind]
        print(f"{kind:<16}" + "".join(f"{got.count(k):>14}" for k in kinds))
        hit = got.count(kind)
        scores[kind] = 2 * hit / (len(got) + found.count(kind))
    macro_f1 = sum(scores.values()) / len(scores)
    periodic = [(d.period_h, s) for d, s in zip(drawn, shapes) if d.period_h]
    right = sum(period(s, policy)[0] == h * 3600 for h, s in periodic) / len(periodic)
    print(f"macro-F1 {macro_f1:.3f} of {len(drawn)} series; period right in {right:.1%} of {len(periodic)}")
    assert macro_f1 >= 0.9
    assert right >= 0.9
