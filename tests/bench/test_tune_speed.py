"""From a turned knob to the redrawn text, in the process: median and p95, and where the time goes. `make bench` prints it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from fakes_clock import FakeClock

from advisor import advise, load_catalog, read_usage, what_if
from advisor.notebook.tune_panel import TunePanel
from advisor.notebook.tune_session import Answer, Session

SHOP = Path(__file__).parents[2] / "data" / "shop"
TURNS: dict[str, list[Any]] = {
    "operations": [float(5 * n) for n in range(1, 21)],
    "cover": ["3 years", "1 or 3 years", "nothing is bought", "1 year"] * 3,
    "spot": ["no Spot", "tasks that do not say, too", "tasks that say so"] * 3,
    "growth": [float(5 * n) for n in range(-10, 11) if n],
    "percentile": [98.0, 97.0, 96.0, 95.0, 90.0, 85.0, 80.0],
    "cpu_headroom": [20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0],
}


@pytest.mark.bench
@pytest.mark.parametrize("workloads", [40, 1000])
def test_knob_to_redraw(workloads: int, tmp_path: Path) -> None:
    source = SHOP
    if workloads != 40:
        source = tmp_path / "fleet"
        made = [sys.executable, "-m", "advisor", "demo-data", str(source), "--workloads", str(workloads)]
        subprocess.run(made, check=True, capture_output=True)
    usage, catalog = read_usage(source), load_catalog()
    began = time.perf_counter()
    plan = advise(usage, catalog)
    print(f"\n{workloads} workloads: a full plan takes {time.perf_counter() - began:.1f} s")
    clock = FakeClock()
    session = Session(what_if(usage, catalog, plan=plan), clock)
    panel = TunePanel(session)
    drawn = 0.0
    draw = session.tell

    def timed(answer: Answer) -> None:
        nonlocal drawn
        start = time.perf_counter()
        draw(answer)
        drawn = time.perf_counter() - start

    session.tell = timed
    for name, values in TURNS.items():
        knob, took, busy, drawing = panel.knobs.inputs[name], [], [], []
        for value in values:
            start, busy_from = time.perf_counter(), time.process_time()
            knob.value = value
            took.append(time.perf_counter() - start)
            busy.append(time.process_time() - busy_from)
            drawing.append(drawn)
        took.sort()
        p95 = took[min(len(took) - 1, round(0.95 * len(took)))]
        print(
            f"  {name:<14} median {1e3 * took[len(took) // 2]:6.0f} ms   p95 {1e3 * p95:6.0f} ms   "
            f"busy {1e3 * sorted(busy)[len(busy) // 2]:6.0f} ms of all cores   of which drawing {1e3 * sorted(drawing)[len(drawing) // 2]:4.1f} ms   n {len(took)}"
        )
        panel.reset.click()
