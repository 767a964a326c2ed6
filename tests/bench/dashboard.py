"""The README's picture of the dashboard: `python tests/bench/dashboard.py` takes it anew; needs Chromium."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).parents[1] / "e2e"))
from browser import ROOT, VOILA, chromium, proven, serving, slider, watched

PICTURE = ROOT / "notebooks" / "dashboard.png"
MOST_BYTES = 200_000
TALL = 720


def main() -> None:
    """Serve the notebook, turn a knob, and keep what is seen when the plan is settled."""
    with (
        TemporaryDirectory() as home,
        serving(
            Path(home), *VOILA, str(ROOT / "notebooks" / "03_what_if.ipynb"), path="/voila/static/voila.js"
        ) as address,
        chromium() as browser,
        watched(browser, width=1120, height=TALL) as seen,
    ):
        seen.page.goto(address, wait_until="commit")
        handle = slider(seen.page, "Demand, %")
        handle.wait_for()
        handle.focus()
        for _ in range(4):
            handle.press("ArrowRight")
        proven(seen.page, "against the starting plan")
        handle.blur()
        seen.page.screenshot(path=PICTURE)
    if PICTURE.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{PICTURE.name} has {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
