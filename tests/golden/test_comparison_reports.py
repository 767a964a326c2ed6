"""Two plans side by side, word for word."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fakes_comparison import comparison, hostile_comparison

from advisor import compare_settings, load_catalog, read_usage
from advisor.config import Config, OperationsPolicy, SpotPolicy
from advisor.errors import InputError
from advisor.model import Comparison
from advisor.report.comparison import RENDERERS, render_comparison
from advisor.report.comparison_rows import view
from advisor.report.comparison_table import comparison_table
from advisor.report.comparison_words import proof
from advisor.report.text import display_width

FAKES = {"plain": comparison, "hostile": hostile_comparison}
OTHERS = {
    "operations": Config(operations=OperationsPolicy(usd_per_hour=150.0)),
    "no_spot": Config(spot=SpotPolicy(allowed=False)),
}


@pytest.fixture(scope="module")
def shop() -> dict[str, Comparison]:
    """Return the bundled company under other settings: people's time is dear, so that much leaves EC2; no Spot."""
    usage = read_usage(Path(__file__).parents[2] / "data" / "shop")
    return {name: compare_settings(usage, load_catalog(), Config(), there) for name, there in OTHERS.items()}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("form", RENDERERS)
def test_the_shop(golden, shop: dict[str, Comparison], name: str, form: str) -> None:
    suffix = {"table": "txt"}.get(form, form)
    golden(f"comparison/shop_{name}.{suffix}", render_comparison(shop[name], form).decode())


@pytest.mark.parametrize("name", FAKES)
@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_table(golden, name: str, width: int) -> None:
    text = comparison_table(FAKES[name](), width=width)
    assert max(map(display_width, text.splitlines())) <= width
    assert "\x1b" not in text and "\u202e" not in text
    golden(f"comparison/{name}_{width}.txt", text)


@pytest.mark.parametrize("form", ["md", "csv", "json"])
def test_documents(golden, form: str) -> None:
    golden(f"comparison/hostile.{form}", render_comparison(hostile_comparison(), form).decode())


def test_every_form_holds_every_move() -> None:
    rows = list(csv.DictReader(io.StringIO(render_comparison(comparison(), "csv").decode())))
    document = json.loads(render_comparison(comparison(), "json"))
    assert [r["workload_id"] for r in rows] == [m["workload_id"] for m in document["moved"]]
    assert {r["change"] for r in rows} == {"changed", "added", "removed"}
    assert document["kind"] == "advisor.comparison"


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("most", [None, 3])
def test_printed_rows_add_up_to_printed_totals(
    shop: dict[str, Comparison], name: str, most: int | None
) -> None:
    shown = view(shop[name], most)
    rows = [*shown.rows, *([shown.more] if shown.more else [])]
    assert shown.cash[1] - shown.cash[0] == sum(_usd(r.moved) for r in rows) + shown.rest
    for row in rows:
        assert _usd(row.usd_after) - _usd(row.usd_before) == _usd(row.moved)


def _usd(text: str) -> int:
    return 0 if text == "–" else int(text.replace("$", "").replace(",", "").replace("−", "-"))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (12.9, 40.0, "Proven: any plan under the other settings costs at least $12 a month more than"),
        (0.259, 40.0, "at least $0.25 a month more than"),
        (-40.0, -12.9, "Proven: the plan under the other settings costs at least $12 a month less than any"),
        (-40.2, 17.1, "do not settle which is cheaper: under the other settings the cheapest plan costs"),
        (-40.2, 17.1, "from $41 less to $18 more a month"),
        (0.001, 17.1, "the cheapest plan costs no less, and at most $18 more a month"),
        (-40.2, -0.0, "the cheapest plan costs no more, and at most $41 less a month"),
        (0.0, 0.0, "Proven: the cheapest plan costs the same under the other settings"),
        (-0.001, 0.001, "from $0.01 less to $0.01 more a month"),
        (None, None, "Not the same workloads are in both plans"),
    ],
)
def test_what_is_printed_is_proven_too(low: float | None, high: float | None, said: str) -> None:
    assert said in proof(replace(comparison(), low_usd=low, high_usd=high))


def test_nothing_moves_and_nothing_is_set_otherwise() -> None:
    bare = replace(comparison(), moved=(), commitments_after=comparison().commitments_before)
    for form in RENDERERS:
        assert render_comparison(replace(bare, settings_changed={}), form)
    assert "0 changed, 0 added, 0 removed" in comparison_table(bare)
    assert "Commitments" not in comparison_table(bare)


def test_today_is_shown_where_it_is_not_the_same() -> None:
    text = comparison_table(replace(comparison(), baseline_after_usd=1500.0))
    assert re.search(r" Today +\$1,421 → \$1,500 +\+\$79\n Saves +\$408 → +\$198 ", text)
    assert " Today " not in comparison_table(comparison())


def test_small_plans_are_shown_in_cents() -> None:
    small = replace(
        comparison(), cost_before_usd=12.346, cost_after_usd=14.5, people_after_usd=None, moved=()
    )
    assert re.search(r" Plan +\$12\.35 → +\$14\.50  +\+\$2\.15  17%\n", comparison_table(small))


def test_unknown_format() -> None:
    with pytest.raises(InputError):
        render_comparison(comparison(), "pdf")
