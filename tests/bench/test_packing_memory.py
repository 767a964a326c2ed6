"""What `core.pack` takes in memory on the largest shared instance: growth of a process's peak around the call.

`pytest -m bench -s tests/bench/test_packing_memory.py` prints it; without the shared instances it says so and does nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from test_packing import FILE

TARGET_MIB = 50

pytestmark = [
    pytest.mark.bench,
    pytest.mark.real_data,
    pytest.mark.skipif(not FILE.exists(), reason="the shared instances are not here"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peaks are read from /proc"),
]

CHILD = """
import json, re, sys
from pathlib import Path
import polars as pl
from advisor.core import pack

instance = json.loads(sys.stdin.read())
tasks, bins = (pl.DataFrame(instance[name], infer_schema_length=None) for name in ("tasks", "bins"))
pack(tasks.head(1), bins, threads=2)  # what the first call loads is not the pack's
status = Path("/proc/self/status")
kib = lambda name: int(re.search(name + r":\\s+(\\d+)", status.read_text()).group(1))
Path("/proc/self/clear_refs").write_text("5")
before = kib("VmRSS")
result = pack(tasks, bins, threads=2)
print(json.dumps([before, kib("VmHWM"), result.cost_usd_per_hour / result.lower_bound_usd_per_hour - 1]))
"""


def test_memory_of_the_largest() -> None:
    lines = [line for line in FILE.read_text().splitlines() if json.loads(line)["name"].startswith("L")]
    largest = max(lines, key=lambda line: len(json.loads(line)["bins"]) * len(json.loads(line)["tasks"]))
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=largest, capture_output=True, text=True, check=True
    )
    before, peak, gap = json.loads(done.stdout)
    grown = (peak - before) / 1024
    print(
        f"\n{json.loads(largest)['name']}: {grown:.1f} MiB over {before / 1024:.0f} MiB of Python and polars, gap {gap:.2%}"
    )
    assert grown <= TARGET_MIB
