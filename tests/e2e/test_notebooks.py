"""Notebooks run from top to bottom in a kernel, with no network and no credentials, and say what `advise()` says."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from advisor import advise, load_catalog, read_usage
from advisor.report.kpis import kpis

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: what would leave this machine fails."""


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Return a function that runs a notebook and returns its cells."""

    def execute(name: str) -> list[Any]:
        book = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)  # type: ignore[no-untyped-call]
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("ADVISOR_", "AWS_", "XDG_"))}
        own = {
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "ADVISOR_DATA_DIR": str(tmp_path / "data"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONPATH": str(ROOT),
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), NOWHERE),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
        }
        folder = {"metadata": {"path": str(ROOT / "notebooks")}}
        NotebookClient(book, timeout=300, kernel_name="python3", resources=folder).execute(env=clean | own)
        return list(book.cells)

    return execute


def printed(cells: list[Any]) -> str:
    """Return what cells printed."""
    outputs = [o for c in cells for o in c.get("outputs", []) if o["output_type"] == "stream"]
    return "".join(o["text"] for o in outputs if o["name"] == "stdout")


def widgets(cells: list[Any]) -> int:
    """Return how many widgets are shown."""
    data = [o.get("data", {}) for c in cells for o in c.get("outputs", [])]
    return sum("application/vnd.jupyter.widget-view+json" in d for d in data)


@pytest.fixture(scope="module")
def figures() -> dict[str, str]:
    plan = advise(read_usage(ROOT / "data" / "shop"), load_catalog())
    return {k.name: k.value for k in kpis(plan)}


def test_the_quickstart_tells_the_plan_that_advise_makes(run: Any, figures: dict[str, str]) -> None:
    cells = run("01_quickstart")
    told = dict(line.split()[:2] for line in printed(cells).splitlines()[:4])
    assert told == {name: figures[name] for name in ("Today", "Plan", "Saves", "Proven")}
    assert widgets(cells) == 1


def test_your_data_reads_both_forms_and_shows_a_bad_file_as_people_see_it(run: Any) -> None:
    cells = run("02_your_data")
    text = printed(cells)
    assert "Parquet and CSV give the same plan" in text
    assert "1 set aside in broken.csv.rejects.csv" in text
    assert "no account is asked" in text
    assert widgets(cells) == 1


def test_what_if_answers_with_what_is_proven(run: Any, figures: dict[str, str]) -> None:
    cells = run("03_what_if")
    text = printed(cells)
    assert text.count("Proven: ") == 3
    assert re.search(r"giving it up costs \$\d+ a month", text)
    assert widgets(cells) == 2, "what is argued with, and the plan that it began with"


def test_commitments_are_weighed_against_buying_nothing(run: Any, figures: dict[str, str]) -> None:
    text = printed(run("04_commitments"))
    assert "Or commit to nothing" in text
    one_year = re.search(r"^1 year +(\$[\d,]+) a month", text, re.M)
    assert one_year is not None and one_year[1] == figures["Plan"].lstrip("~")
    assert "Buy once the moves are done:\n- " in text


def test_many_accounts_are_read_from_the_simulation_and_all_are_counted(run: Any) -> None:
    cells = run("05_many_accounts")
    text = printed(cells)
    assert len(re.findall(r"^\d{12}: +\$[\d,]+ today", text, re.M)) == 3
    assert "of 4 accounts: 51 complete, 12 skipped" in text
    assert "These accounts are simulated" in "".join(c.source for c in cells if c.cell_type == "markdown")
