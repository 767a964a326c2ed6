"""What a scenario says to type gives its numbers: the command line in a shell, and the Python."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fakes_clock import FakeClock

from advisor import advise, load_catalog, read_usage
from advisor.config import Config, OperationsPolicy
from advisor.notebook.knobs import set_in, turned
from advisor.notebook.knobs_pins import pin
from advisor.notebook.scenario import Scenarios
from advisor.notebook.tune_session import Session
from advisor.pipeline import what_if

SHOP = Path(__file__).parents[2] / "data" / "shop"
TURNED = {
    "growth": -10.0,
    "spot": "no Spot",
    "cover": "1 or 3 years",
    "regions": ("us-east-1",),
    "cpu_headroom": 20.0,
}


@pytest.fixture(params=["the defaults", "settings of one's own"])
def scenarios(request: pytest.FixtureRequest) -> Scenarios:
    own = Config(operations=OperationsPolicy(usd_per_hour=40.0))
    start = Config() if request.param == "the defaults" else own
    usage, catalog = read_usage(SHOP), load_catalog()
    session = Session(what_if(usage, catalog, start, plan=advise(usage, catalog, start)), FakeClock())
    pins = (pin("checkout", "FARGATE ON_DEMAND ARM64"),)
    config = set_in(turned(start, TURNED), {"plan.pins": pins})
    found = Scenarios(start, str(SHOP))
    found.save("ours", session.settle(config))
    return found


def test_command_line_and_python_repeat_a_scenario(scenarios: Scenarios, tmp_path: Path) -> None:
    saved = scenarios.get("ours")
    assert saved is not None
    command = (
        scenarios.command("ours")
        .rstrip()
        .replace("advisor what-if", f"{sys.executable} -m advisor what-if", 1)
    )
    run = subprocess.run(
        ["bash", "-c", f"{command} --format json"], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    compared = json.loads(run.stdout)
    assert compared["cost_after_usd"] == saved.cost_usd
    assert compared["bound_after_usd"] == saved.bound_usd
    assert compared["cost_before_usd"] == saved.before_usd
    assert {k: tuple(v) for k, v in compared["settings_changed"].items()} == dict(saved.settings)
    code = scenarios.code("ours") + "print(plan.operations_monthly_usd or 0.0)\n"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    plan_usd, bound, people = map(float, run.stdout.split())
    assert (plan_usd + people, bound) == (saved.cost_usd, saved.bound_usd)
