"""What pulling 1,000 services × 14 days by the minute takes, and reading them again from the store."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pull_thousand
import pytest

pytestmark = pytest.mark.bench


def test_pull_and_read_again(tmp_path, capsys) -> None:
    for verb in ("pull", "pull", "read"):
        done = subprocess.run(
            [sys.executable, pull_thousand.__file__, verb, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        with capsys.disabled():
            print(f"\n{json.loads(done.stdout)}")
