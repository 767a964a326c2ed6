"""Notebooks as they are kept: outputs stripped, the same few metadata, and no figure in prose that no cell has worked out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def stripped(text: str) -> str:
    """Return a notebook as it is kept: what a run and an editor leave in it is taken out."""
    found = json.loads(text)
    cells: list[dict[str, Any]] = []
    for number, cell in enumerate(found["cells"], 1):
        kept = {"cell_type": cell["cell_type"]}
        more = {"execution_count": None} if kept["cell_type"] == "code" else {}
        kept |= {**more, "id": f"cell-{number:02}", "metadata": {}}
        kept |= {"outputs": []} if kept["cell_type"] == "code" else {}
        cells.append(kept | {"source": "".join(cell["source"]).strip("\n").splitlines(keepends=True)})
    metadata = METADATA | {"title": found["metadata"]["title"]}
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def test_there_are_five() -> None:
    assert [p.stem for p in NOTEBOOKS] == [
        *("01_quickstart", "02_your_data", "03_what_if", "04_commitments", "05_many_accounts")
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_is_stripped(path: Path, request: pytest.FixtureRequest) -> None:
    text = path.read_text(encoding="utf-8")
    if request.config.getoption("--update-goldens"):
        path.write_text(stripped(text), encoding="utf-8")
        return
    assert text == stripped(text), (
        f"{path.name} holds outputs: strip it with pytest {__file__} --update-goldens"
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_prose_holds_no_figure(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert not re.findall(r"\$ ?\d|\d ?%|\b\d{2,}\b(?!_)", prose), "a figure that a cell should work out"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_ends_in_what_to_do_next(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    headings = [
        line for c in cells if c["cell_type"] == "markdown" for line in c["source"] if line.startswith("#")
    ]
    assert headings[0].startswith("# ") and "?" in headings[0]
    assert headings[-1].strip() == "## What to do next"
