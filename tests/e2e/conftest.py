"""Run the installed command as a person would: a process of its own, a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "data" / "shop"


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs `advisor` in an empty folder; keywords are set in its environment."""

    def run(*argv: str, python: str = sys.executable, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("ADVISOR_", "AWS_", "XDG_"))}
        clean |= {
            "HOME": str(tmp_path),
            "ADVISOR_STATE_DIR": str(tmp_path / "state"),
            "COLUMNS": "100",
            "NO_COLOR": "1",
        }
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        return subprocess.run(
            [python, "-P", "-m", "advisor", *argv],
            cwd=folder,
            env=clean | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run
