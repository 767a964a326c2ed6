"""What 1,000 services × 14 days by the minute take when the real command pulls them over HTTP from a simulated AWS."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from simulated_aws.fleets import thousand
from simulated_aws.server import SimulatedAws

pytestmark = pytest.mark.bench
TESTS = Path(__file__).parents[1]
SERVICES = int(os.environ.get("BENCH_SERVICES", "1000"))
PEAK = """
import resource, sys
from advisor.__main__ import main
try:
    main(sys.argv[1:])
finally:
    print("peak_mib", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, flush=True)
"""
"""The command, telling at its end how much memory it had at most."""


def test_pull_and_read_again_over_http(tmp_path: Path, capsys) -> None:
    told = []
    # a server of its own process would be kinder to two cores; this one shares ours and is counted apart
    with SimulatedAws(thousand(services=SERVICES)) as aws:
        environment = os.environ | aws.environment
        environment |= {"ADVISOR_DATA_DIR": str(tmp_path), "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"}
        for verb in ("pull", "pull"):
            aws.journal.clear()
            begun_s = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-c", PEAK, verb, "--region", "eu-west-1", "--days", "14"],
                capture_output=True,
                text=True,
                env=environment,
                cwd=tmp_path,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            said = re.search(r"(\d+) paid requests about \$([\d.]+)", done.stderr.replace(",", ""))
            told.append(
                {
                    "verb": verb,
                    "wall_s": round(time.monotonic() - begun_s, 1),
                    "requests": len(aws.journal.entries()),
                    "paid": said and said[1],
                    "usd": said and said[2],
                    "peak_mib": int(re.findall(r"peak_mib (\d+)", done.stdout)[0]),
                    "store_mib": sum(p.stat().st_size for p in tmp_path.rglob("*.parquet")) // 2**20,
                }
            )
        assert aws.journal.wrong == []
    with capsys.disabled():
        for line in told:
            print(f"\n{json.dumps(line)}")
