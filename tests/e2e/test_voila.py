"""`make dashboard` in a browser: a slider by keyboard and by mouse, the same dollars as `advise()`, and no request that leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import (
    VOILA,
    chromium,
    drag,
    look_through,
    needs_browser,
    proven,
    readout,
    serving,
    slider,
    watched,
)

from advisor import advise, load_catalog, read_usage
from advisor.config import Config, PlanPolicy
from advisor.units import format_usd

pytestmark = [pytest.mark.e2e, needs_browser]
ROOT = Path(__file__).parents[2]
DEMAND = "Demand, %"


def cost(growth_percent: float) -> str:
    """Return what a plan for more demand costs, made without any widget."""
    config = Config(plan=PlanPolicy(demand_growth_share=growth_percent / 100))
    return format_usd(advise(read_usage(ROOT / "data" / "shop"), load_catalog(), config).monthly_cost_usd)


def test_the_dashboard_is_argued_with_by_keyboard_and_mouse_in_the_dark(tmp_path: Path) -> None:
    book = str(ROOT / "notebooks" / "03_what_if.ipynb")
    with (
        serving(tmp_path, *VOILA, book, path="/voila/static/voila.js") as address,
        chromium() as browser,
        watched(browser, "dark") as seen,
    ):
        page = seen.page
        page.goto(address, wait_until="commit")
        handle = slider(page, DEMAND)
        handle.wait_for()
        assert page.title() == "What if? Argue with the plan"
        assert "no change against the starting plan" in proven(page)
        handle.focus()
        for _ in range(2):
            handle.press("ArrowRight")
        assert readout(page, DEMAND) == "10"
        proven(page, f"{cost(10)} a month")
        drag(page, handle, 30)
        told = float(readout(page, DEMAND))
        assert told > 10
        proven(page, f"{cost(told)} a month")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, ground.removeprefix("rgb(").rstrip(")").split(","))) < 90, ground
        seen.shoot("voila_dark_tune")
        look_through(seen, "voila_dark_explore")
        assert page.locator(".jp-InputArea-editor").count() == 0, "a dashboard shows no code"
        assert seen.abroad() == []
        assert seen.errors == []
