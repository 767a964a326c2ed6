"""`make lab` in a browser: all cells, a slider by keyboard and by mouse, a click into the fleet, the same dollars as `advise()`."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest
from browser import (
    LAB,
    Watched,
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
from advisor.model import Plan
from advisor.units import format_usd

pytestmark = [pytest.mark.e2e, needs_browser]
ROOT = Path(__file__).parents[2]
DEMAND = "Demand, %"


@cache
def planned(growth_percent: float = 0.0) -> Plan:
    """Return a plan for more demand, made without any widget."""
    config = Config(plan=PlanPolicy(demand_growth_share=growth_percent / 100))
    return advise(read_usage(ROOT / "data" / "shop"), load_catalog(), config)


def copied(folder: Path) -> Path:
    """Return a copy of the notebooks beside the data: JupyterLab saves what it has run."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    (folder / "data").symlink_to(ROOT / "data")
    return folder


def run_all(seen: Watched) -> None:
    """Run all cells of the notebook that is open."""
    page = seen.page
    page.locator(".jp-StatusBar-TextItem:text-matches('ipykernel.*Idle')").first.wait_for()
    page.locator(".lm-MenuBar-itemLabel:text-is('Run')").click()
    page.locator(".lm-Menu li[data-command='runmenu:run-all']").click()


def test_a_notebook_is_run_and_argued_with(tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "checkout"
    home.mkdir()
    server = (*LAB, "--IdentityProvider.token=t", f"--ServerApp.root_dir={copied(root)}")
    with (
        serving(home, *server, path="/api/status?token=t") as address,
        chromium() as browser,
        watched(browser) as seen,
    ):
        page = seen.page
        page.goto(f"{address}/lab/tree/notebooks/03_what_if.ipynb?token=t", wait_until="commit")
        run_all(seen)
        handle = slider(page, DEMAND)
        handle.wait_for()
        handle.scroll_into_view_if_needed()
        handle.focus()
        for _ in range(2):
            handle.press("ArrowRight")
        assert readout(page, DEMAND) == "10"
        proven(page, f"{format_usd(planned(10).monthly_cost_usd)} a month")
        drag(page, handle, 30)
        told = float(readout(page, DEMAND))
        assert told > 10
        proven(page, f"{format_usd(planned(told).monthly_cost_usd)} a month")
        seen.shoot("lab_light_tune")
        workload = max(planned().placements, key=lambda p: p.baseline_monthly_cost_usd - p.monthly_cost_usd)
        second = page.locator("table.dataTable tbody tr").nth(1)
        second.wait_for()
        second.scroll_into_view_if_needed()
        name = second.locator("td").first.text_content()
        assert name
        assert name != workload.workload_id, "the dearest is first and chosen already"
        second.click()
        page.locator(f".advisor h3:text-is('{name}')").wait_for()
        chosen = next(p for p in planned().placements if p.workload_id == name)
        card = page.locator(".advisor-card").inner_text()
        assert format_usd(chosen.monthly_cost_usd, 2) in card
        look_through(seen, "lab_light_explore")
        assert page.locator("text=Jupyter news").count() == 0
        assert seen.abroad() == []
        assert seen.errors == []
