"""Cost over bound and wall time of `core.pack` on the shared instances, beside the prototype in the same run.

`pytest -m bench -s tests/bench/test_packing.py` prints a table; without the shared instances it says so and does nothing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
import pytest

from advisor.core import PackResult, pack, verify_certificate

SHARED = Path(os.environ.get("ADVISOR_REAL_DATA", Path(__file__).parents[3] / "shared"))
FILE = SHARED / "data" / "packing" / "instances.jsonl"
SOURCE = SHARED / "prototype" / "pack.rs"
LIMITS_S = {"X": (1.0,), "Y": (1.0,), "S": (0.3,), "M": (1.5,), "L": (0.5, 6.0)}
"""Seconds the targets allow, by kind of instance."""

pytestmark = [
    pytest.mark.bench,
    pytest.mark.real_data,
    pytest.mark.skipif(not FILE.exists(), reason="the shared instances are not here"),
]


def instances() -> list[dict[str, Any]]:
    """All of them, or those that ADVISOR_BENCH names by prefix ("S", "M-grid", …)."""
    wanted = tuple(os.environ.get("ADVISOR_BENCH", "").split(","))
    rows = [json.loads(line) for line in FILE.read_text().splitlines()]
    return [row for row in rows if row["name"].startswith(wanted)]


def ours(instance: dict[str, Any], limit_s: float | None) -> tuple[PackResult, float]:
    tasks = pl.DataFrame(instance["tasks"], infer_schema_length=None)
    bins = pl.DataFrame(instance["bins"], infer_schema_length=None)
    began = time.perf_counter()
    result = pack(tasks, bins, time_limit_s=limit_s)
    took_s = time.perf_counter() - began
    assert verify_certificate(tasks, bins, result) is None, instance["name"]
    return result, took_s


def prototype_text(instance: dict[str, Any]) -> str:
    """The instance in the prototype's format: at most four resources, groups as bits, whole numbers."""
    resources = instance["resources"]
    bit = {group: 1 << i for i, group in enumerate(sorted({b["group"] for b in instance["bins"]}))}
    lines = [f"{len(resources)} {len(instance['tasks'])} {len(instance['bins'])}"]
    for i, b in enumerate(instance["bins"]):
        room = " ".join(str(int(b[r])) for r in resources)
        lines.append(f"{room} {b['usd_per_hour']!r} {bit[b['group']]} t{i}")
    for t in instance["tasks"]:
        load = " ".join(str(int(t[r])) for r in resources)
        mask = sum(bit[g] for g in t.get("groups") or bit)
        alone = t.get("alone_usd_per_hour")
        price = 1e9 if alone is None else alone
        lines.append(f"{load} {t['count']} {mask} {price!r} {t.get('max_per_bin') or 10**9}")
    return "\n".join(lines) + "\n"


def theirs(binary: Path, instance: dict[str, Any], folder: Path) -> tuple[float, float, float]:
    """Bound, cost and seconds of the prototype's whole pipeline."""
    file = folder / f"{instance['name']}.txt"
    file.write_text(prototype_text(instance))
    seconds = "0.5" if instance["name"][0] in "XY" else "0.1"
    began = time.perf_counter()
    text = subprocess.run(
        [binary, file, "-j", "2", "-nok", "1", "-imp", seconds], capture_output=True, text=True, check=True
    ).stdout
    took_s = time.perf_counter() - began
    bounds = [float(x) for x in re.findall(r"(?:fluid-LB |certLB=)([\d.]+)", text)]
    cost = min(float(x) for x in re.findall(r"^(?:CG|  \+ruin).*cost +([\d.]+)", text, re.MULTILINE))
    return max(bounds), cost, took_s


def percent(cost: float, bound: float) -> float:
    return (cost / bound - 1) * 100


def test_packing(tmp_path: Path) -> None:
    compiler, binary = shutil.which("rustc"), None
    if compiler and SOURCE.exists():
        binary = tmp_path / "prototype"
        subprocess.run([compiler, "-O", "-A", "warnings", "-o", binary, SOURCE], check=True)
    gaps: dict[str, list[float]] = {}
    print(f"\n{'instance':16} {'limit':>6} {'cost':>11} {'bound':>11} {'gap %':>7} {'s':>7}   by")
    for instance in instances():
        kind = instance["name"][0]
        for limit_s in (*LIMITS_S[kind], None):
            result, took_s = ours(instance, limit_s)
            cost, bound = result.cost_usd_per_hour, result.lower_bound_usd_per_hour
            gaps.setdefault(f"{kind} {limit_s or 'work'}", []).append(percent(cost, bound))
            by = result.certificate["bound"]
            print(
                f"{instance['name']:16} {limit_s or 'work':>6} {cost:11.4f} {bound:11.4f} {percent(cost, bound):7.3f} {took_s:7.2f}   {by}"
            )
        if binary:
            bound, cost, took_s = theirs(binary, instance, tmp_path)
            gaps.setdefault(f"{kind} prototype", []).append(percent(cost, bound))
            print(
                f"{'':16} {'proto':>6} {cost:11.4f} {bound:11.4f} {percent(cost, bound):7.3f} {took_s:7.2f}"
            )
    for name, values in gaps.items():
        print(f"median gap {name:12} {median(values):7.3f} %   worst {max(values):7.3f} %   of {len(values)}")
