"""`advisor --help` and a mistyped flag answer at once: what is heavy is imported by the verb that needs it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("altair", "boto3", "botocore", "jinja2", "polars", "weasyprint", "ipywidgets")


def test_the_command_starts_without_what_is_heavy() -> None:
    code = f"import sys, advisor.cli.app; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
