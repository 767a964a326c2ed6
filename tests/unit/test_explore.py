"""The dashboard without a browser: what is chosen is shown, what fails is a card, and no name is markup."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from fakes_plan import HOSTILE, hostile_plan, plan
from test_charts import BAD

import advisor
from advisor.errors import InputError
from advisor.notebook import libraries
from advisor.notebook.card import error_html, guarded, or_card
from advisor.notebook.explore import FLEET, LOAD, PACKING, PAPER, SAVINGS, WAYS, Explorer
from advisor.notebook.fleet_table import fleet_frame
from advisor.report.charts.frontier import PICKED
from advisor.report.charts.theme import DARK, LIGHT
from advisor.report.view import view


def shown(explorer: Explorer) -> str:
    """Return what the chart draws, its ground and titles included."""
    return explorer.chart.chart.to_json()


def test_the_facade_makes_one_widget() -> None:
    made = advisor.explore(plan())
    assert "Fleet" in str(made.children[1].options)
    assert "today" in made.children[0].value.lower()


def test_the_table_is_the_one_of_the_command() -> None:
    frame, ids = fleet_frame(plan())
    rows = view(plan()).rows
    assert ids == (*(r.workload for r in rows), "nightly")
    assert frame["Monthly"].to_list()[:3] == [r.monthly for r in rows]
    assert frame["moved"].to_list()[:3] == sorted(frame["moved"].to_list()[:3])
    assert frame["Advised"].to_list()[-1].startswith("not advised: short history")


def test_a_row_opens_the_card_of_its_workload() -> None:
    explorer = Explorer(plan())
    for row, name in enumerate(explorer.ids):
        explorer.table.selected_rows = [row]
        assert explorer.workload.value == name
        assert f"<h3>{name}</h3>" in explorer.card.value
        assert f"Every way to run {name}" in shown(explorer)
        assert explorer.fault.value == ""


def test_a_name_chosen_by_keyboard_selects_its_row() -> None:
    explorer = Explorer(plan())
    explorer.workload.value = "search"
    assert explorer.table.selected_rows == [explorer.ids.index("search")]
    assert "<h3>search</h3>" in explorer.card.value


def test_the_card_says_class_advice_size_and_steps() -> None:
    explorer = Explorer(plan())
    explorer.workload.value = "checkout"
    card = explorer.card.value
    for words in (
        "What it is",
        "steady, 88% sure",
        "Advice",
        "$412.25 a month",
        "Size",
        "<li>Build the image for ARM64.</li>",
    ):
        assert words in card


def test_every_view_draws_and_has_its_controls() -> None:
    explorer = Explorer(plan())
    heads = {
        FLEET: "over time",
        SAVINGS: "From today to the plan",
        PACKING: "a typical hour",
        LOAD: "What runs all the time",
        WAYS: "Cost against effort",
    }
    assert tuple(heads) == explorer.view.options
    for view_, head in heads.items():
        explorer.view.value = view_
        assert head in shown(explorer) and explorer.fault.value == ""
        assert (explorer._of_fleet.layout.display == "none") == (view_ != FLEET)
        assert (explorer._of_packing.layout.display == "none") == (view_ != PACKING)
    explorer.view.value = PACKING
    explorer.moment.value = "BUSIEST"
    assert "the busiest hour" in shown(explorer) and "found no room" in shown(explorer)


def test_a_picked_fleet_says_what_it_means() -> None:
    explorer = Explorer(plan())
    explorer.view.value = WAYS
    explorer.chart._vl_selections = {
        PICKED: {"value": {"key": ["today"], "vlPoint": {}}, "store": [{"key": "today"}]}
    }
    picked = explorer.chart.selections.picked
    explorer._way_picked({"new": replace(picked, value=[{"key": "today"}])})
    assert "As everything runs now" in explorer.card.value
    explorer._way_picked({"new": replace(picked, value=[])})
    assert "Click a point" in explorer.card.value


def test_a_light_chart_has_its_own_ground_until_the_page_is_known_to_be_dark() -> None:
    explorer = Explorer(plan())
    assert PAPER in explorer.chart._dom_classes
    explorer.ground.ground = "dark"
    assert PAPER not in explorer.chart._dom_classes
    explorer.ground.ground = "light"
    assert PAPER in explorer.chart._dom_classes


def test_charts_follow_the_ground_of_the_page() -> None:
    explorer = Explorer(plan())
    assert LIGHT.text in shown(explorer)
    explorer.ground.ground = "dark"
    assert DARK.text in shown(explorer)
    fixed = Explorer(plan(), "light")
    fixed.ground.ground = "dark"
    assert LIGHT.text in shown(fixed)


def test_what_fails_is_a_card_and_goes_away_again() -> None:
    explorer = Explorer(replace(plan(), covered_hours=None))
    explorer.view.value = LOAD
    assert 'role="alert"' in explorer.fault.value and "recommend again" in explorer.fault.value
    explorer.view.value = SAVINGS
    assert explorer.fault.value == ""


def test_a_dashboard_that_cannot_be_is_a_card() -> None:
    made = advisor.explore(plan(), theme="blue")
    assert "no theme" in made.value and "use light or dark" in made.value
    assert "this could not be shown" in advisor.explore("no plan").value  # type: ignore[arg-type]


def test_a_card_tells_problems_and_hint_and_no_traceback() -> None:
    fault = InputError("bad <rows>", hint="mend & retry", problems=tuple(f"row {i}" for i in range(12)))
    card = error_html(fault)
    assert "bad &lt;rows&gt;" in card and "mend &amp; retry" in card and "… and 2 more" in card
    assert "Traceback" not in error_html(ValueError("<b>"))
    said: list[str] = []

    @guarded(said.append)
    def turn(number: int) -> None:
        assert 1 / number

    turn(0)
    turn(1)
    assert "ZeroDivisionError" in said[0] and said[1] == ""
    assert "division" in or_card(lambda: 1 / 0)().value


def test_a_missing_library_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(libraries, "import_module", missing)
    with pytest.raises(advisor.AdvisorError, match="notebooks need itables") as caught:
        libraries.library("itables.widget")
    assert caught.value.hint == 'pip install "advisor[notebook]"'


def test_nothing_is_fetched_from_elsewhere() -> None:
    """The chart's script is a bundle: the one that asks a CDN imports from an address."""
    explorer = Explorer(plan())
    for widget in (explorer.chart, explorer.table, explorer.ground):
        script = str(widget._esm)
        assert 'from "https:' not in script and "from 'https:" not in script and 'import("http' not in script


def test_a_saved_notebook_stays_small() -> None:
    """Two megabytes with 1,000 workloads; their rows and a curve take a quarter of one, scripts the rest."""
    explorer = Explorer(plan())
    parts = (explorer.chart, explorer.table, explorer.ground)
    assert sum(len(json.dumps(part.get_state(), default=str)) for part in parts) < 1_750_000


class Live(HTMLParser):
    """Collects what a browser would make of our HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(name for name, _ in attrs)}


OURS = {"style", "div", "h3", "h4", "p", "b", "span", "ul", "ol", "li", "dl", "dt", "dd", "details", "summary"} | {
    "class", "tabindex", "title", "role"
}  # fmt: skip


@pytest.mark.parametrize("names", [HOSTILE, BAD], ids=["known attacks", "markup"])
def test_names_are_data(names: tuple[str, ...]) -> None:
    explorer = Explorer(hostile_plan() if names is HOSTILE else plan(names))
    told: list[str] = [explorer.widget.children[0].value]
    for row, _ in enumerate(explorer.ids):
        explorer.table.selected_rows = [row]
        told.append(explorer.card.value)
    for view_ in explorer.view.options:
        explorer.view.value = view_
        told += [explorer.card.value, explorer.fault.value]
    told.append(error_html(InputError(names[0], hint=names[1], problems=names)))
    live = Live()
    for html in told:
        live.feed(html)
        assert "\u202e" not in html and "\x1b" not in html
    assert live.seen <= OURS
    table: Any = explorer.table._dt_args["data_json"]
    assert "<" not in table and "\u202e" not in table
    labels = [label for label, _ in explorer.workload.options]
    assert len(set(labels)) == len(labels) and all(len(label) < 70 for label in labels)
