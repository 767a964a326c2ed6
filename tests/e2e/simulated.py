"""What the tests with a simulated AWS share: the command in a process of its own, led to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulated_aws.server import SimulatedAws

TESTS = Path(__file__).parents[1]
HASTE = 40
"""Time of our own clock passes so many times as fast where waiting is what is tested."""


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def plan(self) -> dict[str, Any]:
        """Its run document."""
        return dict(json.loads(self.out))


def environment(home: Path, aws: SimulatedAws, **more: str) -> dict[str, str]:
    """Return a clean environment that leads to a simulated AWS and keeps everything below one folder."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ADVISOR_", "AWS_", "XDG_"))}
    own = {
        "HOME": str(home),
        "ADVISOR_STATE_DIR": str(home / "state"),
        "ADVISOR_DATA_DIR": str(home / "data"),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)]),
    }
    return clean | own | aws.environment | more


def advise(
    home: Path, aws: SimulatedAws, *argv: str, haste: int = 1, timeout: float = 240, **more: str
) -> Run:
    """Run the command; with haste its clock is a faster one, all else is as people have it."""
    program = ("-m", "advisor") if haste == 1 else (str(Path(__file__).with_name("hasty.py")), str(haste))
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, *program, *argv],
        cwd=home,
        env=environment(home, aws, **more),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)
