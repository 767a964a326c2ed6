"""What some tests need of the machine: left out with a reason where it is missing, but never in CI."""

from __future__ import annotations

import os
import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _left_out(reason: str) -> None:
    if os.environ.get("ADVISOR_NOTHING_LEFT_OUT"):
        pytest.fail(f"CI leaves nothing out: {reason}")
    pytest.skip(reason)


def need_pdf() -> None:
    """Leave the test out where WeasyPrint's libraries are missing."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as fault:
        _left_out(
            f"no PDF here ({str(fault).splitlines()[0]}): apt-get install libpango-1.0-0 libpangoft2-1.0-0"
        )


def browser() -> str:
    """Return the path of a browser; leave the test out where there is none."""
    path = next(filter(None, map(shutil.which, BROWSERS)), "")
    if not path:
        _left_out("no browser here: apt-get install chromium")
    return path
